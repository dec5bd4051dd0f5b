import * as v from 'valibot';
import {
  dateTime,
  enumeration,
  keyValue,
  listOf,
  nonBlank,
  optional,
  positiveInt,
  repeated,
  sequence,
  text,
  value,
} from './xsd.ts';

/** Types that several operations share, named as the WSDL names them. */

export const LeadKeyRef = enumeration('LeadKeyRef', [
  'IDNUM',
  'COOKIE',
  'EMAIL',
  'LEADOWNEREMAIL',
  'SFDCACCOUNTID',
  'SFDCCONTACTID',
  'SFDCLEADID',
  'SFDCLEADOWNERID',
  'SFDCOPPTYID',
]);

export const ForeignSysType = enumeration('ForeignSysType', ['CUSTOM', 'SFDC', 'NETSUITE']);

export const LeadKey = sequence('LeadKey', { keyType: LeadKeyRef, keyValue });

/** Of leads: `most` is what Marketo reads in a call; it ignores further keys without a word. */
export const arrayOfLeadKey = (most: number) =>
  sequence('ArrayOfLeadKey', { leadKey: listOf(LeadKey, most) });

export const Attribute = sequence('Attribute', {
  attrName: nonBlank,
  attrType: optional(text),
  attrValue: value,
});

export const Attrib = sequence('Attrib', { name: nonBlank, value });

export const ArrayOfAttribute = sequence('ArrayOfAttribute', { attribute: repeated(Attribute) });

/** A key made of attributes, where an empty one would be no key. */
export const KeyAttributes = sequence('ArrayOfAttribute', { attribute: listOf(Attribute) });

export const ArrayOfAttrib = sequence('ArrayOfAttrib', { attrib: repeated(Attrib) });

export const ArrayOfString = sequence('ArrayOfString', { stringItem: repeated(value) });

export const arrayOfString = (most?: number) =>
  sequence('ArrayOfString', { stringItem: listOf(value, most) });

export const LeadRecord = sequence('LeadRecord', {
  Id: optional(positiveInt),
  Email: optional(text),
  ForeignSysPersonId: optional(value),
  ForeignSysType: optional(ForeignSysType),
  leadAttributeList: optional(ArrayOfAttribute),
});

/** The name that stands at two places of a list, where Marketo would take one of the values and drop the other; null if none does. */
export function nameGivenTwice(names: readonly string[]): string | null {
  const seen = new Set<string>();
  for (const name of names.map((one) => one.trim())) {
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return null;
}

export type LeadRecordParams = v.InferOutput<typeof LeadRecord>;

/** A record to be written. A foreign id is a key only with its type: without it, what stands beside it would be taken for the key. */
export const WrittenLeadRecord = v.pipe(
  LeadRecord,
  v.check(
    ({ ForeignSysPersonId, ForeignSysType: type }) => !isGiven(ForeignSysPersonId) || type !== undefined,
    'has ForeignSysPersonId without ForeignSysType; give both, as a foreign id names a lead only with its type (CUSTOM, SFDC or NETSUITE)',
  ),
  v.check(
    ({ ForeignSysPersonId, ForeignSysType: type }) => isGiven(ForeignSysPersonId) || type === undefined,
    'has ForeignSysType without ForeignSysPersonId; give both or neither',
  ),
  v.check(
    ({ leadAttributeList }) => attributeGivenTwice(leadAttributeList) === null,
    ({ input }) =>
      `names the attribute ${attributeGivenTwice(input.leadAttributeList)} twice; give it one value`,
  ),
);

const attributeGivenTwice = (list: LeadRecordParams['leadAttributeList']): string | null =>
  nameGivenTwice((list?.attribute ?? []).map(({ attrName }) => attrName));

export const LeadSyncStatus = enumeration('LeadSyncStatus', ['CREATED', 'UPDATED', 'FAILED']);

export const SyncOperationEnum = enumeration('SyncOperationEnum', ['UPSERT', 'INSERT', 'UPDATE']);

/** Where a stream of activities goes on: what newStartPosition said. */
export const StreamPosition = sequence('StreamPosition', {
  latestCreatedAt: optional(dateTime),
  oldestCreatedAt: optional(dateTime),
  activityCreatedAt: optional(dateTime),
  offset: optional(text),
});

export const CustomObj = sequence('CustomObj', {
  customObjKeyList: optional(ArrayOfAttribute),
  customObjAttributeList: optional(ArrayOfAttribute),
});

/** Whether a text that may be a key holds anything: an empty Email finds no lead. */
export function isGiven(key: string | undefined): key is string {
  return key !== undefined && typeof key === 'string' && key.trim() !== '';
}
