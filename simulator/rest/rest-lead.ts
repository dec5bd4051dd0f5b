import type { Instance, Lead } from '../instance/instance.ts';
import type { LeadField } from '../instance/lead-fields.ts';
import { checkValue, leadValue } from '../instance/lead-value.ts';
import { Refusal } from '../instance/refusal.ts';
import type { RestCall } from './endpoint.ts';
import { dateOut, listParameter } from './query.ts';
import { RestError } from './rest-error.ts';

/** What a read gives that names no fields (docs/marketo-facts.md). */
const DEFAULT_FIELDS = ['id', 'email', 'firstName', 'lastName', 'createdAt', 'updatedAt'];

/** How a read shows a lead, by the `fields` that it asks for; an unknown name is refused. */
export function leadView(call: RestCall): (lead: Lead) => Readonly<Record<string, unknown>> {
  const asked = listParameter(call, 'fields');
  const names = asked.length === 0 ? DEFAULT_FIELDS : ['id', ...asked.filter((name) => name !== 'id')];
  const fields = names.map((name) => [name, name === 'id' ? null : knownField(call.instance, name)] as const);
  return (lead) =>
    Object.fromEntries(
      fields.map(([name, field]) => [name, field === null ? lead.id : valueOut(call.instance, lead, field)]),
    );
}

export function knownField(instance: Instance, name: string): LeadField {
  const field = instance.leadFields.byRestName.get(name);
  if (field === undefined) throw new RestError(1006, `Field '${name}' not found`);
  return field;
}

/** A value as JSON. Text that SOAP wrote into a typed field, and that is no value of the type, stays text. */
function valueOut(instance: Instance, lead: Lead, field: LeadField): unknown {
  const text = leadValue(instance, lead, field);
  if (field.dataType === 'boolean') return text === 'true' || text === '1';
  if (text === null || text === '') return null;
  switch (field.dataType) {
    case 'integer':
    case 'float':
    case 'currency':
    case 'percent':
      return Number.isNaN(Number(text)) ? text : Number(text);
    case 'datetime':
      return Number.isNaN(Date.parse(text)) ? text : dateOut(Date.parse(text));
    default:
      return text;
  }
}

/** A value of a request as text; `null` and `""` both clear. Strings are taken for numbers (docs/marketo-facts.md). */
export function valueIn(field: LeadField, value: unknown): string | null {
  if (value === null || value === '') return null;
  if (typeof value === 'object')
    throw new Refusal(
      'bad-value',
      `Invalid value for field '${field.rest}' and value '${JSON.stringify(value)}'`,
    );
  checkValue({ name: field.rest ?? '', dataType: field.dataType }, String(value));
  return String(value);
}
