import { type CheckedParamsOf, isUnsafe } from '../operations/registry.ts';
import { isGiven } from '../operations/types.ts';
import type { Packing } from './freight.ts';
import { identity } from './identity.ts';
import { type ObjectKey, objectFreight, objectsUnpacked } from './objects.ts';

type CustomObject = CheckedParamsOf<'syncCustomObjects'>['customObjList']['customObj'][number];

/** Updates and upserts of objects of one type, by keys of the same names. */
export const syncCustomObjects: Packing<'syncCustomObjects'> = {
  freightOf(params, circumstances) {
    if (isUnsafe({ operation: 'syncCustomObjects', params })) return null;
    const { objTypeName, operation, customObjList } = params;
    const keysOfOne = ({ customObjKeyList }: CustomObject) => keysOf(customObjKeyList);
    return objectFreight([objTypeName, operation], customObjList.customObj, keysOfOne, circumstances);
  },

  packed: ([first, ...others]) => ({
    operation: 'syncCustomObjects',
    params: {
      ...first,
      customObjList: {
        customObj: [first, ...others].flatMap(({ customObjList }) => customObjList.customObj),
      },
    },
  }),

  unpacked: (params, answer) =>
    objectsUnpacked(
      params.map(({ customObjList }) => customObjList.customObj.length),
      answer,
      ['syncCustomObjStatusList', 'syncCustomObjStatus'],
    ),
};

/** The same of deletions. */
export const deleteCustomObjects: Packing<'deleteCustomObjects'> = {
  freightOf: ({ objTypeName, customObjKeyLists }, circumstances) =>
    objectFreight([objTypeName], customObjKeyLists.keyList, keysOf, circumstances),

  packed: ([first, ...others]) => ({
    operation: 'deleteCustomObjects',
    params: {
      ...first,
      customObjKeyLists: {
        keyList: [first, ...others].flatMap(({ customObjKeyLists }) => customObjKeyLists.keyList),
      },
    },
  }),

  unpacked: (params, answer) =>
    objectsUnpacked(
      params.map(({ customObjKeyLists }) => customObjKeyLists.keyList.length),
      answer,
      ['deleteCustomObjStatusList', 'syncCustomObjStatus'],
    ),
};

/**
 * Each attribute of the key by itself: which of them tell objects apart is known to the instance alone, so that two objects with
 * one of them in common may be the same. None where one is empty.
 */
function keysOf(list: CustomObject['customObjKeyList']): readonly ObjectKey[] {
  const attributes = list?.attribute ?? [];
  if (!attributes.every(({ attrValue }) => isGiven(attrValue))) return [];
  return attributes.map(({ attrName, attrValue }) => {
    const kind = identity('', attrName);
    return { kind, value: identity(kind, attrValue) };
  });
}
