import type { Instance, Lead } from './instance.ts';
import { Refusal } from './refusal.ts';

/** What a lead can be found by; the names are those of the WSDL's LeadKeyRef. */
export const LEAD_KEY_TYPES = [
  'IDNUM',
  'COOKIE',
  'EMAIL',
  'LEADOWNEREMAIL',
  'SFDCACCOUNTID',
  'SFDCCONTACTID',
  'SFDCLEADID',
  'SFDCLEADOWNERID',
  'SFDCOPPTYID',
] as const;
export type LeadKeyType = (typeof LEAD_KEY_TYPES)[number];

export interface LeadKey {
  readonly type: LeadKeyType;
  readonly value: string;
}

/** How the witness and the campaign sends name a lead: `EMAIL:a@example.com`. */
export function keyString(key: LeadKey): string {
  return `${key.type}:${key.type === 'EMAIL' ? key.value.toLowerCase() : key.value}`;
}

/** Every lead under a key, oldest first; Email and the owner keys may have several. */
export function findLeads(instance: Instance, key: LeadKey): Lead[] {
  switch (key.type) {
    case 'IDNUM':
      return present([instance.leads.get(Number(key.value))]);
    case 'EMAIL':
    case 'COOKIE':
      return indexed(instance, keyString(key));
    case 'SFDCLEADID':
    case 'SFDCCONTACTID':
      return indexed(instance, foreignKey('SFDC', key.value));
    case 'LEADOWNEREMAIL':
      return withAttribute(instance, 'LeadOwnerEmail', key.value);
    case 'SFDCACCOUNTID':
      return withAttribute(instance, 'SFDCAccountId', key.value);
    case 'SFDCLEADOWNERID':
      return withAttribute(instance, 'SFDCLeadOwnerId', key.value);
    case 'SFDCOPPTYID':
      return withAttribute(instance, 'SFDCOpptyId', key.value);
  }
}

export function foreignKey(type: string, personId: string): string {
  return `FOREIGN:${type}:${personId}`;
}

/** The names under which the index knows a lead. */
export function indexKeysOf(lead: Lead): string[] {
  const { email, foreignSysType, foreignSysPersonId } = lead;
  const keys = [...lead.cookies].map((cookie) => keyString({ type: 'COOKIE', value: cookie }));
  if (email !== null) keys.push(keyString({ type: 'EMAIL', value: email }));
  if (foreignSysType !== null && foreignSysPersonId !== null)
    keys.push(foreignKey(foreignSysType, foreignSysPersonId));
  return keys;
}

export function indexed(instance: Instance, key: string): Lead[] {
  const ids = [...(instance.leadIndex.get(key) ?? [])].toSorted((one, other) => one - other);
  return present(ids.map((id) => instance.leads.get(id)));
}

/** The oldest lead under a key. */
export function requireLead(instance: Instance, key: LeadKey): Lead {
  const [lead] = findLeads(instance, key);
  if (lead === undefined)
    throw new Refusal('lead-not-found', `No lead found with ${key.type} = ${key.value}`);
  return lead;
}

function withAttribute(instance: Instance, name: string, value: string): Lead[] {
  return [...instance.leads.values()].filter((lead) => lead.attributes.get(name) === value);
}

function present(leads: readonly (Lead | undefined)[]): Lead[] {
  return leads.filter((lead) => lead !== undefined);
}
