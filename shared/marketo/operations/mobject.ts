import type * as v from 'valibot';
import { always, CALL_TIMEOUT_MS, operation } from './operation.ts';
import { ArrayOfAttrib, Attrib, isGiven, SyncOperationEnum } from './types.ts';
import {
  boolean,
  dateTime,
  enumeration,
  int,
  listOf,
  optional,
  repeated,
  sequence,
  text,
  value,
} from './xsd.ts';

const MOST_MOBJECTS = 100;

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

/** Names of types and fields are compared without case, blanks and underscores: `RoadShow` is what people read as Road Show. */
export const squeezed = (name: string): string => name.replace(/[\s_]/g, '').toLowerCase();

export const ArrayOfMObject = sequence('ArrayOfMObject', { mObject: listOf(MObject, MOST_MOBJECTS) });

export const listMObjects = operation({
  params: sequence('ParamsListMObjects', {}),
  timeoutMs: CALL_TIMEOUT_MS,
  isRead: always,
});

export const describeMObject = operation({
  params: sequence('ParamsDescribeMObject', { objectName: text }),
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
  timeoutMs: CALL_TIMEOUT_MS,
  isRead: always,
});

interface KeyedMObject {
  readonly id?: number | undefined;
  readonly externalKey?: { readonly name: string; readonly value: string } | undefined;
}

const hasKey = ({ id, externalKey }: KeyedMObject): boolean =>
  id !== undefined || isGiven(externalKey?.value);

interface WithMObjects {
  readonly mObjectList: v.InferOutput<typeof ArrayOfMObject>;
}

const mObjects = {
  of: ({ mObjectList }: WithMObjects) => mObjectList.mObject,
  put: <P extends WithMObjects>(params: P, mObject: WithMObjects['mObjectList']['mObject']): P => ({
    ...params,
    mObjectList: { mObject },
  }),
};

export const syncMObjects = operation({
  params: sequence('ParamsSyncMObjects', { mObjectList: ArrayOfMObject, operation: SyncOperationEnum }),
  timeoutMs: CALL_TIMEOUT_MS,
  // Marketo enforces no unique key: an insert makes another object each time, and so does an upsert of what has no key.
  isUnsafe: (params) =>
    params.operation === 'INSERT' ||
    (params.operation === 'UPSERT' && !params.mObjectList.mObject.every(hasKey)),
  records: mObjects,
});

export const deleteMObjects = operation({
  params: sequence('ParamsDeleteMObjects', { mObjectList: ArrayOfMObject }),
  timeoutMs: CALL_TIMEOUT_MS,
  records: mObjects,
});
