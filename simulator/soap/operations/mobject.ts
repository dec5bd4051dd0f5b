import type { Instance, MObject } from '../../instance/instance.ts';
import { hasKey, insertMObject, updateMObject } from '../../instance/mobjects.ts';
import { Refusal } from '../../instance/refusal.ts';
import { ServiceFault } from '../fault.ts';
import { type Markup, nil, tag, tagOrNil } from '../markup.ts';
import {
  association,
  externalKeyMarkup,
  externalKeyOf,
  findObject,
  type MObjectRecord,
  mObjectMarkup,
  mObjectRecordOf,
  objectTypeOf,
} from '../mobject-record.ts';
import { boolean, integer, items, oneOf, requiredChild, requiredText, text } from '../params.ts';
import { page } from '../stream-position.ts';
import { attempt, refuseBadCount, requiredSyncMode, type SyncMode } from '../sync-mode.ts';
import type { Element } from '../xml.ts';
import { describeMObject, listMObjects } from './describe.ts';
import type { Call, OperationTable } from './operation.ts';

export const mObjectOperations: OperationTable = {
  listMObjects: { writes: false, run: listMObjects },
  describeMObject: { writes: false, run: describeMObject },
  getMObjects: { writes: false, run: getMObjects },
  syncMObjects: { writes: true, run: syncMObjects },
  deleteMObjects: { writes: true, run: deleteMObjects },
};

const MOST_PER_PAGE = 100;

function getMObjects(instance: Instance, { params }: Call): Markup {
  const type = objectTypeOf(params);
  const filters = filtersOf(instance, params);
  const details = boolean(params, 'includeDetails') ?? false;
  const found = [...instance.mObjects.values()].filter(
    (object) => object.type === type && filters.every((accepts) => accepts(object)),
  );
  const cut = page(found, `mobjects:${type}`, text(params, 'streamPosition'), MOST_PER_PAGE);
  const rows = cut.rows.map((object) => mObjectMarkup(object, details));
  return tag(
    'result',
    tag('returnCount', rows.length),
    tag('hasMore', cut.remaining > 0),
    tag('newStreamPosition', cut.position),
    rows.length === 0 ? nil('mObjectList') : tag('mObjectList', ...rows),
  );
}

type Filter = (object: MObject) => boolean;

function filtersOf(instance: Instance, params: Element): Filter[] {
  const id = integer(params, 'id');
  const key = externalKeyOf(params);
  const criteria = items(params, 'mObjCriteriaList', 'mObjCriteria').map(criterion);
  const links = items(params, 'mObjAssociationList', 'mObjAssociation').map((element) =>
    linkedTo(instance, element),
  );
  return [
    ...(id === null ? [] : [(object: MObject) => object.id === id]),
    ...(key === null ? [] : [(object: MObject) => hasKey(object, key)]),
    ...criteria,
    ...links,
  ];
}

const COMPARISONS = ['EQ', 'NE', 'LT', 'LE', 'GT', 'GE'] as const;

function criterion(element: Element): Filter {
  const name = requiredText(element, 'attrName');
  const comparison = oneOf(COMPARISONS, requiredText(element, 'comparison'), 20110, 'comparison');
  const value = text(element, 'attrValue') ?? '';
  return (object) => holds(comparison, compare(attributeOf(object, name), value));
}

function attributeOf(object: MObject, name: string): string {
  if (name === 'Id') return String(object.id);
  if (name === 'Created At') return new Date(object.createdAt).toISOString();
  if (name === 'Updated At') return new Date(object.updatedAt).toISOString();
  return object.attributes.get(name) ?? '';
}

function compare(left: string, right: string): number {
  const [one, other] = [Number(left), Number(right)];
  const numeric = left !== '' && right !== '' && !Number.isNaN(one) && !Number.isNaN(other);
  if (numeric) return one - other;
  return left < right ? -1 : Number(left > right);
}

function holds(comparison: (typeof COMPARISONS)[number], order: number): boolean {
  switch (comparison) {
    case 'EQ':
      return order === 0;
    case 'NE':
      return order !== 0;
    case 'LT':
      return order < 0;
    case 'LE':
      return order <= 0;
    case 'GT':
      return order > 0;
    case 'GE':
      return order >= 0;
  }
}

function linkedTo(instance: Instance, element: Element): Filter {
  const wanted = attempt(
    () => association(instance, element),
    () => null,
  );
  return (object) => object.associations.some(({ type, id }) => type === wanted?.type && id === wanted.id);
}

function syncMObjects(instance: Instance, { params, now }: Call): Markup {
  const mode = requiredSyncMode(params);
  const elements = mObjectsIn(params);
  const statuses = elements.map((element) => {
    const run = () => syncOne(instance, mObjectRecordOf(instance, element), mode, now);
    return settle(element, run);
  });
  return tag('result', tag('mObjStatusList', ...statuses));
}

/** The objects of a batch; a type that does not exist is a fault of the whole call. */
function mObjectsIn(params: Element): Element[] {
  requiredChild(params, 'mObjectList');
  const elements = items(params, 'mObjectList', 'mObject');
  refuseBadCount(elements, 'mObjectList');
  for (const element of elements) objectTypeOf(element);
  return elements;
}

function settle(element: Element, run: () => { id: number; status: string }): Markup {
  const status = (id: number, outcome: string, error: string | null) =>
    tag(
      'mObjStatus',
      tag('id', id),
      externalKeyMarkup(
        attempt(
          () => externalKeyOf(element),
          () => null,
        ),
      ),
      tag('status', outcome),
      tagOrNil('error', error),
    );
  return attempt(
    () => {
      const { id, status: outcome } = run();
      return status(id, outcome, null);
    },
    (error) => status(0, 'FAILED', error),
  );
}

function syncOne(instance: Instance, record: MObjectRecord, mode: SyncMode, now: number) {
  if (record.type === 'Program' && mode !== 'UPDATE')
    throw new Refusal('bad-value', 'Program takes UPDATE only');
  const existing = mode === 'INSERT' ? undefined : findObject(instance, record);
  if (existing !== undefined) {
    updateMObject(existing, record, now);
    return { id: existing.id, status: 'UPDATED' };
  }
  if (mode === 'UPDATE') return { id: 0, status: 'SKIPPED' };
  // An id is Marketo's to give: UPSERT does not create under one that does not exist.
  if (mode === 'UPSERT' && record.id !== null) throw new Refusal('object-not-found', 'Object not found');
  return { id: insertMObject(instance, record.type, record, now).id, status: 'CREATED' };
}

function deleteMObjects(instance: Instance, { params }: Call): Markup {
  const elements = mObjectsIn(params);
  if (elements.some((element) => objectTypeOf(element) === 'Program')) {
    throw new ServiceFault(20110, 'Object name is not valid');
  }
  const statuses = elements.map((element) => settle(element, () => deleteOne(instance, element)));
  return tag('result', tag('mObjStatusList', ...statuses));
}

function deleteOne(instance: Instance, element: Element) {
  const wanted = {
    type: objectTypeOf(element),
    id: integer(element, 'id'),
    externalKey: externalKeyOf(element),
  };
  const object = findObject(instance, wanted);
  if (object === undefined) return { id: 0, status: 'UNCHANGED' };
  instance.mObjects.delete(object.id);
  return { id: object.id, status: 'DELETED' };
}
