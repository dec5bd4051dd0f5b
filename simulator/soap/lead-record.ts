import type { Instance, Lead } from '../instance/instance.ts';
import type { LeadRecord } from '../instance/lead-record.ts';
import { Refusal } from '../instance/refusal.ts';
import { ServiceFault } from './fault.ts';
import { type Markup, nil, tag, tagOrNil } from './markup.ts';
import { integer, items, oneOf, requiredText, text } from './params.ts';
import type { Element } from './xml.ts';

const FOREIGN_SYS_TYPES = ['CUSTOM', 'SFDC', 'NETSUITE'] as const;

/** Checks a record in full, so that nothing is changed for a bad one. */
export function leadRecordOf(instance: Instance, element: Element, cookie: string | null = null): LeadRecord {
  const attributes = attributesOf(element);
  const unknown = [...attributes.keys()].filter((name) => !instance.leadFields.bySoapName.has(name));
  if (unknown.length > 0) {
    throw new Refusal(
      'unknown-field',
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
  const attributes = new Map(
    pairs.map((pair) => [requiredText(pair, 'attrName').trim(), text(pair, 'attrValue')]),
  );
  if (attributes.size < pairs.length) throw new ServiceFault(20110, 'An attribute is given twice');
  return attributes;
}

function foreignOf(element: Element): LeadRecord['foreign'] {
  const personId = filled(text(element, 'ForeignSysPersonId'));
  const type = filled(text(element, 'ForeignSysType'));
  if (personId === null && type === null) return null;
  if (personId === null || type === null)
    throw new ServiceFault(20109, 'ForeignSysPersonId and ForeignSysType need each other');
  return { type: oneOf(FOREIGN_SYS_TYPES, type, 20110, 'ForeignSysType'), personId };
}

function filled(value: string | null): string | null {
  const trimmed = value?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}

/** LeadRecord as Marketo answers it, its attributes by name; `include` empty means every attribute. */
export function leadMarkup(name: string, lead: Lead, include: readonly string[] = []): Markup {
  const shown = [...lead.attributes]
    .filter(([field]) => include.length === 0 || include.includes(field))
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return tag(
    name,
    tag('Id', lead.id),
    tagOrNil('Email', lead.email),
    tagOrNil('ForeignSysPersonId', lead.foreignSysPersonId),
    tagOrNil('ForeignSysType', lead.foreignSysType),
    shown.length === 0 ? nil('leadAttributeList') : tag('leadAttributeList', ...shown.map(typedMarkup)),
  );
}

/** Of leads and activities Marketo says what type a value is of. */
export function typedMarkup([name, value]: readonly [string, string]): Markup {
  return tag('attribute', tag('attrName', name), tag('attrType', 'string'), tag('attrValue', value));
}

export function attributeMarkup([name, value]: readonly [string, string]): Markup {
  return tag('attribute', tag('attrName', name), nil('attrType'), tag('attrValue', value));
}
