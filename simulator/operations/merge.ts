import { ServiceFault } from '../fault.ts';
import { type Instance, type Lead, logActivity } from '../instance.ts';
import { findLeads, type LeadKey, leadKeyType } from '../lead-key.ts';
import { change } from '../lead-record.ts';
import { type Markup, nil, tag } from '../markup.ts';
import { boolean, items, repeated, requiredChild, requiredText } from '../params.ts';
import type { Element } from '../xml.ts';
import type { Call } from './operation.ts';

export function mergeLeads(instance: Instance, { params, now }: Call): Markup {
  boolean(params, 'mergeInSales');
  const winner = soleLead(instance, requiredChild(params, 'winningLeadKeyList'));
  if (winner === null) throw new ServiceFault(20103, 'No lead found for winningLeadKeyList');
  requiredChild(params, 'losingLeadKeyLists');
  const lists = items(params, 'losingLeadKeyLists', 'keyList');
  if (lists.length === 0) throw new ServiceFault(20101);
  const losers = lists
    .map((list) => soleLead(instance, list))
    .filter((lead) => lead !== null && lead !== winner);
  if (losers.length !== lists.length) return failed('Losing lead not found');
  for (const loser of new Set(losers)) if (loser !== null) absorb(instance, winner, loser, now);
  return merged(
    winner,
    losers.map((loser) => loser?.id ?? 0),
  );
}

/** The keys of one lead: attributes whose names are lead key types, `IDNUM` in Adobe's sample. */
function soleLead(instance: Instance, list: Element): Lead | null {
  const [pair] = repeated(list, 'attribute');
  if (pair === undefined) throw new ServiceFault(20101);
  const type = leadKeyType(requiredText(pair, 'attrName').toUpperCase());
  const key: LeadKey = { type, value: requiredText(pair, 'attrValue').trim() };
  return findLeads(instance, key)[0] ?? null;
}

function absorb(instance: Instance, winner: Lead, loser: Lead, now: number): void {
  for (const [name, value] of loser.attributes) {
    if ((winner.attributes.get(name) ?? '') === '') winner.attributes.set(name, value);
  }
  for (const list of instance.lists.values()) {
    if (list.members.delete(loser.id)) list.members.add(winner.id);
  }
  for (const activity of instance.activities) if (activity.leadId === loser.id) activity.leadId = winner.id;
  remove(instance, loser);
  winner.updatedAt = now;
  const details = { 'Merged Lead': String(loser.id) };
  logActivity(instance, { leadId: winner.id, at: now, type: 'MergeLeads', asset: String(loser.id) }, details);
}

function remove(instance: Instance, lead: Lead): void {
  change(instance, lead, () => {
    lead.email = null;
    lead.foreignSysPersonId = null;
    lead.cookies.clear();
  });
  instance.leads.delete(lead.id);
}

function merged(winner: Lead, losers: readonly number[]): Markup {
  const ids = losers.map((id) => tag('integerItem', id));
  return mergeStatus(
    tag('winningLeadId', winner.id),
    tag('losingLeadIdList', ...ids),
    tag('status', 'MERGED'),
    nil('error'),
  );
}

function failed(error: string): Markup {
  return mergeStatus(
    nil('winningLeadId'),
    nil('losingLeadIdList'),
    tag('status', 'FAILED'),
    tag('error', error),
  );
}

function mergeStatus(...content: Markup[]): Markup {
  return tag('result', tag('mergeStatus', ...content));
}
