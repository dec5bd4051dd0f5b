import type { StaticList } from '../../instance/instance.ts';
import { addMember, removeMember } from '../../instance/lists.ts';
import { type Endpoint, type RestCall, type RestResult, rowsOf } from '../endpoint.ts';
import { settled } from '../json.ts';
import { idsMentioned, leadIds } from '../lead-ids.ts';
import { named } from '../named.ts';
import { paged } from '../page-token.ts';
import { dateOut, integer } from '../query.ts';
import { RestError } from '../rest-error.ts';
import { leadView } from '../rest-lead.ts';

const MEMBERS = '/rest/v1/lists/{id}/leads.json';
const MOST_MEMBERS = 300;

export const listEndpoints: readonly Endpoint[] = [
  { method: 'GET', pattern: '/rest/v1/lists.json', body: 'get', writes: false, serve: lists },
  { method: 'GET', pattern: '/rest/v1/lists/{id}.json', body: 'get', writes: false, serve: listById },
  { method: 'GET', pattern: MEMBERS, body: 'get', writes: false, serve: members },
  {
    method: 'POST',
    pattern: MEMBERS,
    body: 'optional-json',
    writes: true,
    serve: add,
    leads: idsMentioned,
  },
  {
    method: 'DELETE',
    pattern: MEMBERS,
    body: 'optional-json',
    writes: true,
    serve: remove,
    leads: idsMentioned,
  },
  {
    method: 'GET',
    pattern: '/rest/v1/lists/{id}/leads/ismember.json',
    body: 'get',
    writes: false,
    serve: isMember,
    leads: idsMentioned,
  },
];

function lists(call: RestCall): RestResult {
  return paged(call, named(call, [...call.instance.lists.values()]), listRow);
}

function listById(call: RestCall): RestResult {
  return rowsOf([listRow(requireList(call))]);
}

const listRow = ({ id, name, program }: StaticList) => ({
  id,
  name,
  workspaceName: 'Default',
  programName: program,
  createdAt: dateOut(0),
  updatedAt: dateOut(0),
});

function requireList({ instance, path }: RestCall): StaticList {
  const id = integer(path['id'] ?? '');
  const list = instance.lists.get(id);
  if (list === undefined) throw new RestError(1013, `List '${id}' not found`);
  return list;
}

function members(call: RestCall): RestResult {
  const leads = [...requireList(call).members].map((id) => call.instance.leads.get(id));
  return paged(
    call,
    leads.filter((lead) => lead !== undefined),
    leadView(call),
  );
}

/** Adding a member again is adding it. */
function add(call: RestCall): RestResult {
  return eachLead(call, (list, id) => {
    addMember(call.instance, list, id, call.now);
    return 'added';
  });
}

function remove(call: RestCall): RestResult {
  return eachLead(call, (list, id) => {
    if (!removeMember(call.instance, list, id, call.now)) throw new RestError(1015);
    return 'removed';
  });
}

function isMember(call: RestCall): RestResult {
  return eachLead(call, (list, id) => (list.members.has(id) ? 'memberof' : 'notmemberof'));
}

function eachLead(call: RestCall, serve: (list: StaticList, id: number) => string): RestResult {
  const list = requireList(call);
  const rows = leadIds(call, MOST_MEMBERS).map((id) =>
    settled(
      () => {
        if (!call.instance.leads.has(id)) throw new RestError(1004);
        return { id, status: serve(list, id) };
      },
      { id },
    ),
  );
  return rowsOf(rows);
}
