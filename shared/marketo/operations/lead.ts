import * as v from 'valibot';
import { leadReference, recordReference, referencesOf } from './lead-reference.ts';
import { always, CALL_TIMEOUT_MS, MERGE_TIMEOUT_MS, operation } from './operation.ts';
import {
  ArrayOfString,
  arrayOfString,
  KeyAttributes,
  LeadKey,
  LeadKeyRef,
  WrittenLeadRecord,
} from './types.ts';
import {
  batchSize,
  boolean,
  choice,
  dateTime,
  int,
  listOf,
  optional,
  sequence,
  substitute,
  text,
} from './xsd.ts';

export const getLead = operation({
  params: sequence('ParamsGetLead', { leadKey: LeadKey }),
  timeoutMs: CALL_TIMEOUT_MS,
  isRead: always,
  leads: ({ leadKey }) => referencesOf([leadKey]),
});

/** Marketo reads the first 100 keys and ignores the rest without a word. */
const MOST_SELECTOR_KEYS = 100;

export const LeadSelector = choice('LeadSelector', [
  substitute('LeadKeySelector', { keyType: LeadKeyRef, keyValues: arrayOfString(MOST_SELECTOR_KEYS) }),
  v.pipe(
    substitute('StaticListSelector', { staticListName: optional(text), staticListId: optional(int) }),
    v.check(
      (selector) => selector.staticListName !== undefined || selector.staticListId !== undefined,
      'needs staticListName or staticListId',
    ),
  ),
  substitute('LastUpdateAtSelector', { latestUpdatedAt: optional(dateTime), oldestUpdatedAt: dateTime }),
]);

type Selector = v.InferOutput<typeof LeadSelector>;

export function selectedKeys(selector: Selector | undefined) {
  if (selector === undefined || !('keyType' in selector)) return [];
  return selector.keyValues.stringItem.map((key) => leadReference(selector.keyType, key));
}

export const getMultipleLeads = operation({
  params: sequence('ParamsGetMultipleLeads', {
    leadSelector: optional(LeadSelector),
    lastUpdatedAt: optional(dateTime),
    streamPosition: optional(text),
    batchSize: optional(batchSize(1_000)),
    includeAttributes: optional(ArrayOfString),
  }),
  timeoutMs: CALL_TIMEOUT_MS,
  isRead: always,
  leads: ({ leadSelector }) => selectedKeys(leadSelector),
});

const KEY_WANTED = 'needs a key: Id, Email, or ForeignSysPersonId with ForeignSysType';

export const syncLead = operation({
  params: v.pipe(
    sequence('ParamsSyncLead', {
      leadRecord: WrittenLeadRecord,
      returnLead: boolean,
      marketoCookie: optional(text),
      moveCookie: optional(boolean),
    }),
    v.forward(
      v.check(
        ({ leadRecord, marketoCookie }) => recordReference(leadRecord, marketoCookie) !== null,
        `${KEY_WANTED} (or marketoCookie beside it)`,
      ),
      ['leadRecord'],
    ),
  ),
  timeoutMs: CALL_TIMEOUT_MS,
  // A cookie that is not yet a lead's makes a new lead each time.
  isUnsafe: ({ leadRecord }) => recordReference(leadRecord) === null,
  leads: ({ leadRecord, marketoCookie }) => {
    const reference = recordReference(leadRecord, marketoCookie);
    return reference === null ? [] : [reference];
  },
});

const unkeyed = (index: number) => ({
  message: `${KEY_WANTED}, unless dedupEnabled is false`,
  path: [pathItem('leadRecordList'), pathItem('leadRecord'), pathItem(index)] satisfies [
    v.IssuePathItem,
    ...v.IssuePathItem[],
  ],
});

/** What valibot wants to know about a step of a path; only the key is ever read. */
const pathItem = (key: string | number): v.IssuePathItem => ({
  type: 'unknown',
  origin: 'value',
  input: undefined,
  key,
  value: undefined,
});

/** Larger batches "may result in timeouts, and in extreme cases being throttled" (Adobe). */
const MOST_LEAD_RECORDS = 300;

export const syncMultipleLeads = operation({
  params: v.pipe(
    sequence('ParamsSyncMultipleLeads', {
      leadRecordList: sequence('ArrayOfLeadRecord', {
        leadRecord: listOf(WrittenLeadRecord, MOST_LEAD_RECORDS),
      }),
      dedupEnabled: optional(boolean),
    }),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed || dataset.value.dedupEnabled === false) return;
      for (const [index, record] of dataset.value.leadRecordList.leadRecord.entries()) {
        if (recordReference(record) === null) addIssue(unkeyed(index));
      }
    }),
  ),
  timeoutMs: CALL_TIMEOUT_MS,
  // Without deduplication each run makes the leads anew. What an absent dedupEnabled means is documented nowhere, so it counts as false.
  isUnsafe: ({ dedupEnabled }) => dedupEnabled !== true,
  leads: ({ leadRecordList }) =>
    leadRecordList.leadRecord.flatMap((record) => {
      const reference = recordReference(record);
      return reference === null ? [] : [reference];
    }),
  records: {
    of: ({ leadRecordList }) => leadRecordList.leadRecord,
    put: (params, leadRecord) => ({ ...params, leadRecordList: { leadRecord } }),
  },
});

type KeyAttributeList = v.InferOutput<typeof KeyAttributes>;

const KEY_WORDS: ReadonlySet<string> = new Set(LeadKeyRef.options);

/** The attributes of a merge key name a lead; the first that is a lead key is the one it is known by. Null: none is. */
export function mergeKeyOf({ attribute }: KeyAttributeList) {
  const key = attribute.find(({ attrName }) => KEY_WORDS.has(attrName.toUpperCase()));
  return key === undefined ? null : { type: key.attrName.toUpperCase(), value: key.attrValue };
}

function mergeReference(list: KeyAttributeList) {
  const key = mergeKeyOf(list);
  return key === null ? [] : [leadReference(key.type, key.value)];
}

export const mergeLeads = operation({
  params: sequence('ParamsMergeLeads', {
    winningLeadKeyList: KeyAttributes,
    losingLeadKeyLists: sequence('ArrayOfKeyList', { keyList: listOf(KeyAttributes) }),
    mergeInSales: optional(boolean),
  }),
  timeoutMs: MERGE_TIMEOUT_MS,
  isUnsafe: always,
  leads: ({ winningLeadKeyList, losingLeadKeyLists }) =>
    [winningLeadKeyList, ...losingLeadKeyLists.keyList].flatMap(mergeReference),
});
