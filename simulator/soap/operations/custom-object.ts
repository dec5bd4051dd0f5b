import {
  deleteObject,
  type ObjectStore,
  objectStore,
  type WriteMode,
  writeObject,
} from '../../instance/custom-objects.ts';
import type { CustomObject, Instance } from '../../instance/instance.ts';
import type { RefusalName } from '../../instance/refusal.ts';
import type { ObjectType } from '../../instance/seed.ts';
import { ServiceFault } from '../fault.ts';
import { attributeMarkup } from '../lead-record.ts';
import { type Markup, nil, tag, tagOrNil } from '../markup.ts';
import {
  batchSize,
  child,
  items,
  repeated,
  requiredChild,
  requiredText,
  stringItems,
  text,
} from '../params.ts';
import { page } from '../stream-position.ts';
import { attempt, optionalSyncMode, refuseBadCount, type SyncMode } from '../sync-mode.ts';
import type { Element } from '../xml.ts';
import type { Call, OperationTable } from './operation.ts';

export const customObjectOperations: OperationTable = {
  getCustomObjects: { writes: false, run: getCustomObjects },
  syncCustomObjects: { writes: true, run: syncCustomObjects },
  deleteCustomObjects: { writes: true, run: deleteCustomObjects },
};

const MOST_PER_PAGE = 100;

function storeOf(instance: Instance, params: Element): ObjectStore {
  const store = objectStore(instance, requiredText(params, 'objTypeName'));
  if (store === undefined) throw new ServiceFault(20110, 'Object name is not valid');
  return store;
}

function getCustomObjects(instance: Instance, { params }: Call): Markup {
  const { type, objects } = storeOf(instance, params);
  requiredChild(params, 'includeAttributes');
  const include = stringItems(params, 'includeAttributes');
  const asked = pairsIn(child(params, 'customObjKeyList'));
  const found = [...objects.values()].filter((object) =>
    asked.every(([name, value]) => object.values.get(name) === value),
  );
  const query = JSON.stringify([type.name, asked]);
  const cut = page(found, query, text(params, 'streamPosition'), batchSize(params, MOST_PER_PAGE));
  const rows = cut.rows.map((object) => objectMarkup(type, object, include));
  return tag(
    'result',
    tag('objTypeName', type.name),
    tag('returnCount', rows.length),
    tag('remainingCount', cut.remaining),
    tag('newStreamPosition', cut.position),
    rows.length === 0 ? nil('customObjList') : tag('customObjList', ...rows),
  );
}

function objectMarkup(type: ObjectType, object: CustomObject, include: readonly string[]): Markup {
  const pairs = [...object.values];
  const keys = pairs.filter(([name]) => type.keys.includes(name));
  const shown = pairs.filter(
    ([name]) => !type.keys.includes(name) && (include.length === 0 || include.includes(name)),
  );
  return tag(
    'customObj',
    tag('customObjKeyList', ...keys.map(attributeMarkup)),
    tag('customObjAttributeList', ...shown.map(attributeMarkup)),
  );
}

function syncCustomObjects(instance: Instance, { params, now }: Call): Markup {
  const store = storeOf(instance, params);
  const mode = optionalSyncMode(params);
  requiredChild(params, 'customObjList');
  const elements = items(params, 'customObjList', 'customObj');
  refuseBadCount(elements, 'customObjList');
  const statuses = elements.map((element) => {
    const keys = pairsIn(child(element, 'customObjKeyList'));
    const set = pairsIn(child(element, 'customObjAttributeList'));
    return settle(store, keys, SYNC_WORDS, () => syncOne(store, mode, keys, set, now));
  });
  return tag('result', tag('syncCustomObjStatusList', ...statuses));
}

type Pair = readonly [name: string, value: string];

function pairsIn(list: Element | null): Pair[] {
  return repeated(list, 'attribute').map((pair) => [
    text(pair, 'attrName') ?? '',
    text(pair, 'attrValue') ?? '',
  ]);
}

/** A record that has nothing to change has not failed (docs/marketo-facts.md). */
const SYNC_WORDS: Words = { 'object-exists': 'SKIPPED', 'object-not-found': 'SKIPPED' };
const DELETE_WORDS: Words = { 'object-not-found': 'UNCHANGED' };
type Words = Partial<Record<RefusalName, string>>;

function settle({ type }: ObjectStore, keys: readonly Pair[], words: Words, run: () => string): Markup {
  const status = (outcome: string, error: string | null) =>
    tag(
      'syncCustomObjStatus',
      tag('objTypeName', type.name),
      keys.length === 0 ? nil('customObjKeyList') : tag('customObjKeyList', ...keys.map(attributeMarkup)),
      tag('status', outcome),
      tagOrNil('error', error),
    );
  return attempt(
    () => status(run(), null),
    (error, refused) => status((refused === null ? null : words[refused]) ?? 'FAILED', error),
  );
}

const MODES: Readonly<Record<SyncMode, WriteMode>> = { INSERT: 'insert', UPDATE: 'update', UPSERT: 'upsert' };

function syncOne(
  store: ObjectStore,
  mode: SyncMode,
  keys: readonly Pair[],
  set: readonly Pair[],
  now: number,
): string {
  return writeObject(store, MODES[mode], new Map(keys), new Map(set), now).toUpperCase();
}

function deleteCustomObjects(instance: Instance, { params }: Call): Markup {
  const store = storeOf(instance, params);
  requiredChild(params, 'customObjKeyLists');
  const lists = items(params, 'customObjKeyLists', 'keyList');
  refuseBadCount(lists, 'customObjKeyLists');
  const statuses = lists.map((list) => {
    const keys = pairsIn(list);
    return settle(store, keys, DELETE_WORDS, () => deleteOne(store, keys));
  });
  return tag('result', tag('deleteCustomObjStatusList', ...statuses));
}

function deleteOne(store: ObjectStore, keys: readonly Pair[]): string {
  deleteObject(store, new Map(keys));
  return 'DELETED';
}
