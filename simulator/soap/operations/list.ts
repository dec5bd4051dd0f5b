import type { Instance, Lead, StaticList } from '../../instance/instance.ts';
import { findLeads, type LeadKey } from '../../instance/lead-key.ts';
import { addMember, listNamed, removeMember } from '../../instance/lists.ts';
import { Refusal } from '../../instance/refusal.ts';
import { ServiceFault } from '../fault.ts';
import { leadKeysOf } from '../lead-key-element.ts';
import { type Markup, nil, tag } from '../markup.ts';
import { boolean, oneOf, requiredChild, requiredText } from '../params.ts';
import type { Element } from '../xml.ts';
import { getImportToListStatus, importToList } from './import.ts';
import type { Call, OperationTable } from './operation.ts';

export const listOperations: OperationTable = {
  listOperation: { writes: true, run: listOperation },
  importToList: { writes: true, run: importToList },
  getImportToListStatus: { writes: false, run: getImportToListStatus },
};

const LIST_OPERATIONS = ['ADDTOLIST', 'ISMEMBEROFLIST', 'REMOVEFROMLIST'] as const;
const LIST_KEY_TYPES = ['MKTOLISTNAME', 'MKTOSALESUSERID', 'SFDCLEADOWNERID'] as const;
const MOST_MEMBERS = 1000;

interface Member {
  readonly key: LeadKey;
  readonly lead: Lead | undefined;
  readonly succeeds: boolean;
}

function listOperation(instance: Instance, { params, now }: Call): Markup {
  const kind = oneOf(LIST_OPERATIONS, requiredText(params, 'listOperation'), 20110, 'listOperation');
  const list = requireList(instance, requiredChild(params, 'listKey'));
  const keys = leadKeysOf(requiredChild(params, 'listMemberList'), MOST_MEMBERS + 1);
  if (keys.length === 0) throw new ServiceFault(20101);
  if (keys.length > MOST_MEMBERS)
    throw new ServiceFault(20110, `listMemberList has more than ${MOST_MEMBERS} leads`);
  const strict = boolean(params, 'strict') ?? false;
  const members = keys.map((key) => checkMember(instance, list, kind, key));
  if (strict) refuseAnyFailure(members);
  for (const member of members) apply(instance, list, kind, member, now);
  return result(members, strict);
}

function requireList(instance: Instance, listKey: Element): StaticList {
  const type = oneOf(LIST_KEY_TYPES, requiredText(listKey, 'keyType'), 20110, 'List key type');
  const value = requiredText(listKey, 'keyValue');
  const list = listNamed(instance, value);
  if (type !== 'MKTOLISTNAME' || list === undefined)
    throw new Refusal('list-not-found', `No list found with ${type} = ${value}`);
  return list;
}

/** Adding a member again succeeds; removing or asking after a lead that is none does not. */
function checkMember(
  instance: Instance,
  list: StaticList,
  kind: (typeof LIST_OPERATIONS)[number],
  key: LeadKey,
): Member {
  const [lead] = findLeads(instance, key);
  if (lead === undefined) return { key, lead, succeeds: false };
  return { key, lead, succeeds: kind === 'ADDTOLIST' || list.members.has(lead.id) };
}

function refuseAnyFailure(members: readonly Member[]): void {
  const refused = members.find((member) => !member.succeeds);
  if (refused === undefined) return;
  const { type, value } = refused.key;
  if (refused.lead === undefined)
    throw new Refusal('lead-not-found', `No lead found with ${type} = ${value}`);
  throw new Refusal('not-a-member', `Lead ${type} = ${value} is not a member of the list`);
}

function apply(
  instance: Instance,
  list: StaticList,
  kind: (typeof LIST_OPERATIONS)[number],
  member: Member,
  now: number,
): void {
  if (!member.succeeds || member.lead === undefined || kind === 'ISMEMBEROFLIST') return;
  if (kind === 'ADDTOLIST') addMember(instance, list, member.lead.id, now);
  else removeMember(instance, list, member.lead.id, now);
}

function result(members: readonly Member[], strict: boolean): Markup {
  const success = members.every((member) => member.succeeds);
  const statuses = members.map(({ key, succeeds }) =>
    tag(
      'leadStatus',
      tag('leadKey', tag('keyType', key.type), tag('keyValue', key.value)),
      tag('status', succeeds),
    ),
  );
  return tag('result', tag('success', success), strict ? nil('statusList') : tag('statusList', ...statuses));
}
