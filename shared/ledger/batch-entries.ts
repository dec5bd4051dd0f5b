import type { Clock } from '../kernel/clock.ts';
import { mapAhead } from '../kernel/map-ahead.ts';
import { type Chunks, mayBeQueued } from './chunks.ts';
import { type BatchEntry, type Ledger, outcomeOf } from './ledger.ts';
import { Outcomes } from './outcomes.ts';

export interface BatchEntryPorts {
  readonly ledger: Pick<Ledger, 'ofBatch' | 'get'>;
  readonly chunks: Pick<Chunks, 'ofBatch'>;
  readonly clock: Clock;
}

/** Each job that a row or a chunk tells of; one that ends meanwhile, or that both tell of, may come as open and as ended. */
export async function* entriesOf(
  { ledger, chunks, clock }: BatchEntryPorts,
  batch: string,
): AsyncGenerator<BatchEntry> {
  const indexed = new Outcomes(batch);
  for await (const entry of ledger.ofBatch(batch)) {
    indexed.set(entry.jobId, entry.outcome);
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
const AT_ONCE = 50;

/** Of jobs that no queue can hold any more: those that were parked or redriven have a row all the same. */
async function* withRow(ledger: Pick<Ledger, 'get'>, jobIds: readonly string[]): AsyncGenerator<BatchEntry> {
  for await (const row of mapAhead(jobIds, (jobId) => ledger.get(jobId), AT_ONCE)) {
    if (row !== null) yield { jobId: row.jobId, outcome: outcomeOf(row) };
  }
}
