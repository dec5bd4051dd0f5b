import type { LeadReference } from './operation.ts';
import { isGiven, type LeadRecordParams } from './types.ts';

/** One spelling per key: Marketo compares e-mail addresses without case, and 007 is lead 7. */
export function leadReference(type: string, value: string): LeadReference {
  const trimmed = value.trim();
  if (type === 'EMAIL') return { type, value: trimmed.toLowerCase() };
  if (type === 'IDNUM') return { type, value: trimmed.replace(/^0+(?=\d)/, '') };
  return { type, value: trimmed };
}

interface Key {
  readonly keyType: string;
  readonly keyValue: string;
}

export function referencesOf(keys: readonly Key[]): readonly LeadReference[] {
  return keys.map(({ keyType, keyValue }) => leadReference(keyType, keyValue));
}

/** The key Marketo finds a lead by, in the order in which it looks: Id, foreign id, Email, cookie. Null if there is none. */
export function recordReference(record: LeadRecordParams, cookie?: string): LeadReference | null {
  if (record.Id !== undefined) return leadReference('IDNUM', String(record.Id));
  if (isGiven(record.ForeignSysPersonId) && record.ForeignSysType !== undefined) {
    return leadReference(record.ForeignSysType, record.ForeignSysPersonId);
  }
  if (isGiven(record.Email)) return leadReference('EMAIL', record.Email);
  return isGiven(cookie) ? leadReference('COOKIE', cookie) : null;
}
