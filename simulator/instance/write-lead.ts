import { type Instance, type Lead, logActivity, takeId } from './instance.ts';
import { findLeads, foreignKey, indexed, indexKeysOf, requireLead } from './lead-key.ts';
import type { LeadRecord } from './lead-record.ts';

/** The lead a record means: Id, then the foreign key, then Email, then the cookie. An Id that does not exist is refused. */
export function matchLead(instance: Instance, record: LeadRecord): Lead | null {
  if (record.id !== null) return requireLead(instance, { type: 'IDNUM', value: String(record.id) });
  const { foreign, email, cookie } = record;
  if (foreign !== null) return indexed(instance, foreignKey(foreign.type, foreign.personId))[0] ?? null;
  if (email !== null) return lastChanged(findLeads(instance, { type: 'EMAIL', value: email }));
  return cookie === null ? null : (findLeads(instance, { type: 'COOKIE', value: cookie })[0] ?? null);
}

/** Of several leads of one address a write means the one that changed last. */
function lastChanged(leads: readonly Lead[]): Lead | null {
  const [lead] = leads.toSorted((one, other) => other.updatedAt - one.updatedAt || other.id - one.id);
  return lead ?? null;
}

interface Upsert {
  readonly lead: Lead;
  readonly status: 'CREATED' | 'UPDATED';
}

export function upsertLead(
  instance: Instance,
  record: LeadRecord,
  existing: Lead | null,
  now: number,
): Upsert {
  const lead = existing ?? createLead(instance, record.partition ?? instance.partitions[0] ?? 'Default', now);
  change(instance, lead, () => setKeys(lead, record));
  for (const [name, value] of record.attributes) {
    if (name !== 'Email') setAttribute(instance, lead, name, value, now);
  }
  lead.updatedAt = now;
  return { lead, status: existing === null ? 'CREATED' : 'UPDATED' };
}

function createLead(instance: Instance, partition: string, now: number): Lead {
  const keys = { email: null, foreignSysType: null, foreignSysPersonId: null, cookies: new Set<string>() };
  const dates = { createdAt: now, updatedAt: now };
  const lead: Lead = { id: takeId(instance), ...keys, partition, attributes: new Map(), ...dates };
  instance.leads.set(lead.id, lead);
  logActivity(
    instance,
    { leadId: lead.id, at: now, type: 'NewLead', asset: String(lead.id) },
    { Source: 'Web service API' },
  );
  return lead;
}

function setKeys(lead: Lead, record: LeadRecord): void {
  if (record.email !== null || record.attributes.get('Email') === null) lead.email = record.email;
  if (record.cookie !== null) lead.cookies.add(record.cookie);
  if (record.foreign === null) return;
  lead.foreignSysType = record.foreign.type;
  lead.foreignSysPersonId = record.foreign.personId;
}

/** Changes a lead and keeps the index true. */
export function change(instance: Instance, lead: Lead, edit: () => void): void {
  for (const key of indexKeysOf(lead)) instance.leadIndex.get(key)?.delete(lead.id);
  edit();
  for (const key of indexKeysOf(lead)) {
    instance.leadIndex.set(key, (instance.leadIndex.get(key) ?? new Set()).add(lead.id));
  }
}

function setAttribute(instance: Instance, lead: Lead, name: string, value: string | null, now: number): void {
  const before = lead.attributes.get(name) ?? '';
  if (value === null) lead.attributes.delete(name);
  else lead.attributes.set(name, value);
  if (before === (value ?? '')) return;
  const values = { 'Attribute Name': name, 'New Value': value ?? '', 'Old Value': before };
  logActivity(instance, { leadId: lead.id, at: now, type: 'ChangeDataValue', asset: name }, values);
}
