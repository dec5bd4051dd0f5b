import { RETENTION_S } from '../config/limits.ts';
import type { Job } from '../job/job.ts';
import type { Documents } from '../kernel/document.ts';
import { sha256Hex } from '../kernel/hash.ts';
import type { OperationName } from '../marketo/operations/registry.ts';

/** Consecutive lines of a file that share a chunk: a write for so many jobs is nothing beside running one. */
export const CHUNK_LINES = 300;

/** Files of one batch whose rows have ids of their own share its chunks by line: past this a chunk takes no more of them. */
const MOST_JOBS = 4 * CHUNK_LINES;

/** SQS keeps no message longer: what no row tells of after that is neither in the queue nor anywhere else. */
const QUEUE_AGE_MS = RETENTION_S * 1_000;

/** Of a job whose person was forgotten: no contents have it. */
const FORGOTTEN_SHORT_DIGEST = '';

/** Jobs of one batch that the queue has acknowledged, and that have no row before a worker takes them. */
export interface Chunk {
  readonly jobs: readonly SentJob[];
}

export interface SentJob {
  readonly id: string;
  /** The first 8 bytes of the job's digest, in hex; empty once its person was forgotten. */
  readonly digest: string;
  readonly operation: OperationName;
  /** When the queue acknowledged it, epoch ms. */
  readonly at: number;
}

/** The chunks of all batches. An id of the documents comes from `lineChunkId` or `looseChunkId`. */
export interface Chunks extends Documents<Chunk> {
  /** Every chunk of a batch, strongly consistent, in no order. */
  ofBatch(batch: string): AsyncIterable<Chunk>;
  /** The ids of all chunks there are (`mktq forget`). */
  ids(): AsyncIterable<string>;
}

/** The id that a line of a file gets in a batch: a second run of the file finds by it what is enqueued already. */
export const lineIdOf = (batch: string, line: number): string => `${batch}-${line}`;

/** The batch and the line that such an id says; null for an id of another make. */
export function lineOf(jobId: string): { readonly batch: string; readonly line: number } | null {
  const [, batch, line] = /^(.+)-([1-9]\d{0,14}|0)$/.exec(jobId) ?? [];
  return batch === undefined || line === undefined ? null : { batch, line: Number(line) };
}

/**
 * A batch in a key. Whatever could be the beginning of an id stands as it is, so that a policy can name it; any other name, which
 * may be as long as its sender likes and hold an address, is hashed.
 */
export const batchKey = (batch: string): string =>
  /^[A-Za-z0-9._-]{1,100}$/.test(batch) ? batch : `#${sha256Hex(batch)}`;

export const lineChunkId = (batch: string, line: number): string =>
  `${batchKey(batch)}/line-${Math.floor(line / CHUNK_LINES)}`;

/** For jobs that stand on no line: their ids say which chunk it is, so that a repeat of the same send changes nothing. */
export const looseChunkId = (batch: string, jobs: readonly Pick<SentJob, 'id'>[]): string =>
  `${batchKey(batch)}/ids-${sha256Hex(jobs.map(({ id }) => id).join(' ')).slice(0, 32)}`;

/** `digest` is the job's whole one. */
export const sentJob = (job: Pick<Job, 'id' | 'operation'>, digest: string, at: number): SentJob => ({
  id: job.id,
  digest: shortDigest(digest),
  operation: job.operation,
  at,
});

export const shortDigest = (digest: string): string => digest.slice(0, 16);

/**
 * The chunk with these jobs in it; a job sent again takes the place of its older self. `left` are those for which it has no room.
 * The chunk is null where nothing changes.
 */
export function withJobs(
  stored: Chunk | null,
  sent: readonly SentJob[],
): { readonly chunk: Chunk | null; readonly left: readonly SentJob[] } {
  const jobs = new Map(stored?.jobs.map((job) => [job.id, job]));
  const left: SentJob[] = [];
  let changes = 0;
  for (const job of sent) {
    const known = jobs.get(job.id);
    if (known === undefined && jobs.size >= MOST_JOBS) left.push(job);
    else if (known === undefined || known.at < job.at) {
      jobs.set(job.id, job);
      changes += 1;
    }
  }
  return { chunk: changes === 0 ? null : { jobs: [...jobs.values()] }, left };
}

/** Past its time in the queue only a row can tell of a job. */
export const mayBeQueued = ({ at }: SentJob, now: number): boolean => now - at < QUEUE_AGE_MS;

export const isForgotten = ({ digest }: SentJob): boolean => digest === FORGOTTEN_SHORT_DIGEST;

/**
 * The chunk without the digests of these jobs, nor of any that has outlived the queue: those serve nobody any more, and
 * whose rows have expired could not be found by a person. Null if there are none.
 */
export function withoutDigests(chunk: Chunk, jobIds: ReadonlySet<string>, now: number): Chunk | null {
  const isToGo = (job: SentJob): boolean =>
    !isForgotten(job) && (jobIds.has(job.id) || !mayBeQueued(job, now));
  if (!chunk.jobs.some(isToGo)) return null;
  return {
    jobs: chunk.jobs.map((job) => (isToGo(job) ? { ...job, digest: FORGOTTEN_SHORT_DIGEST } : job)),
  };
}

/** When the queue took the last of it, epoch ms; 0 for an empty one. */
export const lastSentAt = ({ jobs }: Chunk): number =>
  jobs.reduce((latest, { at }) => Math.max(latest, at), 0);

/** How long a chunk stays after the last send into it: as long as a row can that ends on its last day in the queue. */
export const chunkKeepMs = (retentionMs: number): number => retentionMs + QUEUE_AGE_MS;
