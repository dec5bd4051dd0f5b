import type { Instance, Lead, StaticList } from '../instance/instance.ts';
import { findLeads, type LeadKey } from '../instance/lead-key.ts';
import { listNamed } from '../instance/lists.ts';
import { ServiceFault } from './fault.ts';
import { leadKeyType } from './lead-key-element.ts';
import { child, dateTime, integer, requiredText, stringItems, text } from './params.ts';
import type { Element } from './xml.ts';

interface Selection {
  readonly leads: readonly Lead[];
  /** What was asked, for the stream position. */
  readonly query: string;
}

/** getMultipleLeads ignores further keys; getLeadChanges faults on them (docs/marketo-facts.md). */
const MOST_SELECTOR_KEYS = 100;
const LONGEST_RANGE_MS = 30 * 24 * 3_600_000;

/** The leads that getMultipleLeads is asked for, by one of the three selectors or by the deprecated `lastUpdatedAt`. */
export function selectLeads(instance: Instance, params: Element): Selection {
  const selector = child(params, 'leadSelector');
  if (selector !== null) return selectBy(instance, selector, 'ignore');
  const since = dateTime(params, 'lastUpdatedAt');
  if (since === null) throw new ServiceFault(20109, 'leadSelector or lastUpdatedAt is required');
  return { leads: updatedBetween(instance, since, Number.POSITIVE_INFINITY), query: `since:${since}` };
}

/** An element of the abstract LeadSelector type; its `xsi:type` says which. */
export function selectBy(instance: Instance, selector: Element, excessKeys: 'ignore' | 'fault'): Selection {
  switch (selector.type) {
    case 'LeadKeySelector':
      return byKeys(instance, selector, excessKeys);
    case 'StaticListSelector':
      return byList(instance, selector);
    case 'LastUpdateAtSelector':
      return byUpdate(instance, selector);
    default:
      throw new ServiceFault(20110, 'leadSelector has no xsi:type that names a selector of mktows');
  }
}

function byKeys(instance: Instance, selector: Element, excessKeys: 'ignore' | 'fault'): Selection {
  const type = leadKeyType(requiredText(selector, 'keyType'));
  const values = stringItems(selector, 'keyValues');
  if (values.length === 0) throw new ServiceFault(20101);
  if (values.length > MOST_SELECTOR_KEYS && excessKeys === 'fault') {
    throw new ServiceFault(20110, `keyValues has more than ${MOST_SELECTOR_KEYS} keys`);
  }
  const keys = values.slice(0, MOST_SELECTOR_KEYS).map((value): LeadKey => ({ type, value: value.trim() }));
  const leads = new Set(keys.flatMap((key) => findLeads(instance, key)));
  return { leads: [...leads], query: JSON.stringify([type, values]) };
}

function byList(instance: Instance, selector: Element): Selection {
  const name = text(selector, 'staticListName');
  const id = integer(selector, 'staticListId');
  if (name === null && id === null)
    throw new ServiceFault(20109, 'staticListName or staticListId is required');
  const list = listOf(instance, name, id);
  if (list === undefined) throw new ServiceFault(20111, `No list found with name or id = ${name ?? id}`);
  const leads = [...list.members]
    .map((leadId) => instance.leads.get(leadId))
    .filter((lead) => lead !== undefined);
  return { leads, query: `list:${list.id}` };
}

function listOf(instance: Instance, name: string | null, id: number | null): StaticList | undefined {
  return (name === null ? undefined : listNamed(instance, name)) ?? instance.lists.get(id ?? 0);
}

function byUpdate(instance: Instance, selector: Element): Selection {
  requiredText(selector, 'oldestUpdatedAt');
  const oldest = dateTime(selector, 'oldestUpdatedAt') ?? 0;
  const latest = dateTime(selector, 'latestUpdatedAt');
  if (latest !== null && latest - oldest > LONGEST_RANGE_MS) throw new ServiceFault(20022);
  const leads = updatedBetween(instance, oldest, latest ?? Number.POSITIVE_INFINITY);
  return { leads, query: `updated:${oldest}:${latest}` };
}

function updatedBetween(instance: Instance, oldest: number, latest: number): Lead[] {
  return [...instance.leads.values()].filter((lead) => lead.updatedAt >= oldest && lead.updatedAt <= latest);
}
