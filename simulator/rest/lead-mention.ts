import type { Instance } from '../instance/instance.ts';
import { storedName } from '../instance/lead-fields.ts';
import { keyString, type LeadKeyType } from '../instance/lead-key.ts';
import type { LeadMention } from '../witness.ts';

/** The fields that SOAP had a key type for: the books name a lead alike over both. */
const KEY_TYPES: Readonly<Record<string, LeadKeyType>> = {
  id: 'IDNUM',
  email: 'EMAIL',
  cookies: 'COOKIE',
  sfdcLeadId: 'SFDCLEADID',
  sfdcContactId: 'SFDCCONTACTID',
  sfdcAccountId: 'SFDCACCOUNTID',
  sfdcLeadOwnerId: 'SFDCLEADOWNERID',
  sfdcOpptyId: 'SFDCOPPTYID',
};

/** How the books name the lead that a field identifies: `EMAIL:a@example.com`, `IDNUM:7`, `crmPersonKey:K1`. */
export function mentionKey(field: string, value: unknown): string {
  const type = KEY_TYPES[field];
  return type === undefined ? `${field}:${value}` : keyString({ type, value: String(value) });
}

export function mention(field: string, value: unknown): LeadMention {
  return { key: mentionKey(field, value), attributes: {} };
}

/** What a record means to write, under the names that SOAP has for it. */
export function attributesIn(
  instance: Instance,
  record: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const named = Object.entries(record).map(([name, value]) => {
    const field = instance.leadFields.byRestName.get(name);
    return [field === undefined ? name : storedName(field), value === null ? '' : String(value)];
  });
  return Object.fromEntries(named);
}
