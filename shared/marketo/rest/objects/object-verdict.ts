import { isObject } from '../../../kernel/is-object.ts';
import type { Fault } from '../../faults/fault.ts';
import type { RecordOutcome } from '../../transport.ts';
import { type CallEnded, refused } from '../call/call-ended.ts';
import type { Done } from '../call/mapping.ts';
import type { RestReply } from '../call/read-reply.ts';
import { type Reason, reasonListOf } from '../call/reasons.ts';

/** What became of one record that was written or deleted, or could not be. */
export interface Verdict {
  readonly status: 'created' | 'updated' | 'deleted' | 'skipped';
  /** Marketo's reasons, empty if there are none: the first one's code decides. */
  readonly reasons: readonly Reason[];
  /** What a call of this record alone would have met, where it was not sent. */
  readonly fault?: Fault;
  /** It was said of a request with others in it. */
  readonly ofRequest?: true;
}

const STATUSES = ['created', 'updated', 'deleted', 'skipped'] as const;

const statusOf = (row: unknown): Verdict['status'] | null =>
  (isObject(row) && STATUSES.find((status) => status === row['status'])) || null;

/** One row a record, in the order of the input. */
export const isReplyTo =
  (records: number) =>
  ({ result }: RestReply): string | null => {
    if (result.length !== records) return `it has ${result.length} rows for ${records} records`;
    const bad = result.findIndex((row, index) => statusOf(row) === null || !isAt(row, index));
    return bad < 0 ? null : `row ${bad + 1} has no status, or is about another record`;
  };

const isAt = (row: unknown, index: number): boolean =>
  isObject(row) && (row['seq'] === undefined || row['seq'] === null || row['seq'] === index);

/** Only of replies that `isReplyTo` has passed. */
export const verdictsOf = ({ result }: RestReply): readonly Verdict[] =>
  result.map((row) => ({
    status: statusOf(row) ?? 'skipped',
    reasons: isObject(row) ? reasonListOf(row) : [],
  }));

export const refusal = (code: number | null, message: string): Verdict => ({
  status: 'skipped',
  reasons: [{ code, message }],
});

/** What the records of a call were to be done to. */
export type Mode = 'INSERT' | 'UPDATE' | 'UPSERT' | 'DELETE';

export const ACTIONS = { INSERT: 'createOnly', UPDATE: 'updateOnly', UPSERT: 'createOrUpdate' } as const;

export type Status = 'CREATED' | 'UPDATED' | 'DELETED' | 'SKIPPED' | 'UNCHANGED' | 'FAILED';

/** Skipped where the mode has nothing to do with it: an insert of what is there, an update or a deletion of what is not. */
const NOTHING_TO_DO: Readonly<Record<Mode, readonly number[]>> = {
  INSERT: [1005, 1017],
  UPDATE: [1013],
  UPSERT: [],
  DELETE: [1013],
};

/** SOAP's word for it. A linked lead that is missing (1004) is a failure whatever the mode: the job would have written nothing. */
export function statusWord({ status, reasons }: Verdict, mode: Mode): Status {
  if (status === 'created') return 'CREATED';
  if (status === 'updated') return 'UPDATED';
  if (status === 'deleted') return 'DELETED';
  const idle = reasons.length > 0 && reasons.every(({ code }) => code !== null && isIdle(code, mode));
  if (!idle) return 'FAILED';
  return mode === 'DELETE' ? 'UNCHANGED' : 'SKIPPED';
}

const isIdle = (code: number, mode: Mode): boolean => NOTHING_TO_DO[mode].includes(code);

/** `1006 - Field 'x' not found; 1003 - …`; null: it has no reason. */
export function errorOf({ reasons }: Verdict): string | null {
  if (reasons.length === 0) return null;
  return reasons.map(({ code, message }) => (code === null ? message : `${code} - ${message}`)).join('; ');
}

const UNTOLD = refusal(null, 'the answer has no row for it');

/** Of the records of a job, in their order. `show` makes the status of one as SOAP would have shown it. */
export function settle<R, S>(
  records: readonly R[],
  verdicts: ReadonlyMap<number, Verdict>,
  mode: Mode,
  show: (record: R, verdict: Verdict) => S,
): { readonly statuses: readonly S[]; readonly outcomes: Done['records'] } {
  const statuses = records.map((record, index) => show(record, verdicts.get(index) ?? UNTOLD));
  const [first = outcomeOf(UNTOLD, mode, null), ...others] = statuses.map((status, index) =>
    outcomeOf(verdicts.get(index) ?? UNTOLD, mode, status),
  );
  return { statuses, outcomes: [first, ...others] };
}

/** A job of one record that is not sent is decided as a whole. Throws a `CallEnded`. */
export function refuseAlone(records: number, verdicts: ReadonlyMap<number, Verdict>): void {
  const [reason] = verdicts.get(0)?.reasons ?? [];
  if (records === 1 && reason !== undefined) throw refusedFor(reason);
}

/** The verdict on a record that is not sent, for a reason of its own. */
export const notSent = (reason: Reason): Verdict => ({
  ...refusal(reason.code, reason.message),
  fault: refusedFor(reason).fault,
});

const refusedFor = ({ code, message }: Reason): CallEnded => refused(code ?? 1003, message);

/** `result` is the status as SOAP would have shown it. */
function outcomeOf(verdict: Verdict, mode: Mode, result: unknown): RecordOutcome {
  if (statusWord(verdict, mode) !== 'FAILED') return { ok: true, code: null, message: '', result };
  const message = errorOf(verdict) ?? 'skipped without a reason';
  const { fault, ofRequest } = verdict;
  return {
    ok: false,
    code: verdict.reasons[0]?.code ?? null,
    message,
    result,
    ...(fault === undefined ? {} : { fault }),
    ...(ofRequest === undefined ? {} : { ofRequest }),
  };
}
