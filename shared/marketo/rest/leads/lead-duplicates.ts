import { CallEnded, CallRefused } from '../call/call-ended.ts';
import { scalarText } from '../call/scalar-text.ts';
import type { Session } from '../call/session.ts';
import type { FoundLead } from './lead-filter.ts';
import { findByField, findLeads } from './lead-keys.ts';
import { byId, type PlannedLead, type SyncedLead } from './lead-write.ts';

/** Several leads match the key. */
export const SEVERAL_LEADS = 1007;

/** The lead that was changed last, as SOAP chose; of several changed at once the newest. Null: there is none. */
export function latestOf(leads: readonly FoundLead[]): FoundLead | null {
  const [latest] = [...leads].sort((a, b) => updatedAt(b) - updatedAt(a) || b.id - a.id);
  return latest ?? null;
}

const updatedAt = ({ row }: FoundLead): number => Date.parse(scalarText(row['updatedAt'])) || 0;

/** The same records, each by the id of its lead that was changed last. Null: no lead has the key any more. */
export async function planLatest(
  session: Session,
  plans: readonly PlannedLead[],
): Promise<readonly (PlannedLead | null)[]> {
  const matches = await leadsMatching(session, plans);
  return plans.map((plan, index) => {
    const latest = latestOf(matches[index] ?? []);
    return latest === null ? null : byId(latest.id, plan.values);
  });
}

/** Adds to the words of refused records which leads their keys match. That they cannot be had changes nothing about them. */
export async function withMatches(
  session: Session,
  plans: readonly PlannedLead[],
  synced: readonly SyncedLead[],
): Promise<readonly SyncedLead[]> {
  const matches = await matchesIfAny(session, plans);
  return synced.map((one, index) => {
    const ids = (matches[index] ?? []).map(({ id }) => id).sort((a, b) => a - b);
    const words = ids.length === 0 ? 'which leads match is not known' : `leads ${ids.join(', ')} match`;
    return { ...one, message: `${one.message}; ${words}` };
  });
}

async function matchesIfAny(
  session: Session,
  plans: readonly PlannedLead[],
): Promise<readonly (readonly FoundLead[])[]> {
  try {
    return await leadsMatching(session, plans);
  } catch (error) {
    if (error instanceof CallEnded || error instanceof CallRefused) return [];
    throw error;
  }
}

/** The leads with the key of each record, with `updatedAt`. */
async function leadsMatching(
  session: Session,
  plans: readonly PlannedLead[],
): Promise<readonly (readonly FoundLead[])[]> {
  const found = new Map<PlannedLead, readonly FoundLead[]>();
  for (const [lookupField, ofField] of Map.groupBy(plans, (plan) => plan.lookupField)) {
    const keys = ofField.map(({ key }) => key);
    const leads = await leadsOfKeys(session, lookupField, keys);
    for (const [index, plan] of ofField.entries()) found.set(plan, leads[index] ?? []);
  }
  return plans.map((plan) => found.get(plan) ?? []);
}

async function leadsOfKeys(
  session: Session,
  lookupField: string | null,
  keys: readonly string[],
): Promise<readonly (readonly FoundLead[])[]> {
  if (lookupField === null || lookupField === 'id') return [];
  if (lookupField === 'email') {
    const emails = keys.map((value) => ({ type: 'EMAIL', value }));
    return findLeads(session, emails, ['updatedAt']);
  }
  const byKey = await findByField(session, lookupField, keys, ['updatedAt']);
  return keys.map((key) => byKey.get(key) ?? []);
}
