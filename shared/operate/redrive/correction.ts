import { type LetterHead, letterIdOf } from '../../deadletter/letter.ts';
import type { Job } from '../../job/job.ts';
import { orderingKeyOf } from '../../job/ordering-key.ts';
import { parseJob } from '../../job/parse-job.ts';
import { errorText } from '../../kernel/error-text.ts';
import { isEndedKind } from '../../ledger/ledger.ts';
import { FORGOTTEN_DIGEST, type JobRow } from '../../ledger/row.ts';
import { HEADS_AT_ONCE, type LetterRead, readHeads } from '../heads.ts';
import type { OperatePorts } from '../ports.ts';
import { type RowsById, rowIn, rowsById } from '../rows-by-id.ts';
import { type Candidate, candidateOf, inOriginalOrder, type SkipReason, skipReason } from './plan.ts';
import { cancelledBatches } from './plan-redrive.ts';
import { type LetterSent, type RedriveOptions, type RedrivePorts, Sending } from './sending.ts';

/** What a job comes to that is sent once more under the id of an earlier one, by what became of that. */
export type Standing =
  /** No row tells of it. */
  | { readonly kind: 'unknown' }
  /** It was sent with these very contents, and is not dead. */
  | { readonly kind: 'same' }
  | { readonly kind: 'refused'; readonly error: string }
  /** It is dead: `edit`, a whole job message, is to be redriven in its place. */
  | { readonly kind: 'dead'; readonly letter: Candidate; readonly edit: string };

type StandingPorts = Pick<OperatePorts, 'ledger' | 'archive' | 'bodies' | 'cancellations'>;

/** A corrected job; `digest` is that of its contents. */
export interface Correction {
  readonly job: Job;
  readonly digest: string;
}

/** Ids that are best looked up together: keys of one BatchGetItem. */
export const CORRECTIONS_AT_ONCE = HEADS_AT_ONCE;

/**
 * Looks up the jobs of these ids together, then tells of each correction of one how that job stands. Of a job in doubt nothing is sent
 * again unless that is asked for. Neither rejects: what cannot be read refuses the corrections that wanted it.
 */
export async function readStandings(
  ports: StandingPorts,
  jobIds: readonly string[],
  choice: CorrectionChoice,
): Promise<(correction: Correction) => Promise<Standing>> {
  try {
    const rows = await rowsById(ports, jobIds);
    const reads = { rows, heads: await headsById(ports, rows), cancelled: cancelledBatches(ports) };
    return (correction) =>
      standingOf(ports, reads, correction, choice).catch((error: unknown) => unread(correction, error));
  } catch (error) {
    return async (correction) => unread(correction, error);
  }
}

const unread = ({ job }: Correction, error: unknown): Standing =>
  refused(`nothing was sent, the ledger could not be asked about ${job.id}: ${errorText(error)}`);

interface CorrectionChoice {
  readonly includeInDoubt: boolean;
}

/** What is read of many corrections together. */
interface Reads {
  readonly rows: RowsById;
  readonly heads: ReadonlyMap<string, LetterRead>;
  readonly cancelled: (batch: string) => Promise<boolean>;
}

async function headsById(ports: StandingPorts, rows: RowsById): Promise<Reads['heads']> {
  const letterIds = [...rows.values()].flatMap((row) => ('error' in row ? [] : (letterOf(row) ?? [])));
  const heads = await readHeads(ports, letterIds);
  return new Map(heads.map((read) => [read.kind === 'head' ? read.head.letterId : read.letterId, read]));
}

async function standingOf(
  ports: StandingPorts,
  reads: Reads,
  { job, digest }: Correction,
  choice: CorrectionChoice,
): Promise<Standing> {
  const row = rowIn(reads.rows, job.id);
  if (row === null) return { kind: 'unknown' };
  const head = headOf(reads, row);
  if (head !== null) return correct(ports, reads, job, { head, row }, choice);
  const { kind } = row.state;
  if (kind === 'dead-lettered') return refused('its dead letter was removed; another id sends it anew');
  if (kind === 'cancelled') return refused(CANCELLED);
  if (row.digest === digest) return { kind: 'same' };
  if (row.digest === FORGOTTEN_DIGEST) return refused('its job has ended, and the lead was forgotten');
  if (kind === 'completed') return refused(COMPLETED_OTHERWISE);
  return refused('its job has not ended, and has other contents; wait for its end, then send the row again');
}

