import { ownKeyOf } from '../job/ordering-key.ts';
import { inPages } from '../kernel/pages.ts';
import { lineChunkId, lineOf, mayBeQueued, type SentJob } from '../ledger/chunks.ts';
import type { OnUnreadable } from '../ledger/ledger.ts';
import type { JobRow } from '../ledger/row.ts';
import type { OperatePorts } from './ports.ts';

type ChunkPorts = Pick<OperatePorts, 'chunks' | 'clock'>;

/**
 * The row that a job sent in bulk would have, as long as no worker has taken it: queued, under a key of its own, because nobody
 * has written down which lead it names. Null for a job that no chunk tells of, or that no queue can hold any more. A chunk is
 * found by an id that names batch and line.
 */
export async function rowFromChunk({ chunks, clock }: ChunkPorts, jobId: string): Promise<JobRow | null> {
  const place = lineOf(jobId);
  if (place === null) return null;
  const chunk = await chunks.get(lineChunkId(place.batch, place.line));
  const sent = chunk?.jobs.find(({ id }) => id === jobId);
  return sent === undefined || !mayBeQueued(sent, clock()) ? null : queuedRow(sent, place.batch);
}

const queuedRow = (sent: SentJob, batch: string): JobRow => ({
  jobId: sent.id,
  epoch: 0,
  operation: sent.operation,
  digest: sent.digest,
  orderingKey: ownKeyOf(sent.id),
  batch,
  enqueuedAt: sent.at,
  sequenceNumber: null,
  attempts: [],
  attemptsDropped: 0,
  counted: 0,
  starts: 0,
  state: { kind: 'queued' },
  lateOutcome: null,
  deleteAt: null,
});

/** Keys of one BatchGetItem. */
const PAGE = 100;

/** A row with its place in a list of jobs: when it was enqueued, or, of a job that a chunk tells of, when that was sent. */
export interface PlacedRow {
  readonly row: JobRow;
  readonly at: number;
}

/** Later jobs first; of one moment in the order of their ids. */
export const newestFirst = (a: PlacedRow, b: PlacedRow): number =>
  b.at - a.at || (a.row.jobId < b.row.jobId ? 1 : -1);

/** The jobs of a batch that were sent in bulk, by id: what their chunks tell. */
export async function sentInBulk(
  { chunks }: Pick<OperatePorts, 'chunks'>,
  batch: string,
): Promise<ReadonlyMap<string, SentJob>> {
  const sent = new Map<string, SentJob>();
  for await (const { jobs } of chunks.ofBatch(batch)) for (const job of jobs) sent.set(job.id, job);
  return sent;
}

/**
 * The rows of these jobs of a batch, newest first, each in the place of its sending, which does not change when it ends: as they are, or
 * as `rowFromChunk` has them. A job that has a row and has not ended stands in no index. Only those at `upTo` (epoch ms) or before it.
 */
export async function* rowsFromChunks(
  { clock, ledger }: Pick<OperatePorts, 'clock' | 'ledger'>,
  batch: string,
  sent: ReadonlyMap<string, SentJob>,
  upTo: number,
  onUnreadable: OnUnreadable,
): AsyncGenerator<PlacedRow> {
  const placed = [...sent.values()].filter(({ at }) => at <= upTo);
  placed.sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
  for await (const page of inPages(placed, PAGE)) {
    const rows = new Map<string, JobRow | null>();
    const unreadable = (jobId: string, error: unknown): void => {
      rows.set(jobId, null);
      onUnreadable(jobId, error);
    };
    for (const row of await ledger.getAll(
      page.map(({ id }) => id),
      unreadable,
    ))
      rows.set(row.jobId, row);
    for (const job of page) {
      const row = rows.get(job.id);
      if (row === undefined && mayBeQueued(job, clock())) yield { row: queuedRow(job, batch), at: job.at };
      else if (row !== undefined && row !== null) yield { row, at: job.at };
    }
  }
}
