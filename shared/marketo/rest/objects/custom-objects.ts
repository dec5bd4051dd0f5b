import type { CheckedParamsOf } from '../../operations/registry.ts';
import { refusal } from '../call/findings.ts';
import type { Done, Finding, Mapping, Mappings } from '../call/mapping.ts';
import { MOST_REQUESTS, type Session } from '../call/session.ts';
import type { ObjectType } from '../directory/directory.ts';
import { getCustomObjects } from './get-custom-objects.ts';
import { typeWith } from './object-fields.ts';
import {
  type Attributes,
  isVerdictOn,
  type KeyKind,
  type PreparedObject,
  prepare,
} from './object-records.ts';
import {
  ACTIONS,
  errorOf,
  type Mode,
  refuseAlone,
  settle,
  statusWord,
  type Verdict,
} from './object-verdict.ts';
import { mostRepeated, type ObjectWrite, writeObjects } from './object-write.ts';

const syncCustomObjects: Mapping<'syncCustomObjects'> = {
  check({ customObjList: { customObj } }) {
    return writeFindings(customObj.map(keysOf));
  },
  async run(params, session) {
    const mode = params.operation ?? 'UPSERT';
    const records = params.customObjList.customObj.map((record) => ({
      keys: record.customObjKeyList ?? null,
      attributes: [...keysOf(record), ...(record.customObjAttributeList?.attribute ?? [])],
    }));
    const { statuses, outcomes } = await write(session, params.objTypeName, mode, records);
    return {
      result: { result: { syncCustomObjStatusList: { syncCustomObjStatus: statuses } } },
      records: outcomes,
    };
  },
};

const deleteCustomObjects: Mapping<'deleteCustomObjects'> = {
  check({ customObjKeyLists: { keyList } }) {
    return writeFindings(keyList.map(({ attribute }) => attribute));
  },
  async run(params, session) {
    const records = params.customObjKeyLists.keyList.map((keys) => ({ keys, attributes: keys.attribute }));
    const { statuses, outcomes } = await write(session, params.objTypeName, 'DELETE', records);
    return {
      result: { result: { deleteCustomObjStatusList: { syncCustomObjStatus: statuses } } },
      records: outcomes,
    };
  },
};

export const customObjectMappings = {
  getCustomObjects,
  syncCustomObjects,
  deleteCustomObjects,
} satisfies Partial<Mappings>;

type CustomObject = CheckedParamsOf<'syncCustomObjects'>['customObjList']['customObj'][number];

const keysOf = ({ customObjKeyList }: CustomObject): Attributes => customObjKeyList?.attribute ?? [];

/** Each repetition of a key takes a request of its own; two are left for looking up the type. */
const MOST_REPEATED = (MOST_REQUESTS - 2) / 2;

function writeFindings(keys: readonly Attributes[]): readonly Finding[] {
  const repeated = mostRepeated(keys.map((key) => JSON.stringify(key.map(({ attrValue }) => attrValue))));
  if (repeated <= MOST_REPEATED) return [];
  const message = `${repeated} records have one key, and each takes a request of its own: split the job`;
  return [refusal(message)];
}

interface GivenObject {
  /** As given: the status shows them again. */
  readonly keys: { readonly attribute: Attributes } | null;
  readonly attributes: Attributes;
}

interface Written {
  readonly statuses: readonly unknown[];
  readonly outcomes: Done['records'];
}

async function write(
  session: Session,
  objTypeName: string,
  mode: Mode,
  records: readonly GivenObject[],
): Promise<Written> {
  const names = records.flatMap(({ attributes }) => attributes.map(({ attrName }) => attrName));
  const type = await typeWith(names, (want) => session.directory.customObject(session, objTypeName, want));
  const verdicts = new Map<number, Verdict>();
  const prepared = records.map(({ attributes }, index) => {
    const found = prepare(type, attributes, mode);
    if (isVerdictOn(found)) verdicts.set(index, found);
    return found;
  });
  refuseAlone(records.length, verdicts);
  const writes = KEY_KINDS.map((kind) => writeOf(type, mode, kind, prepared)).filter(
    (one) => one.records.length > 0,
  );
  await writeObjects(session, writes, verdicts, false);
  return settle(records, verdicts, mode, ({ keys }, verdict) => ({
    objTypeName,
    customObjKeyList: keys,
    status: statusWord(verdict, mode),
    error: errorOf(verdict),
  }));
}

const KEY_KINDS: readonly KeyKind[] = ['dedupeFields', 'idField'];

function writeOf(
  type: ObjectType,
  mode: Mode,
  kind: KeyKind,
  prepared: readonly (PreparedObject | Verdict)[],
): ObjectWrite {
  const path = { name: type.name };
  const records = prepared.flatMap((one, index) =>
    isVerdictOn(one) || one.kind !== kind ? [] : [{ index, key: one.key, object: one.object }],
  );
  if (mode === 'DELETE') return { endpoint: 'deleteCustomObjects', path, rest: { deleteBy: kind }, records };
  return { endpoint: 'syncCustomObjects', path, rest: { action: ACTIONS[mode], dedupeBy: kind }, records };
}
