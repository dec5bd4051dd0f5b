import { pagesOf } from '../../../kernel/pages.ts';
import { refused } from '../call/call-ended.ts';
import type { Session } from '../call/session.ts';
import { findLeads, type LeadKeyInput } from '../leads/lead-keys.ts';
import type { LeadScope } from './activity-stream.ts';

/** activities.json takes at most 30 ids of leads. */
const MOST_LEADS = 30;

/** Fewer than Marketo takes leads, as one address may be that of several. */
const KEYS_PER_GROUP = 20;

/** The lead of one key. Throws a `CallEnded` with code 1004 for none and 1007 for several. */
export async function onlyLead(session: Session, key: LeadKeyInput): Promise<LeadScope> {
  if (key.type === 'IDNUM') return { kind: 'leads', ids: [idOf(key)] };
  const [leads = []] = await findLeads(session, [key], ['id']);
  const [lead, ...others] = leads;
  if (lead === undefined) throw refused(1004, 'no lead has this key');
  if (others.length > 0)
    throw refused(
      1007,
      `several leads have this key (ids ${shown(leads.map(({ id }) => String(id)))}): give the id`,
    );
  return { kind: 'leads', ids: [String(lead.id)] };
}

/**
 * The leads of up to 100 keys, in groups. A group is made of keys, not of what they lead to, so that it keeps its place in a
 * position while leads come and go; a key without a lead is none, as over SOAP. Throws a `CallEnded` with code 1003 where the
 * keys of one group have more leads than Marketo takes.
 */
export async function leadGroups(
  session: Session,
  keys: readonly LeadKeyInput[],
): Promise<readonly LeadScope[]> {
  const [first] = keys;
  if (first?.type === 'IDNUM') {
    const ids = [...new Set(keys.map(idOf))];
    return pagesOf(ids, MOST_LEADS).map((group) => ({ kind: 'leads', ids: group }));
  }
  const found = await findLeads(session, keys, ['id']);
  const seen = new Set<string>();
  return pagesOf(found, KEYS_PER_GROUP).map((leads) => {
    const ids = [...new Set(leads.flat().map(({ id }) => String(id)))].filter((id) => !seen.has(id));
    for (const id of ids) seen.add(id);
    if (ids.length > MOST_LEADS)
      throw refused(1003, `${ids.length} leads have these keys: give fewer keys, or a static list`);
    return { kind: 'leads', ids };
  });
}

/** As Marketo writes it: an id with leading zeros would be another parameter value. */
const idOf = ({ value }: LeadKeyInput): string => value.trim().replace(/^0+(?=\d)/, '');

const MOST_SHOWN = 10;

const shown = (ids: readonly string[]): string =>
  ids.length <= MOST_SHOWN ? ids.join(', ') : `${ids.slice(0, MOST_SHOWN).join(', ')}, …`;
