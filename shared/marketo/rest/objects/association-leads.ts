import { isObject } from '../../../kernel/is-object.ts';
import { refused } from '../call/call-ended.ts';
import type { RestReply } from '../call/read-reply.ts';
import type { Reason } from '../call/reasons.ts';
import type { Session } from '../call/session.ts';
import { fieldsNaming } from '../leads/fields-naming.ts';
import type { LeadField } from '../leads/lead-fields.ts';
import type { Association } from './mobject-records.ts';
import { textOf } from './object-fields.ts';

/** A lead's id as text, or why there is none. */
export type LeadFound = { readonly kind: 'lead'; readonly id: string } | ({ readonly kind: 'none' } & Reason);

export type Finder = (association: Association) => LeadFound;

/** Marketo answers no more than 1,000 matches, 300 at a time. */
export const MOST_LEAD_PAGES = 4;

/** Looks up the leads that associations name by an external key: one read for each of the fields, none for ids. Throws `CallEnded` and `CallRefused`. */
export async function findAssociated(
  session: Session,
  associations: readonly Association[],
): Promise<Finder> {
  const keys = associations.flatMap(({ id, externalKey }) =>
    id === undefined && externalKey !== undefined ? [externalKey] : [],
  );
  if (keys.length === 0) return byId;
  const known = await fieldsNaming(
    session,
    keys.map(({ name }) => name),
  );
  const fields = new Map(keys.map(({ name }): [string, LeadField | null] => [name, known.bySoapName(name)]));
  const ids = new Map<string, ReadonlyMap<string, ReadonlySet<string>>>();
  for (const field of new Set(fields.values())) {
    if (field === null) continue;
    const values = keys.filter(({ name }) => fields.get(name) === field).map(({ value }) => value.trim());
    ids.set(field.rest, await idsByValue(session, field.rest, [...new Set(values)]));
  }
  return ({ id, externalKey }) => {
    if (id !== undefined || externalKey === undefined) return byId({ mObjType: 'Lead', id, externalKey });
    const field = fields.get(externalKey.name) ?? null;
    if (field === null) return none(1006, `leads have no field "${externalKey.name}"`);
    const found = [...(ids.get(field.rest)?.get(folded(externalKey.value)) ?? [])];
    const [first] = found;
    if (first === undefined) return none(1004, `no lead has this ${externalKey.name}`);
    return found.length === 1
      ? { kind: 'lead', id: first }
      : none(1007, `${found.length} leads have this ${externalKey.name}: ${found.slice(0, 10).join(', ')}`);
  };
}

const byId: Finder = ({ id }) =>
  id === undefined
    ? none(1003, 'an association with a Lead needs its id or an externalKey')
    : { kind: 'lead', id: String(id) };

const none = (code: number, message: string): LeadFound => ({ kind: 'none', code, message });

const folded = (value: string): string => value.trim().toLowerCase();

async function idsByValue(
  session: Session,
  field: string,
  values: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = new Map<string, Set<string>>();
  let nextPageToken: string | null = null;
  for (let page = 0; page < MOST_LEAD_PAGES; page += 1) {
    const reply: RestReply = await session.ask({
      endpoint: 'leads',
      step: 'look-up, leads of associations',
      query: {
        filterType: field,
        filterValues: values,
        fields: [...new Set(['id', field])],
        batchSize: 300,
        nextPageToken: nextPageToken ?? undefined,
      },
      isReply: hasLeads,
    });
    for (const row of reply.result) {
      const value = isObject(row) ? textOf(Object.hasOwn(row, field) ? row[field] : null) : null;
      const id = isObject(row) ? textOf(row['id']) : null;
      if (value === null || id === null) continue;
      found.set(folded(value), (found.get(folded(value)) ?? new Set()).add(id));
    }
    nextPageToken = reply.nextPageToken;
    if (nextPageToken === null) return found;
  }
  // A lead that was not read may have a key that one alone seems to have.
  throw refused(1003, `more than ${MOST_LEAD_PAGES} pages of leads have these keys`);
}

const hasLeads = ({ result }: RestReply): string | null =>
  result.every((row) => isObject(row) && Number.isSafeInteger(row['id'])) ? null : 'a row of it has no id';
