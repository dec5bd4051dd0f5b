import type { Instance, Lead } from './instance.ts';
import { findLeads } from './lead-key.ts';
import type { LeadRecord, Lookup } from './lead-record.ts';
import { leadsByField } from './leads-by-field.ts';
import { Refusal } from './refusal.ts';
import { change, upsertLead } from './write-lead.ts';

export type LeadAction = 'createOrUpdate' | 'createOnly' | 'updateOnly' | 'createDuplicate';

/**
 * Writes one lead as an action has it. `lookup` is for the actions that find one, and null for the others.
 * `partition` is where a new lead is made; an existing one has to be there already.
 */
export function syncLead(
  instance: Instance,
  action: LeadAction,
  lookup: Lookup | null,
  record: LeadRecord,
  partition: string | null,
  now: number,
): { readonly lead: Lead; readonly status: 'created' | 'updated' } {
  const existing = existingLead(instance, action, lookup, record);
  if (
    existing !== null &&
    action === 'createOrUpdate' &&
    partition !== null &&
    existing.partition !== partition
  )
    throw new Refusal('other-partition', 'Partition update not allowed');
  const made = { ...record, ...(partition === null ? {} : { partition }) };
  const { lead } = upsertLead(instance, made, existing, now);
  return { lead, status: existing === null ? 'created' : 'updated' };
}

function existingLead(
  instance: Instance,
  action: LeadAction,
  lookup: Lookup | null,
  record: LeadRecord,
): Lead | null {
  switch (action) {
    case 'createDuplicate':
      return null;
    case 'createOnly':
      if (record.email !== null && findLeads(instance, { type: 'EMAIL', value: record.email }).length > 0)
        throw new Refusal('lead-exists', 'Lead already exists');
      return null;
    case 'updateOnly':
    case 'createOrUpdate': {
      const lead = lookup === null ? null : soleLead(instance, lookup);
      if (lead === null && action === 'updateOnly') throw new Refusal('lead-not-found', 'Lead not found');
      return lead;
    }
  }
}

function soleLead(instance: Instance, { field, value }: Lookup): Lead | null {
  const [lead, ...others] = leadsByField(instance, field, value);
  if (others.length > 0) throw new Refusal('several-leads', 'Multiple leads match lookup criteria');
  return lead ?? null;
}

/** The whole value of the tracking cookie. */
const COOKIE = /^id:[\w-]+&token:_mch-\S+$/;

/** Ties a cookie to a lead; if it was another's, what it does from now on is the new one's. */
export function associateCookie(instance: Instance, lead: Lead, cookie: string): void {
  if (!COOKIE.test(cookie)) throw new Refusal('bad-cookie', `Invalid cookie value '${cookie}'`);
  for (const owner of findLeads(instance, { type: 'COOKIE', value: cookie })) {
    change(instance, owner, () => owner.cookies.delete(cookie));
  }
  change(instance, lead, () => lead.cookies.add(cookie));
}
