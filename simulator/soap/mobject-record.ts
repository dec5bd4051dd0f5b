import type { Instance, MObject, MObjectAssociation } from '../instance/instance.ts';
import {
  type ExternalKey,
  firstByKey,
  MOBJECT_ATTRIBUTES,
  MOBJECT_TYPES,
  type MObjectType,
} from '../instance/mobjects.ts';
import { Refusal } from '../instance/refusal.ts';
import { ServiceFault } from './fault.ts';
import { type Markup, nil, tag } from './markup.ts';
import { child, integer, items, oneOf, requiredText, text } from './params.ts';
import type { Element } from './xml.ts';

/** An mObject as sent. */
export interface MObjectRecord {
  readonly type: MObjectType;
  readonly id: number | null;
  readonly externalKey: ExternalKey | null;
  readonly attributes: readonly (readonly [string, string])[];
  readonly associations: readonly MObjectAssociation[];
}

export function objectTypeOf(element: Element): MObjectType {
  return oneOf(MOBJECT_TYPES, requiredText(element, 'type'), 20110, 'Object name');
}

export function mObjectRecordOf(instance: Instance, element: Element): MObjectRecord {
  const type = objectTypeOf(element);
  const attributes = items(element, 'attribList', 'attrib').map(nameAndValue);
  const unknown = attributes
    .map(([name]) => name)
    .filter((name) => !Object.hasOwn(MOBJECT_ATTRIBUTES[type], name));
  if (unknown.length > 0)
    throw new Refusal('unknown-field', `Unknown name attribute list: ${unknown.join(', ')}`);
  const associations = items(element, 'associationList', 'mObjAssociation').map((found) =>
    association(instance, found),
  );
  return { type, id: integer(element, 'id'), externalKey: externalKeyOf(element), attributes, associations };
}

export function externalKeyOf(element: Element): ExternalKey | null {
  const key = child(element, 'externalKey');
  return key === null ? null : nameAndValue(key);
}

function nameAndValue(attrib: Element): ExternalKey {
  return [requiredText(attrib, 'name'), text(attrib, 'value') ?? ''];
}

/** A link to a lead or to another object, which must exist. */
export function association(instance: Instance, element: Element): MObjectAssociation {
  const type = requiredText(element, 'mObjType');
  const id = integer(element, 'id') ?? firstByKey(instance, type, externalKeyOf(element))?.id ?? null;
  if (id === null) throw new ServiceFault(20109, 'mObjAssociation needs an id or an externalKey');
  const exists = type === 'Lead' ? instance.leads.has(id) : instance.mObjects.get(id)?.type === type;
  if (!exists) throw new Refusal('object-not-found', `${type} ${id} not found`);
  return { type, id };
}

export function findObject(
  instance: Instance,
  record: Pick<MObjectRecord, 'type' | 'id' | 'externalKey'>,
): MObject | undefined {
  if (record.id === null) return firstByKey(instance, record.type, record.externalKey);
  const object = instance.mObjects.get(record.id);
  return object?.type === record.type ? object : undefined;
}

export function mObjectMarkup(object: MObject, details: boolean): Markup {
  const attribs = [...object.attributes].map(([name, value]) =>
    tag('attrib', tag('name', name), tag('value', value)),
  );
  const links = object.associations.map(({ type, id }) =>
    tag('mObjAssociation', tag('mObjType', type), tag('id', id), nil('externalKey')),
  );
  return tag(
    'mObject',
    tag('type', object.type),
    tag('id', object.id),
    externalKeyMarkup(object.externalKey),
    tag('createdAt', new Date(object.createdAt).toISOString()),
    tag('updatedAt', new Date(object.updatedAt).toISOString()),
    details && attribs.length > 0 ? tag('attribList', ...attribs) : nil('attribList'),
    nil('typeAttribList'),
    details && links.length > 0 ? tag('associationList', ...links) : nil('associationList'),
  );
}

export function externalKeyMarkup(key: ExternalKey | null): Markup {
  return key === null ? nil('externalKey') : tag('externalKey', tag('name', key[0]), tag('value', key[1]));
}
