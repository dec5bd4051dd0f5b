import type { Instance } from '../instance/instance.ts';
import { type LeadField, storedName } from '../instance/lead-fields.ts';
import type { LeadRecord, Lookup } from '../instance/lead-record.ts';
import { Refusal } from '../instance/refusal.ts';
import type { JsonObject } from './json.ts';
import { RestError } from './rest-error.ts';
import { valueIn } from './rest-lead.ts';

export type LookupField = LeadField | 'id';

/** The field that a write looks leads up by. An id finds leads and makes none, so it is for writes that only update. */
export function lookupField(instance: Instance, name: string, updates: boolean): LookupField {
  if (name === 'id') {
    if (!updates) throw new RestError(1003, `Lookup field 'id' is for updateOnly`);
    return 'id';
  }
  const field = instance.leadFields.byRestName.get(name);
  if (field === undefined) throw new RestError(1006, `Lookup field '${name}' not found`);
  if (!field.searchable || field.readOnly) throw new RestError(1011, `Lookup field '${name}' not supported`);
  return field;
}

export function lookupOf(field: LookupField, json: JsonObject): Lookup {
  const name = nameOf(field);
  const value = json[name] ?? '';
  if (value === '' || typeof value === 'object')
    throw new Refusal('key-missing', `Missing value for lookup field '${name}'`);
  return { field, value: String(value) };
}

const nameOf = (field: LookupField): string => (field === 'id' ? 'id' : (field.rest ?? ''));

/** Checks a record in full, so that nothing is changed for a bad one. */
export function leadRecordOf(instance: Instance, lookup: LookupField, json: JsonObject): LeadRecord {
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
