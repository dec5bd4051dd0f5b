import { squeezed } from '../operations/mobject.ts';
import { type CheckedParamsOf, isUnsafe } from '../operations/registry.ts';
import type { Circumstances, Packing } from './freight.ts';
import { identity } from './identity.ts';
import { type ObjectKey, objectFreight, objectsUnpacked } from './objects.ts';

type MObject = CheckedParamsOf<'syncMObjects'>['mObjectList']['mObject'][number];
type MObjects = Pick<CheckedParamsOf<'syncMObjects'>, 'mObjectList'>;

/** Updates and upserts of opportunities, or of their roles, by keys of the same kinds. */
export const syncMObjects: Packing<'syncMObjects'> = {
  freightOf: (params, circumstances) =>
    isUnsafe({ operation: 'syncMObjects', params })
      ? null
      : mObjectFreight(params.operation, params, circumstances),
  packed: ([first, ...others]) => ({
    operation: 'syncMObjects',
    params: { ...first, mObjectList: allOf([first, ...others]) },
  }),
  unpacked: (params, answer) => objectsUnpacked(countsOf(params), answer, STATUSES),
};

/** The same of deletions. */
export const deleteMObjects: Packing<'deleteMObjects'> = {
  freightOf: (params, circumstances) => mObjectFreight('DELETE', params, circumstances),
  packed: ([first, ...others]) => ({
    operation: 'deleteMObjects',
    params: { ...first, mObjectList: allOf([first, ...others]) },
  }),
  unpacked: (params, answer) => objectsUnpacked(countsOf(params), answer, STATUSES),
};

const STATUSES = ['mObjStatusList', 'mObjStatus'] as const;

const countsOf = (params: readonly MObjects[]): readonly number[] =>
  params.map(({ mObjectList }) => mObjectList.mObject.length);

const allOf = (params: readonly MObjects[]): MObjects['mObjectList'] => ({
  mObject: params.flatMap(({ mObjectList }) => mObjectList.mObject),
});

/** A program is written by itself over REST, a request each, and its costs add up. */
const SHARED_TYPES: ReadonlySet<string> = new Set(['Opportunity', 'OpportunityPersonRole']);

function mObjectFreight(mode: string, { mObjectList }: MObjects, circumstances: Circumstances) {
  const [type = '', ...others] = new Set(mObjectList.mObject.map((object) => object.type));
  if (others.length > 0 || !SHARED_TYPES.has(type)) return null;
  return objectFreight([mode, type], mObjectList.mObject, keysOf, circumstances);
}

/** Attributes by which REST knows an opportunity, and both APIs a role (docs/rest.md). */
const KEY_ATTRIBUTES: ReadonlySet<string> = new Set([
  'externalopportunityid',
  'opportunityid',
  'personid',
  'leadid',
]);

/** Each by itself, associations too: a role is told apart by several, and two that share one merely travel apart. */
function keysOf({ id, externalKey, attribList, associationList }: MObject): readonly ObjectKey[] {
  const associations = associationList?.mObjAssociation ?? [];
  const attributes = (attribList?.attrib ?? []).filter(({ name }) => KEY_ATTRIBUTES.has(squeezed(name)));
  return [
    ...keysBy('', id, externalKey),
    ...attributes.map(({ name, value }) => key(squeezed(name), value)),
    ...associations.flatMap((one) => keysBy(`${one.mObjType} `, one.id, one.externalKey)),
  ];
}

function keysBy(
  of: string,
  id: number | undefined,
  externalKey: MObject['externalKey'],
): readonly ObjectKey[] {
  return [
    ...(id === undefined ? [] : [key(`${of}id`, String(id))]),
    ...(externalKey === undefined ? [] : [key(of + squeezed(externalKey.name), externalKey.value)]),
  ];
}

const key = (kind: string, value: string): ObjectKey => ({ kind, value: identity(kind, value) });
