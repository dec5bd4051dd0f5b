import { pagesOf } from '../../../kernel/pages.ts';
import { leadReference } from '../../operations/lead-reference.ts';
import { refused } from '../call/call-ended.ts';
import { refusal } from '../call/findings.ts';
import type { Finding } from '../call/mapping.ts';
import { scalarText } from '../call/scalar-text.ts';
import type { Session } from '../call/session.ts';
import { type FoundLead, leadsByFilter, MOST_FILTER_VALUES } from './lead-filter.ts';

/** A lead as a job names it. `type` is a word of LeadKeyRef. */
export interface LeadKeyInput {
  readonly type: string;
  readonly value: string;
}

/** How leads of one kind of key are found. */
interface KeyKind {
  readonly filterType: string;
  /**
   * A row's value for the key, as `spelled` writes it, so that many keys go in one request and each finds its rows. Null: no
   * field of the row holds it, and each key goes alone.
   */
  readonly field: string | null;
  readonly spelled: (value: string) => string;
}

const exact = (value: string): string => value;

/** A Salesforce id of 18 characters is one of 15 with its checksum. */
const salesforceId = (value: string): string => (value.length === 18 ? value.slice(0, 15) : value);

const salesforce = (field: string): KeyKind => ({ filterType: field, field, spelled: salesforceId });

/** By SOAP's key types (docs/rest.md). LEADOWNEREMAIL has no filter. */
const KINDS: ReadonlyMap<string, KeyKind> = new Map([
  ['IDNUM', { filterType: 'id', field: 'id', spelled: exact }],
  ['EMAIL', { filterType: 'email', field: 'email', spelled: (value) => value.toLowerCase() }],
  ['COOKIE', { filterType: 'cookies', field: null, spelled: exact }],
  ['SFDCACCOUNTID', salesforce('sfdcAccountId')],
  ['SFDCCONTACTID', salesforce('sfdcContactId')],
  ['SFDCLEADID', salesforce('sfdcLeadId')],
  ['SFDCLEADOWNERID', salesforce('sfdcLeadOwnerId')],
  ['SFDCOPPTYID', { filterType: 'sfdcOpptyId', field: null, spelled: exact }],
] satisfies readonly [string, KeyKind][]);

/** REST's filterType for a SOAP key type; null: it has none. */
export const filterTypeOf = (type: string): string | null => KINDS.get(type)?.filterType ?? null;

/** Each key that goes alone costs a request. */
const MOST_KEYS_ALONE = 50;

/**
 * The leads of each key, in the order of the keys; a key may have none or several. `fields` are REST names, of which `id` is
 * always one. One request for up to 300 keys of a kind. Throws `CallEnded` and `CallRefused`.
 */
export async function findLeads(
  session: Session,
  keys: readonly LeadKeyInput[],
  fields: readonly string[],
): Promise<readonly (readonly FoundLead[])[]> {
  const [finding] = keyFindings(keys);
  if (finding !== undefined) throw refused(finding.code, finding.message);
  const byKey = new Map<string, readonly FoundLead[]>();
  for (const [type, ofType] of Map.groupBy(keys, (key) => key.type)) {
    const kind = KINDS.get(type);
    if (kind === undefined) continue;
    const values = ofType.map(keyValueOf).filter((value) => value !== '');
    for (const [value, leads] of await findByKind(session, kind, values, fields))
      byKey.set(`${type}:${value}`, leads);
  }
  return keys.map((key) => {
    const value = KINDS.get(key.type)?.spelled(keyValueOf(key)) ?? '';
    return byKey.get(`${key.type}:${value}`) ?? [];
  });
}

/** How many requests `findLeads` makes for these keys, if no page is short. */
export const readsFor = (keys: readonly LeadKeyInput[]): number =>
  [...Map.groupBy(keys, ({ type }) => type)].reduce((sum, [type, ofType]) => {
    const count = new Set(ofType.map(keyValueOf)).size;
    return sum + (KINDS.get(type)?.field === null ? count : Math.ceil(count / MOST_FILTER_VALUES));
  }, 0);

/** The leads of each value of one field, which must be one that Marketo can search by. */
export function findByField(
  session: Session,
  field: string,
  values: readonly string[],
  fields: readonly string[],
): Promise<ReadonlyMap<string, readonly FoundLead[]>> {
  const kind: KeyKind = { filterType: field, field, spelled: (value) => value.toLowerCase() };
  return findByKind(session, kind, values, fields);
}

async function findByKind(
  session: Session,
  { filterType, field, spelled }: KeyKind,
  values: readonly string[],
  fields: readonly string[],
): Promise<ReadonlyMap<string, readonly FoundLead[]>> {
  const found = new Map<string, FoundLead[]>();
  const unique = [...new Map(values.map((value) => [spelled(value), value])).entries()];
  for (const batch of pagesOf(unique, field === null ? 1 : MOST_FILTER_VALUES)) {
    const asked = new Set(batch.map(([spelling]) => spelling));
    const [[alone] = ['']] = batch;
    const keyOf = ({ row }: FoundLead): string =>
      field === null ? alone : spelled(scalarText(row[field]).trim());
    const filter = {
      filterType,
      values: batch.map(([, value]) => value),
      fields: field === null ? fields : [field, ...fields],
    };
    for (const lead of await leadsByFilter(session, filter, (one) => asked.has(keyOf(one)))) {
      const key = keyOf(lead);
      found.set(key, [...(found.get(key) ?? []), lead]);
    }
  }
  return found;
}

const DIGITS = /^\d{1,18}$/;

/** What a rule alone refuses of keys for `findLeads`. Names them by position, from 1, as their values are leads'. */
export function keyFindings(keys: readonly LeadKeyInput[]): readonly Finding[] {
  const alone = new Set(
    keys.flatMap((key) => (KINDS.get(key.type)?.field === null ? [keyValueOf(key)] : [])),
  );
  const tooMany = `${alone.size} keys of cookies or opportunities take a request each: give at most ${MOST_KEYS_ALONE}`;
  return [...filterFindings(keys), ...(alone.size > MOST_KEYS_ALONE ? [refusal(tooMany)] : [])];
}

/** The same for keys that go into one filter, where nobody asks which row is whose. */
export const filterFindings = (keys: readonly LeadKeyInput[]): readonly Finding[] =>
  keys.flatMap((key, index) => {
    const problem = keyProblem(key);
    if (problem === null) return [];
    return [refusal(`${keys.length === 1 ? 'the key' : `key ${index + 1}`} ${problem}`)];
  });

function keyProblem(key: LeadKeyInput): string | null {
  if (!KINDS.has(key.type))
    return `is of type ${key.type}, by which REST finds no lead: use IDNUM, EMAIL, COOKIE or an SFDC id of the lead`;
  const value = keyValueOf(key);
  if (key.type === 'IDNUM' && !DIGITS.test(value)) return 'is of type IDNUM, but not digits alone';
  return value.includes(',') ? 'holds a comma, and REST would read it as two keys' : null;
}

const keyValueOf = ({ type, value }: LeadKeyInput): string => leadReference(type, value).value;
