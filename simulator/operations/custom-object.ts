import { ServiceFault } from '../fault.ts';
import type { CustomObject, Instance } from '../instance.ts';
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
import type { ObjectType } from '../seed.ts';
import { page } from '../stream-position.ts';
import { attempt, optionalSyncMode, RecordFailure, refuseBadCount, type SyncMode } from '../sync-mode.ts';
import type { Element } from '../xml.ts';
import type { Call, OperationTable } from './operation.ts';

export const customObjectOperations: OperationTable = {
  getCustomObjects: { writes: false, run: getCustomObjects },
  syncCustomObjects: { writes: true, run: syncCustomObjects },
  deleteCustomObjects: { writes: true, run: deleteCustomObjects },
};

const MOST_PER_PAGE = 100;

interface Store {
  readonly type: ObjectType;
  readonly objects: Map<string, CustomObject>;
}

function storeOf(instance: Instance, params: Element): Store {
  const name = requiredText(params, 'objTypeName');
  const type = instance.customObjectTypes.get(name);
  const objects = instance.customObjects.get(name);
  if (type === undefined || objects === undefined) throw new ServiceFault(20110, 'Object name is not valid');
  return { type, objects };
}

function getCustomObjects(instance: Instance, { params }: Call): Markup {
  const { type, objects } = storeOf(instance, params);
  requiredChild(params, 'includeAttributes');
  const include = stringItems(params, 'includeAttributes');
  const asked = pairsIn(child(params, 'customObjKeyList'));
  const found = [...objects.values()].filter((object) =>
    asked.every(([name, value]) => object.get(name) === value),
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
  const pairs = [...object];
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

function syncCustomObjects(instance: Instance, { params }: Call): Markup {
  const store = storeOf(instance, params);
  const mode = optionalSyncMode(params);
  requiredChild(params, 'customObjList');
  const elements = items(params, 'customObjList', 'customObj');
  refuseBadCount(elements, 'customObjList');
  const statuses = elements.map((element) => {
    const keys = pairsIn(child(element, 'customObjKeyList'));
    const set = pairsIn(child(element, 'customObjAttributeList'));
    return settle(store, keys, () => syncOne(store, mode, keys, set));
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

function settle({ type }: Store, keys: readonly Pair[], run: () => string): Markup {
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
    (error) => status('FAILED', error),
  );
}

function syncOne(
  { type, objects }: Store,
  mode: SyncMode,
  keys: readonly Pair[],
  set: readonly Pair[],
): string {
  const unknown = set
    .map(([name]) => name)
    .filter((name) => !type.attributes.includes(name) && !type.keys.includes(name));
  // The words of a captured answer (docs/marketo-facts.md).
  if (unknown.length > 0) throw new RecordFailure(`Unknown name attribute list: ${unknown.join(', ')}`);
  const key = identity(type, keys);
  const existing = objects.get(key);
  if (mode === 'INSERT' && existing !== undefined) throw new RecordFailure('Object already exists');
  if (mode === 'UPDATE' && existing === undefined) throw new RecordFailure('Object not found');
  objects.set(key, new Map([...(existing ?? []), ...keys, ...set]));
  return existing === undefined ? 'CREATED' : 'UPDATED';
}

function identity(type: ObjectType, keys: readonly Pair[]): string {
  const unknown = keys.map(([name]) => name).filter((name) => !type.keys.includes(name));
  if (unknown.length > 0) throw new RecordFailure(`Unknown name attribute list: ${unknown.join(', ')}`);
  const values = new Map(keys);
  const missing = type.keys.filter((name) => (values.get(name) ?? '') === '');
  if (missing.length > 0) throw new RecordFailure(`Missing key: ${missing.join(', ')}`);
  return JSON.stringify(type.keys.map((name) => values.get(name)));
}

function deleteCustomObjects(instance: Instance, { params }: Call): Markup {
  const store = storeOf(instance, params);
  requiredChild(params, 'customObjKeyLists');
  const lists = items(params, 'customObjKeyLists', 'keyList');
  refuseBadCount(lists, 'customObjKeyLists');
  const statuses = lists.map((list) => {
    const keys = pairsIn(list);
    return settle(store, keys, () => deleteOne(store, keys));
  });
  return tag('result', tag('deleteCustomObjStatusList', ...statuses));
}

function deleteOne({ type, objects }: Store, keys: readonly Pair[]): string {
  if (!objects.delete(identity(type, keys))) throw new RecordFailure('Object not found');
  return 'DELETED';
}
