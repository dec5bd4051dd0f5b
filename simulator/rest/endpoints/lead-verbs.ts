import type { Lead } from '../../instance/instance.ts';
import { deleteLead, mergeLeads } from '../../instance/merge-leads.ts';
import { associateCookie } from '../../instance/sync-lead.ts';
import { DONE, type Endpoint, type RestCall, type RestResult, rowsOf } from '../endpoint.ts';
import { inputOf, settled } from '../json.ts';
import { idMember, idsMentioned, requireLeadById } from '../lead-ids.ts';
import { mention } from '../lead-mention.ts';
import { integer, listParameter, optionalBoolean, parameter } from '../query.ts';
import { RestError } from '../rest-error.ts';

export const leadVerbEndpoints: readonly Endpoint[] = [
  {
    method: 'POST',
    pattern: '/rest/v1/leads/{id}/associate.json',
    body: 'none',
    writes: true,
    serve: associate,
    leads: ({ path }) => [mention('id', path['id'])],
  },
  {
    method: 'POST',
    pattern: '/rest/v1/leads/{id}/merge.json',
    body: 'none',
    writes: true,
    serve: merge,
    leads: (call) => [call.path['id'] ?? '', ...loserIds(call)].map((id) => mention('id', id)),
  },
  {
    method: 'POST',
    pattern: '/rest/v1/leads/delete.json',
    body: 'json',
    writes: true,
    serve: deleteLeads,
    leads: idsMentioned,
  },
];

function associate(call: RestCall): RestResult {
  const lead = requireLeadById(call, integer(call.path['id'] ?? ''));
  associateCookie(call.instance, lead, parameter(call, 'cookie') ?? '');
  return DONE;
}

/** Losers of one merge, at most; with more nothing is merged (docs/marketo-facts.md). */
const MOST_LOSERS = 25;

const loserIds = (call: Pick<RestCall, 'request'>): string[] => [
  ...listParameter(call, 'leadId'),
  ...listParameter(call, 'leadIds'),
];

function merge(call: RestCall): RestResult {
  const ids = loserIds(call).map(integer);
  // The instance is tied to no CRM.
  if (optionalBoolean(call, 'mergeInCRM') === true)
    throw new RestError(1003, 'mergeInCRM needs a native CRM sync');
  if (ids.length === 0) throw new RestError(1003, 'leadId or leadIds not specified');
  if (ids.length > MOST_LOSERS) throw new RestError(1080);
  const winner = requireLeadById(call, integer(call.path['id'] ?? ''));
  if (ids.includes(winner.id)) throw new RestError(1003, 'A lead cannot be merged into itself');
  mergeLeads(call.instance, winner, losers(call, ids), call.now);
  return DONE;
}

function losers({ instance }: RestCall, ids: readonly number[]): Set<Lead> {
  const missing = ids.filter((id) => !instance.leads.has(id));
  if (missing.length > 0) throw new RestError(1004, `Lead [${missing.join(', ')}] not found`);
  return new Set(ids.map((id) => instance.leads.get(id)).filter((lead) => lead !== undefined));
}

function deleteLeads(call: RestCall): RestResult {
  const ids = inputOf(call).map(idMember);
  const rows = ids.map((id) =>
    settled(
      () => {
        deleteLead(call.instance, requireLeadById(call, id), call.now);
        return { id, status: 'deleted' };
      },
      { id },
    ),
  );
  return rowsOf(rows);
}
