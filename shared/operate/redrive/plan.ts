import type { LetterHead } from '../../deadletter/letter.ts';
import { ownKeyOf } from '../../job/ordering-key.ts';
import { compareSequence, setsValues } from '../../ledger/order.ts';
import type { JobRow } from '../../ledger/row.ts';

/** What the operator asked for beside the letters. */
export interface RedriveChoice {
  /** Letters named one by one are sent even where a filter would leave them out. */
  readonly by: 'id' | 'filter';
  readonly includeInDoubt: boolean;
  readonly superseded: boolean;
  /** Whether a whole job message replaces the letter's. */
  readonly edited: boolean;
  /** The batch that this message names; absent or null: none. */
  readonly editedBatch?: string | null;
}

/** Why a letter is not redriven. */
const SKIP_REASONS = [
  'in-doubt',
  'superseded',
  'too-old',
  'late-success',
  'malformed',
  'redriven',
  'discarded',
  'completed',
  'cancelled',
  'not-ended',
  'gone',
  'unreadable',
  // Of an edit of many: none of its fields is there, or what it makes is no valid job.
  'no-such-field',
  'unfit',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** Everything that is known about one letter when a redrive is planned. */
interface LetterInView {
  readonly head: LetterHead;
  readonly row: JobRow | null;
  /** What is known of the writes of its key that came after it. */
  readonly later: Later;
  /** The batch of what would be sent was. */
  readonly cancelled: boolean;
}

/** `unknown`: what came after it may have been deleted since. */
export type Later = 'completed' | 'none' | 'unknown';

/** Why this letter is left out; null if it is sent. Pure. */
export function skipReason(
  { head, row, later, cancelled }: LetterInView,
  choice: RedriveChoice,
): SkipReason | null {
  if (head.status === 'redriven' || head.status === 'discarded') return head.status;
  if (head.class === 'malformed' && !choice.edited) return 'malformed';
  const ofJob = head.class === 'malformed' ? null : rowProblem(head, row);
  if (ofJob !== null) return ofJob;
  // A worker would only end it, and of the letter's cause nothing would be left open.
  if (cancelled) return 'cancelled';
  if (choice.by === 'id') return null;
  if (hasLateSuccess(head, row)) return 'late-success';
  if (head.class === 'in-doubt' && !choice.includeInDoubt) return 'in-doubt';
  if (choice.superseded || later === 'none') return null;
  return later === 'completed' ? 'superseded' : 'too-old';
}

/** Whether it depends on what came after the letter if it is sent: only there the key's rows are worth reading. */
export const canBeSuperseded = (head: LetterHead, choice: RedriveChoice): boolean =>
  choice.by === 'filter' &&
  !choice.superseded &&
  head.status !== 'redriven' &&
  head.status !== 'discarded' &&
  head.sequenceNumber !== null &&
  setsValues(head.operation) &&
  head.orderingKey !== null &&
  head.orderingKey !== ownKeyOf(head.jobId ?? '');

/**
 * What came after the letter on its key. `newest`: the highest SequenceNumber of a completed write, null if there is none; the
 * rows of completed jobs are kept for `retentionMs`, so of what came after an older letter some may be gone.
 */
export function laterThan(
  head: LetterHead,
  newest: string | null,
  { now, retentionMs }: { readonly now: number; readonly retentionMs: number },
): Later {
  if (newest !== null && compareSequence(newest, head.sequenceNumber ?? '') > 0) return 'completed';
  return head.firstSentAt === null || head.firstSentAt + retentionMs < now ? 'unknown' : 'none';
}

/** Whether this row is a write that makes an earlier one of its key obsolete. */
export const isCompletedWrite = ({ state, operation, sequenceNumber }: JobRow): boolean =>
  state.kind === 'completed' && setsValues(operation) && sequenceNumber !== null;

/** What the job's own row forbids, whoever asks. A row past the letter's epoch is an earlier redrive of it: not forbidden. */
function rowProblem(head: LetterHead, row: JobRow | null): 'completed' | 'not-ended' | null {
  if (row === null || row.epoch !== head.epoch) return null;
  if (row.state.kind === 'completed') return 'completed';
  return isEndedBy(head, row) ? null : 'not-ended';
}

/** Whether the row ended in this very letter: from there, and only from there, a redrive goes one epoch on. */
export function isEndedBy(head: Pick<LetterHead, 'letterId'>, row: JobRow): boolean {
  if (row.state.kind === 'dead-lettered') return row.state.letterId === head.letterId;
  return row.state.kind === 'decided' && row.state.decision.letterId === head.letterId;
}

const hasLateSuccess = (head: LetterHead, row: JobRow | null): boolean =>
  head.lateOutcome?.succeeded === true || (row?.epoch === head.epoch && row.lateOutcome?.succeeded === true);

/** One letter to be sent: the few columns that order and report need, so that a hundred thousand fit in memory. */
export interface Candidate {
  readonly letterId: string;
  readonly orderingKey: string | null;
  readonly sequenceNumber: string | null;
  readonly firstSentAt: number | null;
  readonly deadLetteredAt: number;
  readonly cause: string;
}

export const candidateOf = (head: LetterHead): Candidate => ({
  letterId: head.letterId,
  orderingKey: head.orderingKey,
  sequenceNumber: head.sequenceNumber,
  firstSentAt: head.firstSentAt,
  deadLetteredAt: head.deadLetteredAt,
  cause: head.cause,
});

/** What keeps letters in order: the key of their job, or, for what never was a job, the letter itself. */
export const orderOf = (letter: Candidate): string => letter.orderingKey ?? letter.letterId;

/** Oldest key first; the letters of one key together and in the order their jobs were enqueued. */
export function inOriginalOrder(candidates: readonly Candidate[]): readonly Candidate[] {
  const keys = Map.groupBy(candidates, orderOf);
  return [...keys.values()]
    .map((letters) => ({ letters: letters.sort(byPlace), oldest: Math.min(...letters.map(at)) }))
    .sort((a, b) => a.oldest - b.oldest)
    .flatMap(({ letters }) => letters);
}

const at = (letter: Candidate): number => letter.deadLetteredAt;

function byPlace(a: Candidate, b: Candidate): number {
  if (a.sequenceNumber === null || b.sequenceNumber === null) return a.deadLetteredAt - b.deadLetteredAt;
  return compareSequence(a.sequenceNumber, b.sequenceNumber);
}
