import type { HoldInForce } from '../budget/holds.ts';
import type { WaitReason } from '../budget/port.ts';
import type { Attempt } from '../job/attempt.ts';
import { assertNever } from '../kernel/assert-never.ts';
import { isoTime } from '../kernel/clock.ts';
import type { JobRow } from '../ledger/row.ts';
import type { FaultClass } from '../marketo/faults/fault.ts';
import type { OperationName } from '../marketo/operations/registry.ts';

/** A job as `mktq jobs show --json` prints it. Times in ISO-8601. */
export interface JobView {
  readonly id: string;
  readonly operation: OperationName;
  readonly state: 'queued' | 'waiting' | 'running' | 'completed' | 'dead-lettered';
  readonly attempts: readonly AttemptView[];
  readonly waiting: { readonly reason: WaitReason; readonly until: string | null } | null;
  /** What Marketo answered; null before the end, and where there is nothing to keep. */
  readonly result: unknown;
}

export interface AttemptView {
  readonly at: string;
  readonly durationMs: number;
  readonly class: FaultClass | null;
  readonly code: number | null;
  readonly httpStatus: number | null;
  readonly message: string;
  readonly counted: boolean;
}

/** Why a job waits; `until` (epoch ms) is null if only somebody can end it, or nobody knows. */
export interface Waiting {
  readonly reason: WaitReason;
  readonly until: number | null;
}

/** What the row alone does not tell. */
export interface Surroundings {
  readonly now: number;
  /** The holds in force, the longest first. */
  readonly holds: readonly HoldInForce[];
  /** The nearest earlier job of the same ordering key that has not ended. */
  readonly blocker: JobRow | null;
}

export function jobView(row: JobRow, around: Surroundings, result: unknown): JobView {
  const waiting = waitingOf(row, around);
  return {
    id: row.jobId,
    operation: row.operation,
    state: stateWord(row, waiting),
    attempts: row.attempts.map(attemptView),
    waiting: waiting === null ? null : { reason: waiting.reason, until: isoOrNull(waiting.until) },
    result,
  };
}

/**
 * Why the job does not run now. Its own wait comes first while it lasts; then whatever closes the account, which is
 * read from the holds and never written per job; then the job before it in its lead's order.
 */
export function waitingOf(row: JobRow, around: Surroundings): Waiting | null {
  const { state } = row;
  switch (state.kind) {
    case 'parked':
      return { reason: 'notBefore', until: state.until };
    case 'waiting':
      // Past its time it is in the queue again like any other.
      return state.until <= around.now ? queuedFor(around) : longer(state, holdOf(around));
    case 'running':
      return holdOf(around);
    case 'queued':
      return queuedFor(around);
    case 'decided':
    case 'completed':
    case 'dead-lettered':
      return null;
    default:
      return assertNever(state);
  }
}

/** The account is closed to everybody; open, a job still waits for the one before it. */
const queuedFor = (around: Surroundings): Waiting | null => holdOf(around) ?? behind(around);

/** Whichever keeps the job longer: a backoff of a minute under a pause without end waits for the pause. */
function longer(own: Waiting & { readonly until: number }, hold: Waiting | null): Waiting {
  if (hold !== null && (hold.until === null || hold.until > own.until)) return hold;
  return { reason: own.reason, until: own.until };
}

function holdOf({ holds }: Surroundings): Waiting | null {
  const [hold] = holds;
  return hold === undefined ? null : { reason: hold.reason, until: hold.until };
}

/** A job behind another waits at least as long as that one does. */
function behind({ blocker, now, holds }: Surroundings): Waiting | null {
  if (blocker === null) return null;
  const its = waitingOf(blocker, { now, holds, blocker: null });
  return { reason: 'order', until: its?.until ?? null };
}

function stateWord(row: JobRow, waiting: Waiting | null): JobView['state'] {
  const { kind } = row.state;
  switch (kind) {
    case 'queued':
    case 'waiting':
      return waiting === null ? 'queued' : 'waiting';
    case 'parked':
      return 'waiting';
    case 'running':
    // Judged, and its letter about to be filed: the end is near, but not there.
    case 'decided':
      return 'running';
    case 'completed':
    case 'dead-lettered':
      return kind;
    default:
      return assertNever(kind);
  }
}

/** The nearest job before `row` in its key's order that has not ended; `rows` are those of the key, in any order. */
export function blockerOf(row: JobRow, rows: readonly JobRow[]): JobRow | null {
  const before = rows.filter(
    (other) => other.jobId !== row.jobId && holdsPlace(other) && isBefore(other, row),
  );
  return before.reduce<JobRow | null>(
    (nearest, other) => (nearest === null || isBefore(nearest, other) ? other : nearest),
    null,
  );
}

/** A parked job is in no queue: it takes its place when it is sent. */
const holdsPlace = ({ state }: JobRow): boolean =>
  state.kind !== 'completed' && state.kind !== 'dead-lettered' && state.kind !== 'parked';

/** By SQS's sequence numbers (decimal, of up to 20 digits) where both have one, else by time. */
function isBefore(a: JobRow, b: JobRow): boolean {
  if (a.sequenceNumber !== null && b.sequenceNumber !== null && a.sequenceNumber !== b.sequenceNumber) {
    return BigInt(a.sequenceNumber) < BigInt(b.sequenceNumber);
  }
  return a.enqueuedAt < b.enqueuedAt;
}

const isoOrNull = (at: number | null): string | null => (at === null ? null : isoTime(at));

export const attemptView = (attempt: Attempt): AttemptView => ({ ...attempt, at: isoTime(attempt.at) });
