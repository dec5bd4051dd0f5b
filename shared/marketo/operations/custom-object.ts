import * as v from 'valibot';
import { always, CALL_TIMEOUT_MS, operation } from './operation.ts';
import {
  ArrayOfAttribute,
  arrayOfString,
  CustomObj,
  isGiven,
  KeyAttributes,
  nameGivenTwice,
  SyncOperationEnum,
} from './types.ts';
import { batchSize, listOf, optional, sequence, text } from './xsd.ts';

const MOST_CUSTOM_OBJECTS = 100;

export const getCustomObjects = operation({
  params: sequence('ParamsGetCustomObjects', {
    objTypeName: text,
    streamPosition: optional(text),
    batchSize: optional(batchSize(MOST_CUSTOM_OBJECTS)),
    customObjKeyList: optional(ArrayOfAttribute),
    includeAttributes: arrayOfString(),
  }),
  timeoutMs: CALL_TIMEOUT_MS,
  isRead: always,
});

type KeyList = v.InferOutput<typeof ArrayOfAttribute>;

const hasKey = (keys: KeyList | undefined): boolean =>
  (keys?.attribute ?? []).some(({ attrValue }) => isGiven(attrValue));

const attributeGivenTwice = ({ customObjAttributeList }: v.InferOutput<typeof CustomObj>): string | null =>
  nameGivenTwice((customObjAttributeList?.attribute ?? []).map(({ attrName }) => attrName));

const WrittenCustomObj = v.pipe(
  CustomObj,
  v.check(
    (object) => attributeGivenTwice(object) === null,
    ({ input }) => `names the attribute ${attributeGivenTwice(input)} twice; give it one value`,
  ),
);

export const syncCustomObjects = operation({
  params: sequence('ParamsSyncCustomObjects', {
    objTypeName: text,
    customObjList: sequence('ArrayOfCustomObj', { customObj: listOf(WrittenCustomObj, MOST_CUSTOM_OBJECTS) }),
    operation: optional(SyncOperationEnum),
  }),
  timeoutMs: CALL_TIMEOUT_MS,
  // An absent operation counts as the upsert it most likely is: harmless only if every record has its key.
  isUnsafe: (params) =>
    params.operation === 'INSERT' ||
    (params.operation !== 'UPDATE' &&
      !params.customObjList.customObj.every(({ customObjKeyList }) => hasKey(customObjKeyList))),
  records: {
    of: ({ customObjList }) => customObjList.customObj,
    put: (params, customObj) => ({ ...params, customObjList: { customObj } }),
  },
});

export const deleteCustomObjects = operation({
  params: sequence('ParamsDeleteCustomObjects', {
    objTypeName: text,
    customObjKeyLists: sequence('ArrayOfKeyList', { keyList: listOf(KeyAttributes, MOST_CUSTOM_OBJECTS) }),
  }),
  timeoutMs: CALL_TIMEOUT_MS,
  records: {
    of: ({ customObjKeyLists }) => customObjKeyLists.keyList,
    put: (params, keyList) => ({ ...params, customObjKeyLists: { keyList } }),
  },
});
