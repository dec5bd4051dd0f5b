import type { LeadField } from '../../instance/lead-fields.ts';
import { storedName } from '../../instance/lead-fields.ts';
import { Refusal } from '../../instance/refusal.ts';
import { type LeadAction, type Lookup, syncLead } from '../../instance/sync-lead.ts';
import type { LeadRecord } from '../../instance/write-lead.ts';
import type { LeadMention } from '../../witness.ts';
import { type Endpoint, type RestCall, type RestResult, rowsOf } from '../endpoint.ts';
import { inputOf, type JsonObject, oneOf, recordsIn, settled, textMember } from '../json.ts';
import { attributesIn, mentionKey } from '../lead-mention.ts';
import { RestError } from '../rest-error.ts';
import { valueIn } from '../rest-lead.ts';

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

type LookupField = LeadField | 'id';

function syncLeads(call: RestCall): RestResult {
  const { json } = call.request;
  const action = oneOf(ACTIONS, textMember(json, 'action') ?? 'createOrUpdate', 'action');
  const field = lookupField(call, action);
  const partition = partitionOf(call, action);
  const rows = inputOf(call).map((record) => settled(() => syncOne(call, action, field, record, partition)));
  return rowsOf(rows);
}

/** E-mail, unless told; an id finds leads and makes none. */
function lookupField({ request, instance }: RestCall, action: LeadAction): LookupField {
  const name = textMember(request.json, 'lookupField') ?? 'email';
  if (name === 'id') {
    if (action !== 'updateOnly') throw new RestError(1003, `Lookup field 'id' is for updateOnly`);
    return 'id';
  }
  const field = instance.leadFields.byRestName.get(name);
  if (field === undefined) throw new RestError(1006, `Lookup field '${name}' not found`);
  if (!field.searchable || field.readOnly) throw new RestError(1011, `Lookup field '${name}' not supported`);
  return field;
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
  const record = leadRecordOf(call, field, json);
  const lookup = LOOKING.has(action) ? lookupOf(field, json) : null;
  const { lead, status } = syncLead(call.instance, action, lookup, record, partition, call.now);
  return { id: lead.id, status };
}

function lookupOf(field: LookupField, json: JsonObject): Lookup {
  const name = nameOf(field);
  const value = json[name] ?? '';
  if (value === '' || typeof value === 'object')
    throw new Refusal('key-missing', `Missing value for lookup field '${name}'`);
  return { field, value: String(value) };
}

const nameOf = (field: LookupField): string => (field === 'id' ? 'id' : (field.rest ?? ''));

/** Checks a record in full, so that nothing is changed for a bad one. */
function leadRecordOf({ instance }: RestCall, lookup: LookupField, json: JsonObject): LeadRecord {
  const attributes = new Map<string, string | null>();
  for (const [name, value] of Object.entries(json)) {
    if (name === 'id' && lookup === 'id') continue;
    const field = writable(instance.leadFields.byRestName.get(name), name);
    if (field.ofCompany && instance.companyFields === 'ignored') continue;
    if (field.ofCompany) throw new Refusal('company-field', 'Company update not allowed');
    attributes.set(storedName(field), valueIn(field, value));
  }
  return { id: null, email: attributes.get('Email') ?? null, foreign: null, cookie: null, attributes };
}

function writable(field: LeadField | undefined, name: string): LeadField {
  if (name === 'id') throw new Refusal('read-only-field', `Field 'id' is not allowed`);
  if (field === undefined) throw new Refusal('unknown-field', `Field '${name}' not found`);
  if (field.readOnly) throw new Refusal('read-only-field', `Field '${name}' is read only`);
  return field;
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
