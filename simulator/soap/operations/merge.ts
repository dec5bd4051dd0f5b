import type { Instance, Lead } from '../../instance/instance.ts';
import { findLeads, type LeadKey } from '../../instance/lead-key.ts';
import { mergeLeads as merge } from '../../instance/merge-leads.ts';
import { Refusal } from '../../instance/refusal.ts';
import { ServiceFault } from '../fault.ts';
import { leadKeyType } from '../lead-key-element.ts';
import { type Markup, nil, tag } from '../markup.ts';
import { boolean, items, repeated, requiredChild, requiredText } from '../params.ts';
import type { Element } from '../xml.ts';
import type { Call } from './operation.ts';

export function mergeLeads(instance: Instance, { params, now }: Call): Markup {
  boolean(params, 'mergeInSales');
  const winner = soleLead(instance, requiredChild(params, 'winningLeadKeyList'));
  if (winner === null) throw new Refusal('lead-not-found', 'No lead found for winningLeadKeyList');
  requiredChild(params, 'losingLeadKeyLists');
  const lists = items(params, 'losingLeadKeyLists', 'keyList');
  if (lists.length === 0) throw new ServiceFault(20101);
  const losers = lists
    .map((list) => soleLead(instance, list))
    .filter((lead): lead is Lead => lead !== null && lead !== winner);
  if (losers.length !== lists.length) return failed('Losing lead not found');
  merge(instance, winner, new Set(losers), now);
  return merged(
    winner,
    losers.map((loser) => loser.id),
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
