import type * as v from 'valibot';
import { childAt, childrenAt } from '../child-at.ts';
import { leadReference } from '../operations/lead-reference.ts';
import type { CheckedParamsOf, OperationInput, OperationName } from '../operations/registry.ts';
import type { ArrayOfAttribute } from '../operations/types.ts';
import type { RecordOutcome, RecordOutcomes } from '../transport.ts';
import type { ImportToListStatusEnum } from './reply-types.ts';

/** What became of each record of a call, by what stands in `success<Operation>`. An answer that says nothing of it is a success. */
export function recordOutcomes(input: OperationInput, result: unknown): RecordOutcomes {
  const found = childAt(result, 'result');
  const payload = found === undefined ? result : found;
  const read = READERS[input.operation] ?? wholly;
  // The reader stands under the operation whose params these are, which TypeScript cannot see.
  return read(input.params as never, payload);
}

type Readers = {
  readonly [O in OperationName]?: (params: CheckedParamsOf<O>, payload: unknown) => RecordOutcomes;
};

const READERS: Readers = {
  syncLead: (_, payload) => alone(statusOutcome(childAt(payload, 'syncStatus'))),
  syncMultipleLeads: ({ leadRecordList }, payload) =>
    statusOutcomes(leadRecordList.leadRecord, childrenAt(payload, 'syncStatusList', 'syncStatus')),
  mergeLeads: (_, payload) => alone(statusOutcome(childAt(payload, 'mergeStatus'))),
  listOperation: memberOutcomes,
  importToList: importOutcome,
  requestCampaign: (_, payload) => successOutcome('requestCampaign', payload),
  scheduleCampaign: (_, payload) => successOutcome('scheduleCampaign', payload),
  syncMObjects: mObjectOutcomes,
  deleteMObjects: mObjectOutcomes,
  syncCustomObjects: ({ customObjList }, payload) =>
    statusOutcomes(
      customObjList.customObj,
      childrenAt(payload, 'syncCustomObjStatusList', 'syncCustomObjStatus'),
      ({ customObjKeyList }, status) => hasKeys(customObjKeyList, status),
    ),
  deleteCustomObjects: ({ customObjKeyLists }, payload) =>
    statusOutcomes(
      customObjKeyLists.keyList,
      childrenAt(payload, 'deleteCustomObjStatusList', 'syncCustomObjStatus'),
      hasKeys,
    ),
};

const outcome = (failed: boolean, message: string, result: unknown): RecordOutcome => ({
  ok: !failed,
  code: null,
  message: failed ? message : '',
  result: result ?? null,
});

const alone = (record: RecordOutcome): RecordOutcomes => ({ records: [record], inOrder: true });

function wholly(_: unknown, payload: unknown): RecordOutcomes {
  return alone(outcome(false, '', payload));
}

/** `<status>FAILED</status><error>…</error>`, the form in which most operations report a record. */
const statusOutcome = (status: unknown): RecordOutcome =>
  outcome(
    textAt(status, 'status') === 'FAILED',
    textAt(status, 'error') ?? 'status FAILED without an error text',
    status,
  );

const UNTOLD = outcome(true, 'the answer has no status for it', null);

/**
 * The statuses of a list of records, in its order, which can only be trusted if there are as many and none says it is about
 * another record. Where only some records got one, the others are not known to be done.
 */
export function statusOutcomes<R>(
  records: readonly R[],
  statuses: readonly unknown[],
  isAbout: (record: R, status: unknown) => boolean = () => true,
): RecordOutcomes {
  if (statuses.length === 0) return ofEach(records, () => outcome(false, '', null));
  const inOrder =
    records.length === statuses.length && records.every((record, index) => isAbout(record, statuses[index]));
  const untold = Math.max(0, records.length - statuses.length);
  const told = ofEach(statuses, statusOutcome);
  return { records: [...told.records, ...Array.from({ length: untold }, () => UNTOLD)], inOrder };
}

/** Of one at least: params with no record are refused before they are sent. */
function ofEach<T>(list: readonly T[], make: (one: T) => RecordOutcome): RecordOutcomes {
  const [first = UNTOLD, ...others] = list.map(make);
  return { records: [first, ...others], inOrder: true };
}

/** `<success>false</success>`, the form in which an operation reports that none of it happened. */
const successOutcome = (operation: OperationName, payload: unknown): RecordOutcomes =>
  alone(outcome(textAt(payload, 'success') === 'false', `${operation} answered success=false`, payload));

const REFUSED = 'listOperation answered success=false';

/** A lead whose status is missing has the outcome of the whole. "Is not a member" is an answer, not a failure. */
function memberOutcomes(params: CheckedParamsOf<'listOperation'>, payload: unknown): RecordOutcomes {
  const whole = textAt(payload, 'success');
  const statuses = new Map(childrenAt(payload, 'statusList', 'leadStatus').map((one) => [keyOf(one), one]));
  const told = params.listMemberList.leadKey.map(({ keyType, keyValue }) => {
    const { type, value } = leadReference(keyType, keyValue);
    const status = statuses.get(`${type}:${value}`);
    const said = textAt(status, 'status') ?? (statuses.size === 0 ? whole : null);
    return { status, failed: said === 'false' };
  });
  const asks = params.listOperation === 'ISMEMBEROFLIST';
  // The answer names leads that were not asked for: the job failed, and nobody can say which part of it.
  const allFailed = whole === 'false' && !told.some(({ failed }) => failed);
  return ofEach(told, ({ status, failed }) => outcome(!asks && (failed || allFailed), REFUSED, status));
}

function keyOf(leadStatus: unknown): string {
  const { type, value } = leadReference(
    textAt(leadStatus, 'leadKey', 'keyType') ?? '',
    textAt(leadStatus, 'leadKey', 'keyValue') ?? '',
  );
  return `${type}:${value}`;
}

const ENDED_BADLY: ReadonlySet<string> = new Set([
  'FAILED',
  'CANCELED',
] satisfies (typeof ImportToListStatusEnum.options)[number][]);

function importOutcome(_: unknown, payload: unknown): RecordOutcomes {
  const status = textAt(payload, 'importStatus') ?? '';
  return alone(outcome(ENDED_BADLY.has(status), `importToList answered ${status}`, payload));
}

/** A status that carries another external key is about another record. */
function mObjectOutcomes(
  { mObjectList }: Pick<CheckedParamsOf<'syncMObjects'>, 'mObjectList'>,
  payload: unknown,
): RecordOutcomes {
  return statusOutcomes(
    mObjectList.mObject,
    childrenAt(payload, 'mObjStatusList', 'mObjStatus'),
    ({ externalKey }, status) => {
      const named = textAt(status, 'externalKey', 'value');
      return externalKey === undefined || named === null || named === externalKey.value.trim();
    },
  );
}

/** A status that carries another value for one of the record's keys is about another record. */
function hasKeys(keys: v.InferOutput<typeof ArrayOfAttribute> | undefined, status: unknown): boolean {
  const named = new Map(
    childrenAt(status, 'customObjKeyList', 'attribute').map((one) => [
      textAt(one, 'attrName'),
      textAt(one, 'attrValue'),
    ]),
  );
  return (keys?.attribute ?? []).every(({ attrName, attrValue }) => {
    const answered = named.get(attrName) ?? null;
    return answered === null || answered === attrValue.trim();
  });
}

function textAt(value: unknown, ...names: readonly string[]): string | null {
  const found = childAt(value, ...names);
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean'
    ? String(found)
    : null;
}
