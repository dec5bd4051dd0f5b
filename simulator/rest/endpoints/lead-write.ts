import { type LeadAction, syncLead } from '../../instance/sync-lead.ts';
import type { LeadMention } from '../../witness.ts';
import { type Endpoint, type RestCall, type RestResult, rowsOf } from '../endpoint.ts';
import { inputOf, type JsonObject, oneOf, recordsIn, settled, textMember } from '../json.ts';
import { attributesIn, mentionKey } from '../lead-mention.ts';
import { type LookupField, leadRecordOf, lookupField, lookupOf } from '../lead-record.ts';
import { RestError } from '../rest-error.ts';

export const leadWriteEndpoints: readonly Endpoint[] = [
  {
    method: 'POST',
    pattern: '/rest/v1/leads.json',
    body: 'json',
    writes: true,
    serve: syncLeads,
    leads: mentions,
  },
];

const ACTIONS: readonly LeadAction[] = ['createOrUpdate', 'createOnly', 'updateOnly', 'createDuplicate'];
/** The actions that look for a lead. */
const LOOKING: ReadonlySet<LeadAction> = new Set(['createOrUpdate', 'updateOnly']);

function syncLeads(call: RestCall): RestResult {
  const { json } = call.request;
  const action = oneOf(ACTIONS, textMember(json, 'action') ?? 'createOrUpdate', 'action');
  const field = lookupField(
    call.instance,
    textMember(json, 'lookupField') ?? 'email',
    action === 'updateOnly',
  );
  const partition = partitionOf(call, action);
  const rows = inputOf(call).map((record) => settled(() => syncOne(call, action, field, record, partition)));
  return rowsOf(rows);
}

/** Only an action that may make a lead reads the name. */
function partitionOf({ request, instance }: RestCall, action: LeadAction): string | null {
  const name = textMember(request.json, 'partitionName');
  if (name === null || action === 'updateOnly') return null;
  if (!instance.partitions.includes(name)) throw new RestError(1008, `Access to partition '${name}' denied`);
  return name;
}

function syncOne(
  call: RestCall,
  action: LeadAction,
  field: LookupField,
  json: JsonObject,
  partition: string | null,
): JsonObject {
  const record = leadRecordOf(call.instance, field, json);
  const lookup = LOOKING.has(action) ? lookupOf(field, json) : null;
  const { lead, status } = syncLead(call.instance, action, lookup, record, partition, call.now);
  return { id: lead.id, status };
}

/** A record by the field that it is looked up by; one that is only made, by its address, or by nothing. */
function mentions(call: Pick<RestCall, 'request' | 'instance'>): LeadMention[] {
  const { action, lookupField: named } = call.request.json ?? {};
  const looking = action === undefined || LOOKING.has(action as LeadAction);
  const field = looking && typeof named === 'string' && named !== '' ? named : 'email';
  return recordsIn(call).flatMap((record) => {
    const { id: _id, email: _email, ...rest } = record;
    const value = record[field] ?? '';
    if (value === '') return [];
    return [{ key: mentionKey(field, value), attributes: attributesIn(call.instance, rest) }];
  });
}
