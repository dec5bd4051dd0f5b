import type { CustomObject, Instance } from './instance.ts';
import { Refusal } from './refusal.ts';
import type { ObjectType } from './seed.ts';

/** The objects of one type, by the values of their key fields. */
export interface ObjectStore {
  readonly type: ObjectType;
  readonly objects: Map<string, CustomObject>;
}

type Values = ReadonlyMap<string, string>;
export type WriteMode = 'insert' | 'update' | 'upsert';

export function objectStore(instance: Instance, name: string): ObjectStore | undefined {
  const type = instance.customObjectTypes.get(name);
  const objects = instance.customObjects.get(name);
  return type === undefined || objects === undefined ? undefined : { type, objects };
}

/** Writes one object. Keys are its identity; `set` is what else it shall hold, and null clears. */
export function writeObject(
  { type, objects }: ObjectStore,
  mode: WriteMode,
  keys: Values,
  set: ReadonlyMap<string, string | null>,
  now: number,
): 'created' | 'updated' {
  refuseUnknown(type, set);
  const key = identity(type, keys);
  const existing = objects.get(key);
  if (mode === 'insert' && existing !== undefined)
    throw new Refusal('object-exists', 'Object already exists');
  if (mode === 'update' && existing === undefined) throw new Refusal('object-not-found', 'Object not found');
  const values = new Map([...(existing?.values ?? []), ...keys]);
  for (const [name, value] of set) {
    if (value === null) values.delete(name);
    else values.set(name, value);
  }
  objects.set(key, { values, createdAt: existing?.createdAt ?? now, updatedAt: now });
  return existing === undefined ? 'created' : 'updated';
}

export function deleteObject({ type, objects }: ObjectStore, keys: Values): void {
  if (!objects.delete(identity(type, keys))) throw new Refusal('object-not-found', 'Object not found');
}

function refuseUnknown(type: ObjectType, set: ReadonlyMap<string, unknown>): void {
  const known = [...type.attributes, ...type.keys];
  const unknown = [...set.keys()].filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Refusal('unknown-field', `Unknown name attribute list: ${unknown.join(', ')}`);
}

/** What tells objects of a type apart: every key field, and nothing else. */
function identity(type: ObjectType, keys: Values): string {
  const unknown = [...keys.keys()].filter((name) => !type.keys.includes(name));
  if (unknown.length > 0)
    throw new Refusal('unknown-field', `Unknown name attribute list: ${unknown.join(', ')}`);
  const missing = type.keys.filter((name) => (keys.get(name) ?? '') === '');
  if (missing.length > 0) throw new Refusal('key-missing', `Missing key: ${missing.join(', ')}`);
  return JSON.stringify(type.keys.map((name) => keys.get(name)));
}
