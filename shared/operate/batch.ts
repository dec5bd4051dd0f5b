import { absent } from '../kernel/document.ts';
import { mayBeQueued } from '../ledger/chunks.ts';
import { type BatchEntry, countEntries, outcomeOf } from '../ledger/ledger.ts';
import type { OperatePorts } from './ports.ts';

/** How far a batch is. */
export interface BatchJson {
  readonly batch: string;
  readonly total: number;
  readonly completed: number;
  readonly deadLettered: number;
  /** Ended without being run, because the batch was cancelled. */
  readonly cancelled: number;
  readonly waiting: number;
}

export type BatchPorts = Pick<OperatePorts, 'ledger' | 'chunks' | 'clock'>;

/** Null for a batch that no job names. Its total is every id that a row or a chunk tells of, once. */
export async function findBatch(ports: BatchPorts, batch: string): Promise<BatchJson | null> {
  const { total, completed, deadLettered, cancelled } = await countEntries(entriesOf(ports, batch));
  if (total === 0) return null;
  const waiting = total - completed - deadLettered - cancelled;
  return { batch, total, completed, deadLettered, cancelled, waiting };
}

/**
 * Has every job of the batch that no run has taken end as cancelled when its message comes up; what is under way ends as it
 * ends. Again it changes nothing. Answers how far the batch is at that moment; null for a batch that no job names.
 */
export async function cancelBatch(
  ports: BatchPorts & Pick<OperatePorts, 'cancellations'>,
  batch: string,
): Promise<BatchJson | null> {
  const found = await findBatch(ports, batch);
  if (found === null) return null;
  const at = ports.clock();
  await ports.cancellations.change(absent(batch), (stored) => (stored === null ? { at } : null));
  return found;
}

/** Each job that a row or a chunk tells of; one that ends meanwhile, or that both tell of, may come as open and as ended. */
export async function* entriesOf(
  { ledger, chunks, clock }: BatchPorts,
  batch: string,
): AsyncGenerator<BatchEntry> {
  const indexed = new Set<string>();
  for await (const entry of ledger.ofBatch(batch)) {
    indexed.add(entry.jobId);
    yield entry;
  }
  const old: string[] = [];
  for await (const { jobs } of chunks.ofBatch(batch)) {
    for (const job of jobs) {
      if (mayBeQueued(job, clock())) yield { jobId: job.id, outcome: 'open' };
      else if (!indexed.has(job.id)) old.push(job.id);
    }
  }
  yield* withRow(ledger, old);
}

/** Rows that are read side by side. */
const PAGE = 50;

/** Of jobs that no queue can hold any more: those that were parked or redriven have a row all the same. */
async function* withRow(
  ledger: Pick<OperatePorts['ledger'], 'get'>,
  jobIds: readonly string[],
): AsyncGenerator<BatchEntry> {
  for (let from = 0; from < jobIds.length; from += PAGE) {
    const rows = await Promise.all(jobIds.slice(from, from + PAGE).map((jobId) => ledger.get(jobId)));
    for (const row of rows) if (row !== null) yield { jobId: row.jobId, outcome: outcomeOf(row) };
  }
}
