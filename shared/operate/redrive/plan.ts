import type { LetterHead } from '../../deadletter/letter.ts';
import type { OrderMark } from '../../ledger/ledger.ts';
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
}

/** Why a letter is not redriven. */
const SKIP_REASONS = [
  'in-doubt',
  'superseded',
  'late-success',
  'malformed',
  'redriven',
  'discarded',
  'completed',
  'cancelled',
  'not-ended',
  'gone',
  'unreadable',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** Everything that is known about one letter when a redrive is planned. */
interface LetterInView {
  readonly head: LetterHead;
  readonly row: JobRow | null;
  readonly mark: OrderMark | null;
  /** Its batch was. */
  readonly cancelled: boolean;
}

/** Why this letter is left out; null if it is sent. Pure. */
export function skipReason(
  { head, row, mark, cancelled }: LetterInView,
  choice: RedriveChoice,
): SkipReason | null {
  if (head.status === 'redriven' || head.status === 'discarded') return head.status;
  if (head.class === 'malformed' && !choice.edited) return 'malformed';
  const ofJob = head.class === 'malformed' ? null : rowProblem(head, row);
  if (ofJob !== null) return ofJob;
  // A worker would only end it. An edit may have left the batch out.
  if (cancelled && !choice.edited) return 'cancelled';
  if (choice.by === 'id') return null;
  if (hasLateSuccess(head, row)) return 'late-success';
  if (head.class === 'in-doubt' && !choice.includeInDoubt) return 'in-doubt';
  return !choice.superseded && isSuperseded(head, mark) ? 'superseded' : null;
}

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

const isSuperseded = (head: LetterHead, mark: OrderMark | null): boolean =>
  mark !== null &&
  setsValues(head.operation) &&
  head.sequenceNumber !== null &&
  compareSequence(mark.sequenceNumber, head.sequenceNumber) > 0;

/** One letter to be sent: the few columns that order and report need, so that a hundred thousand fit in memory. */
export interface Candidate {
  readonly letterId: string;
  readonly orderingKey: string | null;
  readonly sequenceNumber: string | null;
  readonly deadLetteredAt: number;
  readonly cause: string;
}

export const candidateOf = (head: LetterHead): Candidate => ({
  letterId: head.letterId,
  orderingKey: head.orderingKey,
  sequenceNumber: head.sequenceNumber,
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
