import type { Session } from '../call/session.ts';
import { latestOf } from './lead-duplicates.ts';
import type { FoundLead } from './lead-filter.ts';
import { findLeads, type LeadKeyInput } from './lead-keys.ts';

/** The lead a key stands for. `several`: all that match, by id, where nobody has said which of them is meant. */
export type LeadOfKey =
  | { readonly kind: 'lead'; readonly id: number }
  | { readonly kind: 'missing' }
  | { readonly kind: 'several'; readonly ids: readonly number[] };

/** A LeadKey as the params carry it. */
export interface MemberKey {
  readonly keyType: string;
  readonly keyValue: string;
}

/**
 * One lead per key, in the order of the keys, by filter reads of up to 300 keys of a type. A key that is an id is not asked for
 * unless `askIds`: Marketo says itself which ids it does not know. Of an e-mail address that several leads have, the one that
 * changed last, if the setting says so (docs/rest.md); as SOAP did without being told.
 */
export async function leadsOfKeys(
  session: Session,
  keys: readonly MemberKey[],
  { askIds = false }: { readonly askIds?: boolean } = {},
): Promise<readonly LeadOfKey[]> {
  const inputs = keys.map(({ keyType, keyValue }) => ({ type: keyType, value: keyValue.trim() }));
  const asked = inputs.filter((key) => mustAsk(key, askIds));
  const found = asked.length === 0 ? [] : await findLeads(session, asked, ['updatedAt']);
  const answers = new Map(asked.map((key, index) => [key, found[index] ?? []]));
  return inputs.map((key) => {
    const leads = answers.get(key);
    if (leads === undefined) return ofId(key.value);
    return chosen(leads, key.type === 'EMAIL' && session.settings.onDuplicate === 'latest');
  });
}

/** An id that JSON does not carry exactly would be another one, and no lead has one as long: it is not asked for. */
const mustAsk = ({ type, value }: LeadKeyInput, askIds: boolean): boolean =>
  type !== 'IDNUM' || (askIds && ofId(value).kind === 'lead');

function ofId(value: string): LeadOfKey {
  const id = /^\d{1,18}$/.test(value) ? Number(value) : 0;
  return id > 0 && Number.isSafeInteger(id) ? { kind: 'lead', id } : { kind: 'missing' };
}

function chosen(found: readonly FoundLead[], latest: boolean): LeadOfKey {
  const ids = [...new Set(found.map(({ id }) => id))].sort((one, other) => one - other);
  const [only] = ids;
  if (only === undefined) return { kind: 'missing' };
  if (ids.length === 1) return { kind: 'lead', id: only };
  const last = latest ? latestOf(found) : null;
  return last === null ? { kind: 'several', ids } : { kind: 'lead', id: last.id };
}
