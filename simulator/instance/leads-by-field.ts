import type { Instance, Lead } from './instance.ts';
import type { LeadField } from './lead-fields.ts';
import { findLeads } from './lead-key.ts';
import { leadValue } from './lead-value.ts';

/** Every lead that holds a value in a field, oldest first; without regard to case. `id` is the lead's number. */
export function leadsByField(instance: Instance, field: LeadField | 'id', value: string): Lead[] {
  if (field === 'id') return findLeads(instance, { type: 'IDNUM', value });
  if (field.rest === 'email') return findLeads(instance, { type: 'EMAIL', value });
  if (field.rest === 'cookies') return findLeads(instance, { type: 'COOKIE', value });
  const wanted = value.toLowerCase();
  return [...instance.leads.values()].filter(
    (lead) => leadValue(instance, lead, field)?.toLowerCase() === wanted,
  );
}
