import type { LetterHead } from '../../deadletter/letter.ts';
import type { Job } from '../../job/job.ts';
import { digestOf } from '../../job/message.ts';
import type { JobRow } from '../../ledger/row.ts';
import { asListed, firstRow, waitingState } from '../../ledger/row.ts';
import { isEndedBy } from './plan.ts';

/** What the job's row says about the redrive of a letter. */
type RowStep =
  /** Write this, then send the message of its epoch. */
  | { readonly kind: 'move'; readonly row: JobRow }
  /** Moved by an earlier try whose message may never have left: send it (again). */
  | { readonly kind: 'send'; readonly epoch: number }
  /** The message of the new epoch has been taken: nothing is left to send. */
  | { readonly kind: 'gone-on' }
  | { readonly kind: 'refuse'; readonly message: string };

/**
 * The one place that says how a row goes back to the queue. The row decides the epoch, by compare-and-swap: two operators
 * at once, and a repeat after a crash, come to the same one. `job` is what will be sent, whatever epoch it carries.
 */
export function redriveRow(head: LetterHead, row: JobRow | null, job: Job, now: number): RowStep {
  if (head.class === 'malformed') return editedRow(head, row, job, now);
  if (row === null) return { kind: 'move', row: fresh(head, job, head.epoch + 1, now) };
  if (isEndedBy(head, row)) return { kind: 'move', row: resumed(head, row, job, now) };
  if (row.epoch <= head.epoch) return { kind: 'refuse', message: `its job is ${row.state.kind}` };
  return isUntouched(row) ? { kind: 'send', epoch: row.epoch } : { kind: 'gone-on' };
}

/** Queued, or only waiting for Marketo to be done with the call before: no run has taken this epoch. */
const isUntouched = (row: JobRow): boolean =>
  row.attempts.length === 0 &&
  row.starts === 0 &&
  (row.state.kind === 'queued' || (row.state.kind === 'waiting' && row.state.reason === 'order'));

/** A letter that never was a job: its edit is a new job, and must not take the id of another. */
function editedRow(head: LetterHead, row: JobRow | null, job: Job, now: number): RowStep {
  if (row === null) {
    const seen = { sequenceNumber: null, enqueuedAt: now };
    return { kind: 'move', row: { ...asListed(firstRow(job, seen)), redriveOf: head.letterId } };
  }
  if (row.digest === digestOf(job))
    return isUntouched(row) ? { kind: 'send', epoch: row.epoch } : { kind: 'gone-on' };
  return {
    kind: 'refuse',
    message: `the id ${job.id} belongs to another job; give the edit an id of its own`,
  };
}

function resumed(head: LetterHead, row: JobRow, job: Job, now: number): JobRow {
  const quietUntil = quietUntilOf(row);
  const content = fresh(head, job, row.epoch + 1, now);
  return {
    ...content,
    enqueuedAt: row.enqueuedAt,
    sequenceNumber: row.sequenceNumber ?? content.sequenceNumber,
    // Marketo may still be working on the call before: the group waits for it, as it would have without a redrive.
    state: quietUntil > now ? waitingState('order', quietUntil, now) : { kind: 'queued' },
  };
}

function quietUntilOf({ state }: JobRow): number {
  if (state.kind === 'dead-lettered') return state.quietUntil ?? 0;
  return state.kind === 'decided' ? (state.decision.quietUntil ?? 0) : 0;
}

/**
 * Attempts, count and starts begin anew: what was before is in the letter. Its batch had it among the ended, and has it among
 * the open now.
 */
const fresh = (head: LetterHead, job: Job, epoch: number, now: number): JobRow => ({
  ...asListed(firstRow(job, { sequenceNumber: head.sequenceNumber, enqueuedAt: now })),
  epoch,
});

/** Takes back a redrive that nobody has picked up: the row ends in the letter again. Null: there is nothing to take back. */
export function withdrawnRow(head: LetterHead, row: JobRow | null, now: number): JobRow | null {
  if (row === null || !isRedriveOf(head, row) || !isUntouched(row)) return null;
  const quietUntil = row.state.kind === 'waiting' ? row.state.until : null;
  return { ...row, state: { kind: 'dead-lettered', at: now, letterId: head.letterId, quietUntil } };
}

/** Whether a redrive of this letter has been picked up by a run. */
export const isTaken = (head: LetterHead, row: JobRow | null): boolean =>
  row !== null && isRedriveOf(head, row) && !isUntouched(row) && !isEndedBy(head, row);

/** A job with the id of an edit may have been enqueued by its own sender: only a row that the redrive made is its. */
const isRedriveOf = (head: LetterHead, row: JobRow): boolean =>
  head.class === 'malformed' ? row.redriveOf === head.letterId : row.epoch > head.epoch;
