import { LEAD_KEY_TYPES, type LeadKey, type LeadKeyType } from '../instance/lead-key.ts';
import { ServiceFault } from './fault.ts';
import { oneOf, repeated, requiredText, text } from './params.ts';
import type { Element } from './xml.ts';

/** Reads a LeadKey element: `{keyType, keyValue}`. */
export function leadKeyOf(element: Element): LeadKey {
  const type = leadKeyType(requiredText(element, 'keyType'));
  const value = text(element, 'keyValue')?.trim() ?? '';
  if (value === '') throw new ServiceFault(20101);
  return { type, value };
}

export function leadKeyType(value: string): LeadKeyType {
  return oneOf(LEAD_KEY_TYPES, value, 20102, 'Lead key type');
}

/** The keys inside a list element; more than `most` are ignored without a word. */
export function leadKeysOf(list: Element | null, most: number): LeadKey[] {
  return repeated(list, 'leadKey').slice(0, most).map(leadKeyOf);
}
