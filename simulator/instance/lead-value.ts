import type { Instance, Lead } from './instance.ts';
import { type DataType, type LeadField, storedName } from './lead-fields.ts';
import { Refusal } from './refusal.ts';

/** A field of a lead as text, or null. Some fields are not attributes but what the instance knows of the lead. */
export function leadValue(instance: Instance, lead: Lead, field: LeadField): string | null {
  switch (field.rest) {
    case 'email':
      return lead.email;
    case 'createdAt':
      return new Date(lead.createdAt).toISOString();
    case 'updatedAt':
      return new Date(lead.updatedAt).toISOString();
    case 'cookies':
      return lead.cookies.size === 0 ? null : [...lead.cookies].join(',');
    case 'leadPartitionId':
      return String(instance.partitions.indexOf(lead.partition) + 1);
    case 'sfdcLeadId':
      return attribute(lead, field) ?? (lead.foreignSysType === 'SFDC' ? lead.foreignSysPersonId : null);
    default:
      return attribute(lead, field);
  }
}

function attribute(lead: Lead, field: LeadField): string | null {
  return lead.attributes.get(storedName(field)) ?? null;
}

/** What a value of each type looks like as text. A type that is not here takes any text. */
const SHAPES: Partial<Record<DataType, RegExp>> = {
  email: /^[!-~]+@[!-~]+$/,
  integer: /^-?\d{1,15}$/,
  float: /^-?\d+(?:\.\d+)?$/,
  currency: /^-?\d+(?:\.\d+)?$/,
  percent: /^-?\d+$/,
  boolean: /^(?:true|false)$/,
  date: /^\d{4}-\d\d-\d\d(?:T.*)?$/,
  datetime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/,
};

/** Refuses text that is no value of the field's type. */
export function checkValue(
  field: { readonly name: string; readonly dataType: DataType },
  value: string,
): void {
  const shape = SHAPES[field.dataType];
  if (shape === undefined || shape.test(value)) return;
  throw new Refusal('bad-value', `Invalid value for field '${field.name}' and value '${value}'`);
}
