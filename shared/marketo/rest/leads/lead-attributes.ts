import { leadReference, recordReference } from '../../operations/lead-reference.ts';
import { isGiven, type LeadRecordParams } from '../../operations/types.ts';
import { refusal, unlike } from '../call/findings.ts';
import type { Finding, Known } from '../call/mapping.ts';
import { scalarText } from '../call/scalar-text.ts';
import type { RestSettings } from '../call/settings.ts';
import type { LeadField, LeadFields } from './lead-fields.ts';
import type { FoundLead } from './lead-filter.ts';
import { COMPANY_FIELDS } from './standard-lead-fields.ts';

/** A lead's fields by their REST names, as REST takes them. */
export type RestValues = ReadonlyMap<string, string | boolean>;

/**
 * What a record's attributes and foreign id come to, without the Id and the Email of the record itself. Only for a record of
 * which `attributeFindings` refuses nothing.
 */
export function toRestRecord(
  record: LeadRecordParams,
  fields: LeadFields,
  settings: RestSettings,
): RestValues {
  const values = new Map<string, string | boolean>();
  for (const { attrName, attrValue } of attributesOf(record)) {
    const field = fields.bySoapName(attrName);
    if (field !== null && field.rest !== 'id') values.set(field.rest, restValue(field, attrValue));
  }
  const foreignField = foreignFieldOf(record, settings);
  if (foreignField !== null) values.set(foreignField, (record.ForeignSysPersonId ?? '').trim());
  return values;
}

/** SOAP took 1 and 0 for booleans, and parts of seconds; REST does not. */
function restValue({ dataType }: LeadField, value: string): string | boolean {
  const trimmed = value.trim();
  if (dataType === 'boolean' && /^(true|1)$/i.test(trimmed)) return true;
  if (dataType === 'boolean' && /^(false|0)$/i.test(trimmed)) return false;
  return dataType === 'datetime' ? value.replace(/(T\d{2}:\d{2}:\d{2})\.\d+/, '$1') : value;
}

/** The lead field that holds a record's foreign id; null: it has none, or none is configured for its type. */
export function foreignFieldOf(record: LeadRecordParams, { foreignIdField }: RestSettings): string | null {
  if (!isGiven(record.ForeignSysPersonId)) return null;
  const type = record.ForeignSysType ?? 'CUSTOM';
  if (typeof foreignIdField === 'string') return type === 'CUSTOM' ? foreignIdField : null;
  return foreignIdField !== null && Object.hasOwn(foreignIdField, type)
    ? (foreignIdField[type] ?? null)
    : null;
}

/** What a record's attributes and foreign id cannot be, or will do otherwise than over SOAP. Without fields, by rule alone. */
export function attributeFindings(
  record: LeadRecordParams,
  { fields, settings }: Pick<Known, 'fields' | 'settings'>,
): readonly Finding[] {
  const named = attributesOf(record).map(({ attrName, attrValue }) => ({
    name: attrName,
    value: attrValue,
    field: fields?.bySoapName(attrName) ?? null,
    rest: restNameOf(attrName, fields),
  }));
  return [
    ...foreignFindings(record, fields, settings),
    ...named.flatMap((one) => idFindings(one, record)),
    ...named.flatMap((one) => emailFindings(one, record)),
    ...(fields === null ? [] : named.flatMap((one) => unknownFindings(one, fields))),
    ...twiceFindings([...named, ...foreignName(record, settings)]),
    ...named.flatMap(unlikeFindings),
  ];
}

interface Named {
  readonly name: string;
  readonly value: string;
  readonly field: LeadField | null;
  /** Null: unknown. */
  readonly rest: string | null;
}

/** As a job gives them. */
export const attributeNames = (record: LeadRecordParams): readonly string[] =>
  attributesOf(record).map(({ attrName }) => attrName);

const attributesOf = ({ leadAttributeList }: LeadRecordParams) => leadAttributeList?.attribute ?? [];

/** The two names that mean the same in every instance are known without its description. */
function restNameOf(name: string, fields: LeadFields | null): string | null {
  if (fields !== null) return fields.bySoapName(name)?.rest ?? null;
  const lower = name.toLowerCase();
  return lower === 'id' || lower === 'email' ? lower : null;
}

