import type { JobsQueue, SendResult } from '../shared/job/queues.ts';
import {
  DEFAULT_SEND_LIMITS,
  type Entry,
  type Outcome,
  type SendLimits,
  sendInOrder,
} from '../shared/job/send-in-order.ts';
import { assertNever } from '../shared/kernel/assert-never.ts';
import { errorText } from '../shared/kernel/error-text.ts';
import type { IsCancelled } from '../shared/ledger/cancellations.ts';
import { lineIdOf, mayBeQueued } from '../shared/ledger/chunks.ts';
import type { Ledger } from '../shared/ledger/ledger.ts';
import { correctedInPlace, type KnownJob, knownByRow, knownBySend, UNKNOWN_JOB } from './known-job.ts';
import { type Prepared, type PreparePorts, prepare } from './prepare.ts';
import { type BookedJob, type BookPorts, SentBook } from './sent-book.ts';
import type { EnqueueResult } from './types.ts';

/** One thing to enqueue: a job message to be, or what was wrong with the row it should have come from. */
export type Candidate =
  /**
   * `line`: where in its file it stands, so that a second run of the file finds what the first has sent; null for no file. What
   * was read from a file is JSON as it stands.
   */
  | { readonly kind: 'job'; readonly value: unknown; readonly line: number | null }
  /** Its sender knows already that it was sent. */
  | { readonly kind: 'known'; readonly id: string }
  | { readonly kind: 'unreadable'; readonly error: string };

export interface EnqueuePorts extends PreparePorts, BookPorts {
  readonly ledger: Pick<Ledger, 'get' | 'change'>;
  readonly jobsQueue: Pick<JobsQueue, 'send'>;
  readonly isCancelled: IsCancelled;
  /** Absent: a job that is sent alone gets a row beside its message. */
  readonly keepsRows?: false;
}

/**
 * Enqueues a stream of candidates and yields what became of each, in order. Two jobs of one ordering key, or of one id,
 * are never under way together: the second is sent only when the first is acknowledged.
 */
export async function* enqueueJobs(
  ports: EnqueuePorts,
  candidates: Iterable<Candidate> | AsyncIterable<Candidate>,
  limits: SendLimits = DEFAULT_SEND_LIMITS,
): AsyncGenerator<EnqueueResult, void, undefined> {
  const book = new SentBook(ports);
  const sender = {
    send: (batch: readonly Indexed[]) => sendBatch(batch, book, ports),
    refuse: (item: Indexed): EnqueueResult => {
      void book.answered([item]);
      return { index: item.index, error: OVERTAKES };
    },
  };
  try {
    yield* sendInOrder(entriesOf(candidates, book, ports), sender, limits);
  } finally {
    await book.close();
  }
}

interface Indexed extends Prepared, BookedJob {
  readonly index: number;
  readonly line: number | null;
}

const OVERTAKES =
  'not sent, because an earlier job on the same lead could not be; send both again in their order';

async function* entriesOf(
  candidates: Iterable<Candidate> | AsyncIterable<Candidate>,
  book: SentBook,
  ports: EnqueuePorts,
): AsyncGenerator<Entry<Indexed, EnqueueResult>> {
  let read = 0;
  for await (const candidate of candidates) yield entryOf(candidate, read++, book, ports);
}

function entryOf(
  candidate: Candidate,
  index: number,
  book: SentBook,
  ports: EnqueuePorts,
): Entry<Indexed, EnqueueResult> {
  switch (candidate.kind) {
    case 'unreadable':
      return { kind: 'answered', result: { index, error: candidate.error } };
    case 'known':
      return { kind: 'answered', result: { index, id: candidate.id, sent: false } };
    case 'job': {
      const { value, line } = candidate;
      const answer = prepare(value, ports, line !== null);
      return answer.kind === 'refused'
        ? { kind: 'answered', result: { index, error: answer.error } }
        : toBeSent(answer.prepared, index, line, book);
    }
    default:
      return assertNever(candidate);
  }
}

function toBeSent(
  prepared: Prepared,
  index: number,
  line: number | null,
  book: SentBook,
): Entry<Indexed, EnqueueResult> {
  const { job, idIsGiven, message } = prepared;
  const item = { ...prepared, index, line, section: book.open(job, line) };
  // No other job has an id that was made for this one.
  const names = idIsGiven ? [keyName(item), `id ${job.id}`] : [keyName(item)];
  return { kind: 'send', item, names, bytes: message.body.length };
}

const keyName = ({ orderingKey }: Prepared): string => `key ${orderingKey}`;

type EnqueueOutcome = Outcome<EnqueueResult>;

