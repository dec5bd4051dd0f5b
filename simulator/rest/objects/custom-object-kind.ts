import { deleteObject, type ObjectStore, writeObject } from '../../instance/custom-objects.ts';
import type { CustomObject, Instance } from '../../instance/instance.ts';
import { Refusal } from '../../instance/refusal.ts';
import type { ObjectType } from '../../instance/seed.ts';
import { guidOf, type ObjectKind, type ObjectRow, objectField } from './object-kind.ts';

/** REST's name for a field of a type: the id of the lead has one of its own. */
function restFieldName(type: ObjectType, name: string): string {
  return name === type.leadKey ? 'leadId' : name;
}

export function customObjectKind(instance: Instance, store: ObjectStore): ObjectKind {
  const { type, objects } = store;
  const rest = (name: string) => restFieldName(type, name);
  const soap = new Map([...type.keys, ...type.attributes].map((name) => [rest(name), name]));
  const keys = type.keys.map(rest);
  const toRow = (object: CustomObject): ObjectRow => ({
    // Only when it is asked for: a search by key goes through every object.
    get guid() {
      return guidOf(type.name, ...type.keys.map((name) => object.values.get(name) ?? ''));
    },
    values: new Map([...object.values].map(([name, value]) => [rest(name), value])),
    createdAt: object.createdAt,
    updatedAt: object.updatedAt,
  });
  const rows = () => [...objects.values()].map(toRow);
  const field = (name: string, updateable: boolean) =>
    objectField(
      rest(name),
      displayName(rest(name)),
      type.integers.includes(name) ? 'integer' : 'string',
      updateable,
    );
  return {
    name: type.apiName,
    displayName: type.displayName,
    dedupeFields: keys,
    searchableFields: [keys, ['marketoGUID'], ...(type.leadKey === null ? [] : [['leadId']])],
    relationships:
      type.leadKey === null
        ? []
        : [{ field: 'leadId', type: 'child', relatedTo: { name: 'Lead', field: 'Id' } }],
    fields: [
      ...type.keys.map((name) => field(name, false)),
      ...type.attributes.map((name) => field(name, true)),
    ],
    rows,
    write: (existing, values, now) => {
      const whole = new Map([...(existing?.values ?? []), ...values]);
      refuseStranger(instance, type, whole.get('leadId'));
      const named = (names: readonly string[]) =>
        [...whole]
          .filter(([name]) => names.includes(name))
          .map(([name, value]) => [soap.get(name) ?? name, value] as const);
      const identity = new Map(named(keys).map(([name, value]) => [name, value ?? '']));
      const set = new Map(named(type.attributes));
      writeObject(store, 'upsert', identity, set, now);
      const written = rows().find((row) => keys.every((name) => row.values.get(name) === whole.get(name)));
      if (written === undefined) throw new Error(`${type.name} was written and is not there`);
      return written;
    },
    remove: (row) => {
      deleteObject(store, new Map(type.keys.map((name) => [name, row.values.get(rest(name)) ?? ''])));
    },
  };
}

function displayName(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The lead that an object hangs on has to be there. */
function refuseStranger(instance: Instance, type: ObjectType, leadId: string | null | undefined): void {
  if (type.leadKey === null || instance.leads.has(Number(leadId))) return;
  throw new Refusal('lead-not-found', `Lead '${leadId}' not found`);
}
