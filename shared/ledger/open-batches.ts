import { SECOND_MS } from '../kernel/clock.ts';
import type { Documents } from '../kernel/document.ts';
import type { BatchCount } from './ledger.ts';

/** A batch of which a worker has taken a job, until its end has been told. Times in epoch ms. */
export interface OpenBatch {
  readonly batch: string;
  /** When the first of its jobs was taken since its end was told last. */
  readonly startedAt: number;
  /** When the last was taken of which is known: told at most each half minute. */
  readonly takenAt: number;
  /** When it is to be looked at next; null: its end is told. */
  readonly lookAt: number | null;
  /** A job that had not ended at the last look at all of them: as long as it has not, the batch has not. */
  readonly witness: { readonly jobId: string; readonly seenAt: number } | null;
  /** Absent: its end was never told. */
  readonly told?: ToldEnd;
}

export interface ToldEnd {
  /** How often its end was told. */
  readonly times: number;
  /** When the look began that found it. */
  readonly at: number;
  readonly count: BatchCount;
}

/** By the name of the batch; only where somebody is told of ends. */
export interface OpenBatches extends Documents<OpenBatch> {
  /** Those whose look is due, the longest overdue first. */
  due(now: number, limit: number): Promise<readonly OpenBatch[]>;
}

/** A batch under way is written down this often, not with each of its jobs. */
const TAKEN_EVERY_MS = 30 * SECOND_MS;

/** A look that has not come to its end by then never will, its warden has died; less than a minute, so that the next one looks. */
const LOOK_MS = 45 * SECOND_MS;

/** The clocks of worker and warden may differ by so much. */
const SKEW_MS = 2 * SECOND_MS;

/** What the batch becomes when one of its jobs is taken; null: that is known. One that was taken before the end was told is in it. */
export function withTaken(stored: OpenBatch | null, batch: string, at: number): OpenBatch | null {
  if (stored === null) return { batch, startedAt: at, takenAt: at, lookAt: at, witness: null };
  if (stored.lookAt === null) {
    const isNew = at > (stored.told?.at ?? 0) - SKEW_MS;
    return isNew ? { ...stored, startedAt: at, takenAt: at, lookAt: at, witness: null } : null;
  }
  return at - stored.takenAt < TAKEN_EVERY_MS ? null : { ...stored, takenAt: at };
}

/** The batch as one who looks at it now leaves it, so that nobody else does; null: somebody else was faster. */
export const withLook = (stored: OpenBatch | null, now: number): OpenBatch | null =>
  stored === null || stored.lookAt === null || stored.lookAt > now
    ? null
    : { ...stored, lookAt: now + LOOK_MS };

/** The batch after a look that did not find its end: the next minute looks again. What was found open is the witness of the next looks. */
export const withOpen = (
  stored: OpenBatch | null,
  now: number,
  witness: OpenBatch['witness'],
): OpenBatch | null => stored && { ...stored, witness, lookAt: now };

/** The batch whose end was told. What was taken while it was looked at has another. */
export function withToldEnd(stored: OpenBatch | null, looked: OpenBatch, told: ToldEnd): OpenBatch | null {
  if (stored === null) return null;
  const isOver = stored.takenAt === looked.takenAt && stored.startedAt === looked.startedAt;
  return { ...stored, told, witness: null, lookAt: isOver ? null : told.at + LOOK_MS };
}

/** Whether an end is no news: the same was told, and nothing has been taken since. A worker may speak of a job long after it. */
export function isToldAlready({ told, startedAt }: OpenBatch, count: BatchCount): boolean {
  if (told === undefined || startedAt > told.at + SKEW_MS) return false;
  const { total, completed, deadLettered, cancelled } = told.count;
  return (
    total === count.total &&
    completed === count.completed &&
    deadLettered === count.deadLettered &&
    cancelled === count.cancelled
  );
}
