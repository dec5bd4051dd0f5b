import { ServiceFault } from './fault.ts';
import { type Instance, type Lead, logActivity, takeId } from './instance.ts';
import { findLeads, foreignKey, indexed, indexKeysOf, requireLead } from './lead-key.ts';
import { type Markup, nil, tag, tagOrNil } from './markup.ts';
import { integer, items, oneOf, requiredText, text } from './params.ts';
import type { Element } from './xml.ts';

const FOREIGN_SYS_TYPES = ['CUSTOM', 'SFDC', 'NETSUITE'] as const;

/** A LeadRecord as sent: the keys and the attributes to set; null clears one. */
export interface LeadRecord {
  readonly id: number | null;
  readonly email: string | null;
  readonly foreign: { readonly type: string; readonly personId: string } | null;
  readonly cookie: string | null;
  readonly attributes: ReadonlyMap<string, string | null>;
}

/** Checks a record in full, so that nothing is changed for a bad one. */
export function leadRecordOf(instance: Instance, element: Element, cookie: string | null = null): LeadRecord {
  const attributes = attributesOf(element);
  const unknown = [...attributes.keys()].filter((name) => !instance.leadFields.has(name));
  if (unknown.length > 0) {
    throw new ServiceFault(
      20105,
      `syncLead operation failed: unknown fields for import: ${unknown.join(', ')}`,
    );
  }
  const email = filled(text(element, 'Email')) ?? filled(attributes.get('Email') ?? null);
  const record = { id: integer(element, 'Id'), email, foreign: foreignOf(element), cookie, attributes };
  if (record.id === null && email === null && record.foreign === null && cookie === null)
    throw new ServiceFault(20101);
  return record;
}

function attributesOf(element: Element): Map<string, string | null> {
  const pairs = items(element, 'leadAttributeList', 'attribute');
  return new Map(pairs.map((pair) => [requiredText(pair, 'attrName'), text(pair, 'attrValue')]));
}

function foreignOf(element: Element): LeadRecord['foreign'] {
  const personId = filled(text(element, 'ForeignSysPersonId'));
  if (personId === null) return null;
  const type = text(element, 'ForeignSysType')?.trim() ?? 'CUSTOM';
  return { type: oneOf(FOREIGN_SYS_TYPES, type, 20110, 'ForeignSysType'), personId };
}

function filled(value: string | null): string | null {
  const trimmed = value?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}

/** The lead a record means: Id, then the foreign key, then Email, then the cookie. An Id that does not exist is fault 20103. */
export function matchLead(instance: Instance, record: LeadRecord): Lead | null {
  if (record.id !== null) return requireLead(instance, { type: 'IDNUM', value: String(record.id) });
  const { foreign, email, cookie } = record;
  if (foreign !== null) return indexed(instance, foreignKey(foreign.type, foreign.personId))[0] ?? null;
  if (email !== null) return findLeads(instance, { type: 'EMAIL', value: email })[0] ?? null;
  return cookie === null ? null : (findLeads(instance, { type: 'COOKIE', value: cookie })[0] ?? null);
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
  const lead = existing ?? createLead(instance, now);
  change(instance, lead, () => setKeys(lead, record));
  for (const [name, value] of record.attributes) setAttribute(instance, lead, name, value, now);
  lead.updatedAt = now;
  return { lead, status: existing === null ? 'CREATED' : 'UPDATED' };
}

function createLead(instance: Instance, now: number): Lead {
  const keys = { email: null, foreignSysType: null, foreignSysPersonId: null, cookies: new Set<string>() };
  const lead: Lead = { id: takeId(instance), ...keys, attributes: new Map(), updatedAt: now };
  instance.leads.set(lead.id, lead);
  logActivity(
    instance,
    { leadId: lead.id, at: now, type: 'NewLead', asset: String(lead.id) },
    { Source: 'Web service API' },
  );
  return lead;
}

function setKeys(lead: Lead, record: LeadRecord): void {
  if (record.email !== null) lead.email = record.email;
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

/** LeadRecord as Marketo answers it; `include` empty means every attribute. */
export function leadMarkup(name: string, lead: Lead, include: readonly string[] = []): Markup {
  const shown = [...lead.attributes].filter(([field]) => include.length === 0 || include.includes(field));
  return tag(
    name,
    tag('Id', lead.id),
    tagOrNil('Email', lead.email),
    tagOrNil('ForeignSysPersonId', lead.foreignSysPersonId),
    tagOrNil('ForeignSysType', lead.foreignSysType),
    shown.length === 0 ? nil('leadAttributeList') : tag('leadAttributeList', ...shown.map(attributeMarkup)),
  );
}

export function attributeMarkup([name, value]: readonly [string, string]): Markup {
  return tag('attribute', tag('attrName', name), tag('attrType', 'string'), tag('attrValue', value));
}
