import type * as v from 'valibot';
import { always, CALL_TIMEOUT_MS, operation } from './operation.ts';
import { keep, listAt, statusOutcomes, textAt } from './record-outcome.ts';
import { ResultDeleteCustomObjects, ResultGetCustomObjects, ResultSyncCustomObjects } from './reply-types.ts';
import {
  ArrayOfAttribute,
  arrayOfString,
  CustomObj,
  isGiven,
  KeyAttributes,
  SyncOperationEnum,
} from './types.ts';
import { batchSize, optional, sequence, some, text } from './xsd.ts';

export const MOST_CUSTOM_OBJECTS = 100;

export const getCustomObjects = operation({
  params: sequence('ParamsGetCustomObjects', {
    objTypeName: text,
    streamPosition: optional(text),
    batchSize: optional(batchSize(MOST_CUSTOM_OBJECTS)),
    customObjKeyList: optional(ArrayOfAttribute),
    includeAttributes: arrayOfString(),
  }),
  success: { result: ResultGetCustomObjects },
  timeoutMs: CALL_TIMEOUT_MS,
  isRead: always,
});

type KeyList = v.InferOutput<typeof ArrayOfAttribute>;

const hasKey = (keys: KeyList | undefined): boolean =>
  (keys?.attribute ?? []).some(({ attrValue }) => isGiven(attrValue));

/** A status that carries another value for one of the record's keys is about another record. */
function isAbout(keys: KeyList | undefined, status: unknown): boolean {
  const named = new Map(
    listAt(status, 'customObjKeyList', 'attribute').map((one) => [
      textAt(one, 'attrName'),
      textAt(one, 'attrValue'),
    ]),
  );
  return (keys?.attribute ?? []).every(({ attrName, attrValue }) => {
    const answered = named.get(attrName) ?? null;
    return answered === null || answered === attrValue.trim();
  });
}

export const syncCustomObjects = operation({
  params: sequence('ParamsSyncCustomObjects', {
    objTypeName: text,
    customObjList: sequence('ArrayOfCustomObj', { customObj: some(CustomObj, MOST_CUSTOM_OBJECTS) }),
    operation: optional(SyncOperationEnum),
  }),
  success: { result: ResultSyncCustomObjects },
  timeoutMs: CALL_TIMEOUT_MS,
  // An absent operation is judged as the upsert it most likely is: harmless only if every record has its key.
  isUnsafe: (params) =>
    params.operation === 'INSERT' ||
    (params.operation !== 'UPDATE' &&
      !params.customObjList.customObj.every(({ customObjKeyList }) => hasKey(customObjKeyList))),
  items: ({ customObjList }) => customObjList.customObj.length,
  outcomes: ({ customObjList }, payload) =>
    statusOutcomes(
      customObjList.customObj,
      listAt(payload, 'syncCustomObjStatusList', 'syncCustomObjStatus'),
      ({ customObjKeyList }, status) => isAbout(customObjKeyList, status),
    ),
  only: (params, positions) => ({
    ...params,
    customObjList: { customObj: keep(params.customObjList.customObj, positions) },
  }),
});

export const deleteCustomObjects = operation({
  params: sequence('ParamsDeleteCustomObjects', {
    objTypeName: text,
    customObjKeyLists: sequence('ArrayOfKeyList', { keyList: some(KeyAttributes, MOST_CUSTOM_OBJECTS) }),
  }),
  success: { result: ResultDeleteCustomObjects },
  timeoutMs: CALL_TIMEOUT_MS,
  items: ({ customObjKeyLists }) => customObjKeyLists.keyList.length,
  outcomes: ({ customObjKeyLists }, payload) =>
    statusOutcomes(
      customObjKeyLists.keyList,
      listAt(payload, 'deleteCustomObjStatusList', 'syncCustomObjStatus'),
      isAbout,
    ),
  only: (params, positions) => ({
    ...params,
    customObjKeyLists: { keyList: keep(params.customObjKeyLists.keyList, positions) },
  }),
});