function idFindings({ name, value, rest }: Named, record: LeadRecordParams): readonly Finding[] {
  const isOwn = record.Id !== undefined && leadReference('IDNUM', value).value === String(record.Id);
  return rest !== 'id' || isOwn
    ? []
    : [refusal(`attribute ${name} cannot set a lead's id; give it as Id, by which the lead is found`)];
}

/** The key finds the lead, and the attribute would change it: one request cannot say both. */
function emailFindings({ name, value, rest }: Named, record: LeadRecordParams): readonly Finding[] {
  const key = recordReference(record);
  if (rest !== 'email' || key?.type !== 'EMAIL') return [];
  return leadReference('EMAIL', value).value === key.value
    ? []
    : [
        refusal(
          `attribute ${name} differs from Email, by which the lead is found; to change an address give Id`,
        ),
      ];
}

const unknownFindings = ({ name, field }: Named, fields: LeadFields): readonly Finding[] =>
  field === null ? [unknownNameFinding(name, fields)] : [];

/** Of a name that no lead field has, with those that were perhaps meant. */
export function unknownNameFinding(name: string, fields: LeadFields): Finding {
  const near = fields.nearest(name);
  const hint = near.length === 0 ? '' : `; near it are ${near.join(', ')}`;
  return refusal(`no lead field is named "${name}"${hint}`, 1006);
}

function twiceFindings(named: readonly { name: string; rest: string | null }[]): readonly Finding[] {
  const byRest = [...Map.groupBy(named, ({ rest }) => rest)];
  return byRest.flatMap(([rest, same]) =>
    rest === null || same.length === 1
      ? []
      : [refusal(`${same.map(({ name }) => name).join(' and ')} are one field over REST: ${rest}`)],
  );
}

function unlikeFindings({ name, field }: Named): readonly Finding[] {
  if (field === null) return [];
  if (COMPANY_FIELDS.has(field.rest))
    return [unlike(`${name} is a company's field: Marketo may refuse it (1021) or leave it as it is`, 1021)];
  return field.readOnly ? [unlike(`${name} is read-only over REST: Marketo may refuse it`, 1006)] : [];
}

function foreignName(record: LeadRecordParams, settings: RestSettings) {
  const rest = foreignFieldOf(record, settings);
  return rest === null ? [] : [{ name: 'ForeignSysPersonId', rest }];
}

const FOREIGN_SETTING = 'MARKETO_FOREIGN_ID_FIELD';

function foreignFindings(
  record: LeadRecordParams,
  fields: LeadFields | null,
  settings: RestSettings,
): readonly Finding[] {
  if (!isGiven(record.ForeignSysPersonId)) return [];
  const type = record.ForeignSysType ?? 'CUSTOM';
  const rest = foreignFieldOf(record, settings);
  const problem =
    rest === null
      ? `no lead field holds foreign ids of type ${type}: set ${FOREIGN_SETTING}`
      : fields !== null && fields.byRestName(rest) === null
        ? `${FOREIGN_SETTING} names a lead field that there is not: "${rest}"`
        : null;
  return problem === null
    ? []
    : [{ kind: 'needs-setting', code: rest === null ? 1003 : 1006, message: problem }];
}

/** A lead as SOAP answers it; a child without a value is left out. `shown` are the fields to show, in any order. */
export function toLeadRecord({ id, row }: FoundLead, shown: readonly LeadField[]): unknown {
  const email = scalarText(row['email']);
  const attribute = shown
    .filter(({ rest }) => rest !== 'id' && rest !== 'email')
    .map((field) => ({
      attrName: soapNameOf(field),
      attrType: field.dataType,
      attrValue: Object.hasOwn(row, field.rest) ? scalarText(row[field.rest]) : '',
    }))
    .filter(({ attrValue }) => attrValue !== '')
    .sort((a, b) => (a.attrName < b.attrName ? -1 : 1));
  return {
    Id: id,
    ...(email === '' ? {} : { Email: email }),
    ...(attribute.length === 0 ? {} : { leadAttributeList: { attribute } }),
  };
}

const soapNameOf = ({ soap, rest }: LeadField): string => soap ?? rest;
