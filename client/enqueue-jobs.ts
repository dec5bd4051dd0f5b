import type { Job } from '../shared/job/job.ts';
import { digestOf } from '../shared/job/message.ts';
import type { JobsQueue, SendResult } from '../shared/job/queues.ts';
import {
  DEFAULT_SEND_LIMITS,
  type Entry,
  type Outcome,
  type SendLimits,
  sendInOrder,
} from '../shared/job/send-in-order.ts';
import { isoTime } from '../shared/kernel/clock.ts';
import { absent } from '../shared/kernel/document.ts';
import { errorText } from '../shared/kernel/error-text.ts';
import type { Ledger } from '../shared/ledger/ledger.ts';
import { asListed, FORGOTTEN_DIGEST, firstRow, type JobRow } from '../shared/ledger/row.ts';
import { type Prepared, type PreparePorts, prepare } from './prepare.ts';

/** One thing to enqueue: a job message to be, or what was wrong with the row it should have come from. */
export type Candidate =
  | { readonly kind: 'job'; readonly value: unknown }
  | { readonly kind: 'unreadable'; readonly error: string };

/** What became of the candidate at `index` (from 0), in the order of the input. */
export type EnqueueResult =
  /** `sent` is false if the ledger knew the job already. `recorded` is false if its row could not be written: the worker will. */
  | { readonly index: number; readonly id: string; readonly sent: boolean; readonly recorded: boolean }
  | { readonly index: number; readonly error: string };

export interface EnqueuePorts extends PreparePorts {
  readonly ledger: Pick<Ledger, 'get' | 'change'>;
  readonly jobsQueue: Pick<JobsQueue, 'send'>;
}

/**
 * Enqueues a stream of candidates and yields what became of each, in order. Two jobs of one ordering key, or of one id,
 * are never under way together: the second is sent only when the first is acknowledged and in the ledger.
 */
export async function* enqueueJobs(
  ports: EnqueuePorts,
  candidates: Iterable<Candidate> | AsyncIterable<Candidate>,
  limits: SendLimits = DEFAULT_SEND_LIMITS,
): AsyncGenerator<EnqueueResult, void, undefined> {
  const sender = {
    send: (batch: readonly Indexed[]) => sendBatch(batch, ports),
    refuse: ({ index }: Indexed): EnqueueResult => ({ index, error: OVERTAKES }),
  };
  yield* sendInOrder(entriesOf(candidates, ports), sender, limits);
}

interface Indexed extends Prepared {
  readonly index: number;
}

const OVERTAKES =
  'not sent, because an earlier job on the same lead could not be; send both again in their order';

async function* entriesOf(
  candidates: Iterable<Candidate> | AsyncIterable<Candidate>,
  ports: EnqueuePorts,
): AsyncGenerator<Entry<Indexed, EnqueueResult>> {
  let read = 0;
  for await (const candidate of candidates) {
    const index = read++;
    const answer = candidate.kind === 'job' ? prepare(candidate.value, ports) : candidate;
    if (answer.kind !== 'prepared') yield { kind: 'answered', result: { index, error: answer.error } };
    else yield entryOf({ ...answer.prepared, index });
  }
}

const entryOf = (item: Indexed): Entry<Indexed, EnqueueResult> => ({
  kind: 'send',
  item,
  names: [`id ${item.job.id}`, keyName(item)],
  bytes: item.message.body.length,
});

const keyName = ({ orderingKey }: Prepared): string => `key ${orderingKey}`;

type EnqueueOutcome = Outcome<EnqueueResult>;

/**
 * Looks each given id up in the ledger, sends what it does not know, and writes the `queued` rows. In this order: a row
 * without a message would wait for ever, a message without a row is written down by the worker. Never rejects.
 */
async function sendBatch(batch: readonly Indexed[], ports: EnqueuePorts): Promise<readonly EnqueueOutcome[]> {
  const known = await Promise.all(batch.map((item) => lookUp(item, ports)));
  const unknown = batch.filter((_, i) => known[i] === null);
  const results = await send(unknown, ports);
  const recorded = await Promise.all(unknown.map((item, i) => record(item, results[i], ports)));
  const fresh = recorded.values();
  return batch.map((item, i) => known[i] ?? fresh.next().value ?? blocked(item, NO_ANSWER));
}

/** Null: the job is to be sent. */
async function lookUp(item: Indexed, ports: EnqueuePorts): Promise<EnqueueOutcome | null> {
  const { job, index } = item;
  if (!item.idIsGiven) return null;
  try {
    const known = knownJob(job, await ports.ledger.get(job.id));
    if (known.kind === 'unknown') return null;
    return known.kind === 'other'
      ? { result: { index, error: known.error }, blocks: null }
      : { result: { index, id: job.id, sent: false, recorded: true }, blocks: null };
  } catch (error) {
    return blocked(
      item,
      `nothing was sent, the ledger could not be asked about ${job.id}: ${errorText(error)}`,
    );
  }
}

/** What the ledger says about an id before a job is sent under it: nothing, the same job, or another one. */
type KnownJob =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'same' }
  | { readonly kind: 'other'; readonly error: string };

/** The same id with the same contents is the same job, whatever became of it: sending it again would only be acknowledged. */
function knownJob(job: Job, row: JobRow | null): KnownJob {
  if (row === null) return { kind: 'unknown' };
  if (row.digest === digestOf(job)) return { kind: 'same' };
  if (row.digest === FORGOTTEN_DIGEST) {
    return {
      kind: 'other',
      error: `the id ${job.id} belongs to a job that has ended and whose lead was forgotten; a new job wants another id`,
    };
  }
  const error = `the id ${job.id} belongs to another ${row.operation} job with other contents, enqueued ${isoTime(row.enqueuedAt)}; give this one another id, or its batch another name`;
  return { kind: 'other', error };
}

async function send(batch: readonly Indexed[], ports: EnqueuePorts): Promise<readonly SendResult[]> {
  if (batch.length === 0) return [];
  try {
    return await ports.jobsQueue.send(batch.map(({ message }) => ({ ...message, hasRow: true })));
  } catch (error) {
    // The answer may be all that was lost: under the same id a second try does no harm, under another it would.
    return batch.map(({ job }) => ({
      kind: 'failed',
      message: `no answer from the queue (${errorText(error)}); if you try again, do it under the same id ${job.id}`,
    }));
  }
}

async function record(
  item: Indexed,
  result: SendResult | undefined,
  ports: EnqueuePorts,
): Promise<EnqueueOutcome> {
  if (result === undefined) return blocked(item, NO_ANSWER);
  if (result.kind !== 'sent') return blocked(item, result.message);
  const { job, index } = item;
  const seen = { sequenceNumber: result.sequenceNumber, enqueuedAt: ports.clock() };
  // Nothing else would tell that the batch has it before it ends.
  const row = asListed(firstRow(job, seen));
  // The worker, or another sender of the same job, may have been here first.
  const inserted = ports.ledger.change(absent(job.id), (stored) => (stored === null ? row : null));
  const recorded = await inserted.then(
    () => true,
    () => false,
  );
  return { result: { index, id: job.id, sent: true, recorded }, blocks: null };
}

const NO_ANSWER = 'the queue gave no answer';

/** Not sent, or not known to be: its sender may try again, and nothing of its key may be sent before that. */
const blocked = (item: Indexed, error: string): EnqueueOutcome => ({
  result: { index: item.index, error },
  blocks: keyName(item),
});
