import type { SendResult } from '../shared/job/queues.ts';
import { absent } from '../shared/kernel/document.ts';
import { firstRow } from '../shared/ledger/row.ts';
import type { EnqueuePorts } from './enqueue-jobs.ts';
import { knownJob } from './known-job.ts';
import type { Prepared } from './prepare.ts';

/** What became of one job of a batch. */
export type Outcome =
  | { readonly id: string; readonly sent: boolean; readonly recorded: boolean }
  /** `blocks`: it may yet be sent again, so nothing of its ordering key may be sent before that. */
  | { readonly error: string; readonly blocks: boolean };

/**
 * Looks each given id up in the ledger, sends what it does not know, and writes the `queued` rows. In this order: a row
 * without a message would wait for ever, a message without a row is written down by the worker. Never rejects.
 */
export async function sendBatch(
  batch: readonly Prepared[],
  ports: EnqueuePorts,
): Promise<readonly Outcome[]> {
  const settled = await Promise.all(batch.map((prepared) => lookUp(prepared, ports)));
  const unknown = batch.filter((_, i) => settled[i] === null);
  const sent = await send(unknown, ports);
  const recorded = await Promise.all(unknown.map((prepared, i) => record(prepared, sent[i], ports)));
  let next = 0;
  return settled.map((outcome) => outcome ?? recorded[next++] ?? blocked(NO_ANSWER));
}

/** Null: the job is to be sent. */
async function lookUp(prepared: Prepared, ports: EnqueuePorts): Promise<Outcome | null> {
  const { job } = prepared;
  if (!prepared.idIsGiven) return null;
  try {
    const known = knownJob(job, await ports.ledger.get(job.id));
    if (known.kind === 'unknown') return null;
    return known.kind === 'other'
      ? { error: known.error, blocks: false }
      : { id: job.id, sent: false, recorded: true };
  } catch (error) {
    return blocked(`nothing was sent, the ledger could not be asked about ${job.id}: ${wordsOf(error)}`);
  }
}

async function send(batch: readonly Prepared[], ports: EnqueuePorts): Promise<readonly SendResult[]> {
  if (batch.length === 0) return [];
  try {
    return await ports.jobsQueue.send(batch.map(({ message }) => message));
  } catch (error) {
    // The answer may be all that was lost: under the same id a second try does no harm, under another it would.
    return batch.map(({ job }) => ({
      kind: 'refused',
      message: `no answer from the queue (${wordsOf(error)}); if you try again, do it under the same id ${job.id}`,
    }));
  }
}

async function record(
  { job }: Prepared,
  result: SendResult | undefined,
  ports: EnqueuePorts,
): Promise<Outcome> {
  if (result === undefined) return blocked(NO_ANSWER);
  if (result.kind === 'refused') return blocked(result.message);
  const row = firstRow(job, { sequenceNumber: result.sequenceNumber, enqueuedAt: ports.clock() });
  try {
    // The worker, or another sender of the same job, may have been here first.
    await ports.ledger.change(absent(job.id), (stored) => (stored === null ? row : null));
    return { id: job.id, sent: true, recorded: true };
  } catch {
    return { id: job.id, sent: true, recorded: false };
  }
}

const NO_ANSWER = 'the queue gave no answer';

const blocked = (error: string): Outcome => ({ error, blocks: true });

const wordsOf = (error: unknown): string =>
  error instanceof Error ? error.message || error.name : String(error);
