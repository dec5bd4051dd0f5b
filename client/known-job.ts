import type { Job } from '../shared/job/job.ts';
import { isoTime } from '../shared/kernel/clock.ts';
import { isForgotten, type SentJob, shortDigest } from '../shared/ledger/chunks.ts';
import { FORGOTTEN_DIGEST, type JobRow } from '../shared/ledger/row.ts';

/** What is known of an id before a job is sent under it: nothing, the same job, or another one. */
export type KnownJob =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'same' }
  | { readonly kind: 'other'; readonly error: string };

export const UNKNOWN_JOB: KnownJob = { kind: 'unknown' };
const SAME_JOB: KnownJob = { kind: 'same' };

/** The same id with the same contents is the same job, whatever became of it: sending it again would only be acknowledged. */
export function knownByRow(job: Job, digest: string, row: JobRow | null): KnownJob {
  if (row === null) return UNKNOWN_JOB;
  if (row.digest === digest) return SAME_JOB;
  return row.digest === FORGOTTEN_DIGEST ? forgotten(job) : other(job, row.operation, row.enqueuedAt);
}

/** By what a sender wrote down of it. */
export function knownBySend(job: Job, digest: string, sent: SentJob): KnownJob {
  if (sent.digest === shortDigest(digest)) return SAME_JOB;
  return isForgotten(sent) ? forgotten(job) : other(job, sent.operation, sent.at);
}

const forgotten = ({ id }: Job): KnownJob => ({
  kind: 'other',
  error: `the id ${id} belongs to a job that has ended and whose lead was forgotten; a new job wants another id`,
});

/** Told beside that, where the other one stands on the same line of an earlier file and is dead. */
export const correctedInPlace = (batch: string): string =>
  `; that job is dead: for a corrected row of a CSV file to run in its place, "mktq batch failures ${batch} --csv FILE" gives that row with the mktq:id to send it with`;

const other = ({ id }: Job, operation: string, at: number): KnownJob => ({
  kind: 'other',
  error: `the id ${id} belongs to another ${operation} job with other contents, enqueued ${isoTime(at)}; give this one another id, or its batch another name`,
});