/**
 * Looks each given id up, sends what is not known, and writes down what the queue has taken. In this order: what is written
 * without a message would wait for ever, a message that is not written down is sent once more by a rerun, under the same id,
 * and the worker's claim decides that it runs once. Never rejects.
 */
async function sendBatch(
  batch: readonly Indexed[],
  book: SentBook,
  ports: EnqueuePorts,
): Promise<readonly EnqueueOutcome[]> {
  const known = await Promise.all(batch.map((item) => lookUp(item, book, ports)));
  const unknown = batch.filter((_, i) => known[i] === null);
  const results = await send(unknown, ports.keepsRows !== false && book.isAlone(unknown.length), ports);
  const fresh = unknown.map((item, i) => sentOutcome(item, results[i], book)).values();
  const outcomes = batch.map((item, i) => known[i] ?? fresh.next().value ?? blocked(item, NO_ANSWER));
  await book.answered(batch);
  return outcomes;
}

/** Null: the job is to be sent. */
async function lookUp(item: Indexed, book: SentBook, ports: EnqueuePorts): Promise<EnqueueOutcome | null> {
  const { job, index } = item;
  try {
    if (job.batch !== undefined && (await ports.isCancelled(job.batch)))
      return { result: { index, error: batchIsCancelled(job.batch) }, blocks: null };
    if (!item.idIsGiven) return null;
    const known = await knownJob(item, book, ports);
    if (known.kind === 'unknown') return null;
    if (known.kind === 'same') return { result: { index, id: job.id, sent: false }, blocks: null };
    const error = known.error + (await inItsPlace(item, ports));
    return { result: { index, error, idIsTaken: true }, blocks: null };
  } catch (error) {
    return blocked(
      item,
      `nothing was sent, the ledger could not be asked about ${job.id}: ${errorText(error)}`,
    );
  }
}

/** What to do about a dead job of the same line; empty for any other. Never rejects: that the id is taken holds without it. */
async function inItsPlace(item: Indexed, { ledger }: EnqueuePorts): Promise<string> {
  const { batch, id, operation } = item.job;
  if (batch === undefined || operation !== 'syncLead' || !isOfLine(item)) return '';
  const row = await ledger.get(id).catch(() => null);
  return row?.state.kind === 'dead-lettered' ? correctedInPlace(batch) : '';
}

const isOfLine = ({ job, line }: Indexed): boolean =>
  job.batch !== undefined && line !== null && job.id === lineIdOf(job.batch, line);

/** What a sender is told who goes on with a batch that somebody has stopped. */
export const batchIsCancelled = (batch: string): string =>
  `the batch ${batch} was cancelled, and nothing more is sent under it; give what is still wanted another batch name`;

/** A chunk is read once for its 300 lines; a row only where no chunk can tell, or what it tells is older than any queue. */
async function knownJob(item: Indexed, book: SentBook, { ledger, clock }: EnqueuePorts): Promise<KnownJob> {
  const { job, digest } = item;
  const sent = await book.seen(item);
  if (sent !== null && mayBeQueued(sent, clock())) return knownBySend(job, digest, sent);
  if (sent === null && isOfLine(item)) return UNKNOWN_JOB;
  return knownByRow(job, digest, await ledger.get(job.id));
}

async function send(
  batch: readonly Indexed[],
  hasRow: boolean,
  ports: EnqueuePorts,
): Promise<readonly SendResult[]> {
  if (batch.length === 0) return [];
  try {
    return await ports.jobsQueue.send(
      batch.map(({ message }) => (hasRow ? { ...message, hasRow } : message)),
    );
  } catch (error) {
    // The answer may be all that was lost: under the same id a second try does no harm, under another it would.
    return batch.map(({ job }) => ({
      kind: 'failed',
      message: `no answer from the queue (${errorText(error)}); if you try again, do it under the same id ${job.id}`,
    }));
  }
}

function sentOutcome(item: Indexed, result: SendResult | undefined, book: SentBook): EnqueueOutcome {
  if (result === undefined) return blocked(item, NO_ANSWER);
  if (result.kind !== 'sent') return blocked(item, result.message);
  book.acknowledged(item, result.sequenceNumber);
  return { result: { index: item.index, id: item.job.id, sent: true }, blocks: null };
}

const NO_ANSWER = 'the queue gave no answer';

/** Not sent, or not known to be: its sender may try again, and nothing of its key may be sent before that. */
const blocked = (item: Indexed, error: string): EnqueueOutcome => ({
  result: { index: item.index, error },
  blocks: keyName(item),
});
