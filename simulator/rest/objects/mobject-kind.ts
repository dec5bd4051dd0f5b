import type { Instance, MObject, MObjectAssociation } from '../../instance/instance.ts';
import { insertMObject, MOBJECT_ATTRIBUTES, updateMObject } from '../../instance/mobjects.ts';
import { Refusal } from '../../instance/refusal.ts';
import { guidOf, type ObjectField, type ObjectKind, type ObjectRow, objectField } from './object-kind.ts';

const EXTERNAL_ID = 'externalOpportunityId';

/** SOAP's `CloseDate` is REST's `closeDate`. */
const restName = (soap: string): string => soap.charAt(0).toLowerCase() + soap.slice(1);

function attributeFields(
  type: 'Opportunity' | 'OpportunityPersonRole',
  keys: readonly string[],
): ObjectField[] {
  const attributes = Object.entries(MOBJECT_ATTRIBUTES[type]).map(([soap, dataType]) =>
    objectField(restName(soap), soap.replace(/([a-z])([A-Z])/g, '$1 $2'), dataType, true),
  );
  return attributes.filter(({ name }) => !keys.includes(name) && !SOAP_ONLY.has(name));
}

/** Integers of SOAP's own that REST has no field for. */
const SOAP_ONLY: ReadonlySet<string> = new Set(['personId', 'opportunityId', 'companyId']);

/** The id that a caller gave an opportunity; SOAP keeps it as an external key of that name. */
function externalIdOf({ externalKey }: MObject): string | null {
  const [name, value] = externalKey ?? ['', ''];
  return name.toLowerCase() === EXTERNAL_ID.toLowerCase() ? value : null;
}

export function opportunityKind(instance: Instance): ObjectKind {
  const find = finder(instance, 'Opportunity');
  const toRow = (object: MObject): ObjectRow => rowOf(object, [[EXTERNAL_ID, externalIdOf(object)]]);
  return {
    name: 'opportunity',
    displayName: 'Opportunity',
    dedupeFields: [EXTERNAL_ID],
    searchableFields: [[EXTERNAL_ID], ['marketoGUID']],
    relationships: [],
    fields: [
      objectField(EXTERNAL_ID, 'External Opportunity Id', 'string', false),
      ...attributeFields('Opportunity', [EXTERNAL_ID]),
    ],
    rows: () => objectsOf(instance, 'Opportunity').map(toRow),
    write: (existing, values, now) => {
      const { [EXTERNAL_ID]: externalId, ...rest } = Object.fromEntries(values);
      const nameless = existing === null ? (rest['name'] ?? null) === null : rest['name'] === null;
      if (nameless) throw new Refusal('bad-value', "Value for required field 'name' not specified");
      const externalKey = existing === null ? ([EXTERNAL_ID, externalId ?? ''] as const) : null;
      const change = { externalKey, attributes: soapPairs(rest), associations: [] };
      return toRow(put(instance, 'Opportunity', existing === null ? null : find(existing), change, now));
    },
    remove: (row) => {
      instance.mObjects.delete(find(row).id);
    },
  };
}

export function roleKind(instance: Instance): ObjectKind {
  const find = finder(instance, 'OpportunityPersonRole');
  const keys = [EXTERNAL_ID, 'leadId', 'role'];
  const toRow = (object: MObject): ObjectRow =>
    rowOf(object, [
      [EXTERNAL_ID, opportunityOf(instance, object)],
      ['leadId', linkOf(object, 'Lead') ?? object.attributes.get('PersonId') ?? null],
    ]);
  return {
    name: 'opportunityRole',
    displayName: 'Opportunity Role',
    dedupeFields: keys,
    searchableFields: [keys, ['marketoGUID'], ['leadId'], [EXTERNAL_ID]],
    relationships: [
      { field: EXTERNAL_ID, type: 'child', relatedTo: { name: 'opportunity', field: EXTERNAL_ID } },
      { field: 'leadId', type: 'child', relatedTo: { name: 'Lead', field: 'Id' } },
    ],
    fields: [
      objectField(EXTERNAL_ID, 'External Opportunity Id', 'string', false),
      objectField('leadId', 'Lead Id', 'integer', false),
      objectField('role', 'Role', 'string', false),
      ...attributeFields('OpportunityPersonRole', keys),
    ],
    rows: () => objectsOf(instance, 'OpportunityPersonRole').map(toRow),
    write: (existing, values, now) => {
      const { [EXTERNAL_ID]: externalId, leadId, ...rest } = Object.fromEntries(values);
      const associations = existing === null ? linksTo(instance, Number(leadId ?? 0), externalId ?? '') : [];
      const change = { externalKey: null, attributes: soapPairs(rest), associations };
      const object = existing === null ? null : find(existing);
      return toRow(put(instance, 'OpportunityPersonRole', object, change, now));
    },
    remove: (row) => {
      instance.mObjects.delete(find(row).id);
    },
  };
}

function objectsOf(instance: Instance, type: string): MObject[] {
  return [...instance.mObjects.values()].filter((object) => object.type === type);
}

const mObjectGuid = ({ type, id }: MObject): string => guidOf(type, id);

function finder(instance: Instance, type: string): (row: ObjectRow) => MObject {
  return ({ guid }) => {
    const object = objectsOf(instance, type).find((candidate) => mObjectGuid(candidate) === guid);
    if (object === undefined) throw new Refusal('object-not-found', 'Object not found');
    return object;
  };
}

function rowOf(object: MObject, keys: readonly (readonly [string, string | null])[]): ObjectRow {
  const attributes = [...object.attributes].map(([name, value]) => [restName(name), value] as const);
  const known = keys.filter((pair): pair is [string, string] => pair[1] !== null);
  const { createdAt, updatedAt } = object;
  return {
    get guid() {
      return mObjectGuid(object);
    },
    values: new Map([...attributes, ...known]),
    createdAt,
    updatedAt,
  };
}

/** The attributes of a change under their SOAP names. */
function soapPairs(rest: Readonly<Record<string, string | null>>): [string, string | null][] {
  return Object.entries(rest).map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value]);
}

function put(
  instance: Instance,
  type: 'Opportunity' | 'OpportunityPersonRole',
  existing: MObject | null,
  change: Parameters<typeof updateMObject>[1],
  now: number,
): MObject {
  if (existing === null) return insertMObject(instance, type, change, now);
  updateMObject(existing, change, now);
  return existing;
}

function linkOf({ associations }: MObject, type: string): string | null {
  const link = associations.find((association) => association.type === type);
  return link === undefined ? null : String(link.id);
}

function opportunityOf(instance: Instance, role: MObject): string | null {
  const opportunity = instance.mObjects.get(Number(linkOf(role, 'Opportunity') ?? 0));
  return opportunity === undefined ? null : externalIdOf(opportunity);
}

/** Both ends of a role have to be there. */
function linksTo(instance: Instance, leadId: number, externalId: string): MObjectAssociation[] {
  if (!instance.leads.has(leadId)) throw new Refusal('lead-not-found', `Lead '${leadId}' not found`);
  const opportunity = objectsOf(instance, 'Opportunity').findLast(
    (candidate) => externalIdOf(candidate) === externalId,
  );
  if (opportunity === undefined)
    throw new Refusal('object-not-found', `Opportunity '${externalId}' not found`);
  return [
    { type: 'Lead', id: leadId },
    { type: 'Opportunity', id: opportunity.id },
  ];
}
