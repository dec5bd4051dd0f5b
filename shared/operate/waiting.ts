import type { HoldInForce } from '../budget/holds.ts';
import type { Narrowing } from '../budget/narrowing.ts';
import type { WaitReason } from '../budget/port.ts';
import { assertNever } from '../kernel/assert-never.ts';
import { isEndedKind } from '../ledger/ledger.ts';
import { compareSequence } from '../ledger/order.ts';
import type { JobRow } from '../ledger/row.ts';

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
  /** What lets less through than usual, the tightest first. */
  readonly narrowings: readonly Narrowing[];
  /** The nearest earlier job of the same ordering key that has not ended. */
  readonly blocker: JobRow | null;
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
      // It may be what is under way, unless nothing can be.
      return holdOf(around) ?? narrowed(around, ({ isStandstill }) => isStandstill);
    case 'queued':
      return queuedFor(around);
    case 'decided':
    case 'completed':
    case 'dead-lettered':
    case 'cancelled':
      return null;
    default:
      return assertNever(state);
  }
}

/** The account is closed to everybody; open, a job still waits for the one before it, or takes its turn at what is left. */
const queuedFor = (around: Surroundings): Waiting | null =>
  holdOf(around) ?? behind(around) ?? narrowed(around, () => true);

function narrowed({ narrowings }: Surroundings, keeps: (narrowing: Narrowing) => boolean): Waiting | null {
  const found = narrowings.find(keeps);
  return found === undefined ? null : { reason: found.reason, until: found.until };
}

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
function behind({ blocker, ...around }: Surroundings): Waiting | null {
  if (blocker === null) return null;
  const its = waitingOf(blocker, { ...around, blocker: null });
  return { reason: 'order', until: its?.until ?? null };
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
const holdsPlace = ({ state }: JobRow): boolean => !isEndedKind(state.kind) && state.kind !== 'parked';

/** By SQS's sequence numbers where both have one, else by time. */
function isBefore(a: JobRow, b: JobRow): boolean {
  if (a.sequenceNumber !== null && b.sequenceNumber !== null && a.sequenceNumber !== b.sequenceNumber) {
    return compareSequence(a.sequenceNumber, b.sequenceNumber) < 0;
  }
  return a.enqueuedAt < b.enqueuedAt;
}
