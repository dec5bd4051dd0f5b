import { ownKeyOf } from '../job/ordering-key.ts';
import { lineChunkId, lineOf, mayBeQueued, type SentJob } from '../ledger/chunks.ts';
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

/** Rows that are read side by side. */
const PAGE = 50;

/**
 * The rows of a batch's jobs that were sent in bulk and are not in `known`, newest first: as they are, or as `rowFromChunk` has
 * them. A job that has a row and has not ended stands in no index.
 */
export async function* rowsFromChunks(
  { chunks, clock, ledger }: ChunkPorts & Pick<OperatePorts, 'ledger'>,
  batch: string,
  isKnown: (jobId: string) => boolean,
  onUnreadable: (jobId: string, error: unknown) => void,
): AsyncGenerator<JobRow> {
  const sent = new Map<string, SentJob>();
  for await (const { jobs } of chunks.ofBatch(batch)) {
    for (const job of jobs) if (!isKnown(job.id)) sent.set(job.id, job);
  }
  const newestFirst = [...sent.values()].sort((a, b) => b.at - a.at);
  const read = async (job: SentJob): Promise<readonly JobRow[]> => {
    try {
      const row = await ledger.get(job.id);
      if (row !== null) return [row];
      return mayBeQueued(job, clock()) ? [queuedRow(job, batch)] : [];
    } catch (error) {
      onUnreadable(job.id, error);
      return [];
    }
  };
  for (let from = 0; from < newestFirst.length; from += PAGE) {
    yield* (await Promise.all(newestFirst.slice(from, from + PAGE).map(read))).flat();
  }
}