const refused = (error: string): Standing => ({ kind: 'refused', error });

const COMPLETED_OTHERWISE =
  'its job has completed with other contents (another cell, or another option such as --workspace); a new job wants another id';
const CANCELLED =
  'its job was cancelled with its batch; under another id, and another batch name, it can be sent anew';

/** The letter in which the job may have ended. A redrive that was interrupted has moved the row on and left the letter `redriving`. */
function letterOf({ jobId, epoch, state }: JobRow): string | null {
  if (state.kind === 'dead-lettered') return state.letterId;
  return epoch === 0 || isEndedKind(state.kind) ? null : letterIdOf(jobId, epoch - 1);
}

function headOf({ heads }: Reads, row: JobRow): LetterHead | null {
  const read = heads.get(letterOf(row) ?? '');
  if (read === undefined) return null;
  if (read.kind === 'unreadable') throw new Error(read.message);
  return row.state.kind === 'dead-lettered' || read.head.status === 'redriving' ? read.head : null;
}

interface Dead {
  readonly head: LetterHead;
  readonly row: JobRow;
}

async function correct(
  { bodies }: StandingPorts,
  { cancelled }: Reads,
  job: Job,
  { head, row }: Dead,
  { includeInDoubt }: CorrectionChoice,
): Promise<Standing> {
  if (head.operation !== job.operation)
    return refused(`the id belongs to a ${head.operation} job, not to one of ${job.operation}`);
  if (head.class === 'in-doubt' && !includeInDoubt) return refused(IN_DOUBT);
  const isCancelled = head.batch !== null && (await cancelled(head.batch));
  const dead = { head, row, later: 'none', cancelled: isCancelled } as const;
  const reason = skipReason(dead, { by: 'id', includeInDoubt, superseded: false, edited: true });
  if (reason !== null) return refused(whyNot(reason));
  const kept = await bodies.load(head.retryBody ?? head.job);
  if (kept === null) return refused('the text of its job is gone; another id sends it anew');
  const parsed = parseJob(kept);
  if (parsed.kind === 'malformed') return refused(`the message of its dead letter: ${parsed.message}`);
  const edited = editOf(parsed.job, job);
  const letter = { ...candidateOf(head), orderingKey: orderingKeyOf(edited) };
  return { kind: 'dead', letter, edit: JSON.stringify(edited) };
}

const IN_DOUBT =
  'its job is in doubt: it may have run already; look in Marketo, then send it with --include-in-doubt';

function whyNot(reason: SkipReason): string {
  if (reason === 'cancelled') return CANCELLED;
  if (reason === 'discarded')
    return 'its dead letter was discarded; dlq reopen opens it again, or another id sends it anew';
  return `its dead letter cannot be redriven (${reason})`;
}

/**
 * What the correction says holds, and the rest is as the dead job had it; it stays in its batch, where it is counted. The same
 * correction gives the same text, by which a redrive that was interrupted is known again.
 */
function editOf(dead: Job, { enqueuedAt: _, ...correction }: Job): Job {
  return { ...dead, ...correction, ...(dead.batch === undefined ? {} : { batch: dead.batch }) };
}

export interface CorrectedOptions extends Required<Pick<RedriveOptions, 'edit' | 'isStopAsked'>> {
  /** So many go ahead; the others are asked for when each of those has been answered for. */
  readonly first: number;
  readonly mayRestFollow: () => Promise<boolean>;
}

/**
 * Redrives these letters, each with its correction, which is loaded when its turn comes. Those of one lead go in the order in which
 * their jobs were enqueued, wherever the corrections stood. It waits for no end but those of the first, and for no hold: as what is
 * enqueued, they wait in the queue.
 */
export async function* redriveCorrected(
  ports: RedrivePorts,
  letters: readonly Candidate[],
  { first, mayRestFollow, ...options }: CorrectedOptions,
): AsyncGenerator<LetterSent> {
  const sending = new Sending(ports, { ...options, patienceMs: 0, noTrial: true }, letters.length);
  const ordered = inOriginalOrder(letters);
  yield* sending.sendEach(ordered.slice(0, first));
  if (ordered.length > first && (await mayRestFollow())) yield* sending.sendEach(ordered.slice(first));
}
