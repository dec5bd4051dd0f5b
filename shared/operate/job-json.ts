import type { WaitReason } from '../budget/port.ts';
import type { Attempt, LateOutcome } from '../job/attempt.ts';
import { assertNever } from '../kernel/assert-never.ts';
import { isoOrNull, isoTime } from '../kernel/clock.ts';
import type { JobRow } from '../ledger/row.ts';
import type { OperationName } from '../marketo/operations/registry.ts';
import { type Surroundings, type Waiting, waitingOf } from './waiting.ts';

export const JOB_STATES = [
  'queued',
  'waiting',
  'running',
  'completed',
  'dead-lettered',
  'cancelled',
] as const;
export type JobStateName = (typeof JOB_STATES)[number];

/** A job as every program outside sees it. Times are ISO-8601 in UTC, here and in every other JSON of this folder. */
export interface JobJson {
  readonly id: string;
  readonly operation: OperationName;
  readonly state: JobStateName;
  readonly attempts: readonly AttemptJson[];
  readonly waiting: WaitingJson | null;
  /** What Marketo answered; null before the end, and where there is nothing to keep. Absent from a list, which does not load it. */
  readonly result: unknown;
}

/** `until` is null if only somebody can end the wait, or nobody knows when it ends. */
export interface WaitingJson {
  readonly reason: WaitReason;
  readonly until: string | null;
}

/** `shared` and `callId` only of a call that several jobs shared. */
export type AttemptJson = Omit<Attempt, 'at' | 'callId' | 'earlier'> & {
  readonly at: string;
  readonly callId?: string;
};
export type LateOutcomeJson = Omit<LateOutcome, 'at'> & { readonly at: string };

export function jobJson(row: JobRow, around: Surroundings, result: unknown): JobJson {
  const waiting = waitingOf(row, around);
  return {
    id: row.jobId,
    operation: row.operation,
    state: stateWord(row, waiting),
    attempts: row.attempts.map(attemptJson),
    waiting: waiting === null ? null : { reason: waiting.reason, until: isoOrNull(waiting.until) },
    result,
  };
}

function stateWord(row: JobRow, waiting: Waiting | null): JobStateName {
  const { kind } = row.state;
  switch (kind) {
    case 'queued':
    case 'waiting':
      return waiting === null ? 'queued' : 'waiting';
    case 'parked':
      return 'waiting';
    case 'running':
      // Taken by a run that can send nothing: under way is what it is not.
      return waiting === null ? 'running' : 'waiting';
    // Its letter is about to be filed: the end is near, but not there.
    case 'decided':
      return 'running';
    case 'completed':
    case 'dead-lettered':
    case 'cancelled':
      return kind;
    default:
      return assertNever(kind);
  }
}

// Field by field: a row that an older or newer version wrote must not leak what the contract does not name.
export const attemptJson = (attempt: Attempt): AttemptJson => ({
  at: isoTime(attempt.at),
  durationMs: attempt.durationMs,
  class: attempt.class,
  code: attempt.code,
  httpStatus: attempt.httpStatus,
  message: attempt.message,
  counted: attempt.counted,
  ...(attempt.shared === undefined ? {} : { shared: attempt.shared, callId: attempt.callId }),
});

export const lateOutcomeJson = ({ at, succeeded, message }: LateOutcome): LateOutcomeJson => ({
  at: isoTime(at),
  succeeded,
  message,
});
