import { always, CALL_TIMEOUT_MS, operation } from './operation.ts';
import { keep, listAt, statusOutcomes, textAt } from './record-outcome.ts';
import {
  ResultDeleteMObjects,
  ResultDescribeMObject,
  ResultListMObjects,
  ResultSyncMObjects,
} from './reply-types.ts';
import { ArrayOfAttrib, Attrib, isGiven, SyncOperationEnum } from './types.ts';
import {
  boolean,
  dateTime,
  enumeration,
  int,
  nillable,
  optional,
  repeated,
  reply,
  sequence,
  some,
  text,
  value,
} from './xsd.ts';

export const MOST_MOBJECTS = 100;

const MObjAssociation = sequence('MObjAssociation', {
  mObjType: text,
  id: optional(int),
  externalKey: optional(Attrib),
});

const ArrayOfMObjAssociation = sequence('ArrayOfMObjAssociation', {
  mObjAssociation: repeated(MObjAssociation),
});

const MObject = sequence('MObject', {
  type: text,
  id: optional(int),
  externalKey: optional(Attrib),
  createdAt: optional(dateTime),
  updatedAt: optional(dateTime),
  attribList: optional(ArrayOfAttrib),
  typeAttribList: optional(
    sequence('ArrayOfTypeAttrib', {
      typeAttrib: repeated(sequence('TypeAttrib', { attrType: text, attrList: optional(ArrayOfAttrib) })),
    }),
  ),
  associationList: optional(ArrayOfMObjAssociation),
});

const ArrayOfMObject = sequence('ArrayOfMObject', { mObject: some(MObject, MOST_MOBJECTS) });

export const listMObjects = operation({
  params: sequence('ParamsListMObjects', {}),
  success: { result: ResultListMObjects },
  timeoutMs: CALL_TIMEOUT_MS,
  isRead: always,
});

export const describeMObject = operation({
  params: sequence('ParamsDescribeMObject', { objectName: text }),
  success: { result: ResultDescribeMObject },
  timeoutMs: CALL_TIMEOUT_MS,
  isRead: always,
});

const MObjCriteria = sequence('MObjCriteria', {
  attrName: text,
  comparison: enumeration('ComparisonEnum', ['EQ', 'NE', 'LT', 'LE', 'GT', 'GE']),
  attrValue: value,
});

export const getMObjects = operation({
  params: sequence('ParamsGetMObjects', {
    type: text,
    id: optional(int),
    externalKey: optional(Attrib),
    mObjCriteriaList: optional(sequence('ArrayOfMObjCriteria', { mObjCriteria: repeated(MObjCriteria) })),
    mObjAssociationList: optional(ArrayOfMObjAssociation),
    includeDetails: optional(boolean),
    streamPosition: optional(text),
  }),
  success: {
    result: reply('ResultGetMObjects', {
      returnCount: int,
      hasMore: boolean,
      newStreamPosition: text,
      mObjectList: nillable(ArrayOfMObject),
    }),
  },
  timeoutMs: CALL_TIMEOUT_MS,
  isRead: always,
});

interface KeyedMObject {
  readonly id?: number | undefined;
  readonly externalKey?: { readonly name: string; readonly value: string } | undefined;
}

const hasKey = ({ id, externalKey }: KeyedMObject): boolean =>
  id !== undefined || isGiven(externalKey?.value);

/** A status that carries another external key is about another record. */
function isAbout({ externalKey }: KeyedMObject, status: unknown): boolean {
  const named = textAt(status, 'externalKey', 'value');
  return externalKey === undefined || named === null || named === externalKey.value.trim();
}

export const syncMObjects = operation({
  params: sequence('ParamsSyncMObjects', { mObjectList: ArrayOfMObject, operation: SyncOperationEnum }),
  success: { result: ResultSyncMObjects },
  timeoutMs: CALL_TIMEOUT_MS,
  // Marketo enforces no unique key: an insert makes another object each time, and so does an upsert of what has no key.
  isUnsafe: (params) =>
    params.operation === 'INSERT' ||
    (params.operation === 'UPSERT' && !params.mObjectList.mObject.every(hasKey)),
  items: ({ mObjectList }) => mObjectList.mObject.length,
  outcomes: ({ mObjectList }, payload) =>
    statusOutcomes(mObjectList.mObject, listAt(payload, 'mObjStatusList', 'mObjStatus'), isAbout),
  only: (params, positions) => ({
    ...params,
    mObjectList: { mObject: keep(params.mObjectList.mObject, positions) },
  }),
});

export const deleteMObjects = operation({
  params: sequence('ParamsDeleteMObjects', { mObjectList: ArrayOfMObject }),
  success: { result: ResultDeleteMObjects },
  timeoutMs: CALL_TIMEOUT_MS,
  items: ({ mObjectList }) => mObjectList.mObject.length,
  outcomes: ({ mObjectList }, payload) =>
    statusOutcomes(mObjectList.mObject, listAt(payload, 'mObjStatusList', 'mObjStatus'), isAbout),
  only: (params, positions) => ({
    ...params,
    mObjectList: { mObject: keep(params.mObjectList.mObject, positions) },
  }),
});
