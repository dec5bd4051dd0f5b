import type { Job } from '../shared/job/job.ts';
import { digestOf } from '../shared/job/message.ts';
import { isoTime } from '../shared/kernel/clock.ts';
import type { JobRow } from '../shared/ledger/row.ts';

/** What the ledger says about an id before a job is sent under it: nothing, the same job, or another one. */
export type KnownJob =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'same' }
  | { readonly kind: 'other'; readonly error: string };

/** The same id with the same contents is the same job, whatever became of it: sending it again would only be acknowledged. */
export function knownJob(job: Job, row: JobRow | null): KnownJob {
  if (row === null) return { kind: 'unknown' };
  if (row.digest === digestOf(job)) return { kind: 'same' };
  const error = `the id ${job.id} belongs to another ${row.operation} job with other contents, enqueued ${isoTime(row.enqueuedAt)}; give this one another id, or its batch another name`;
  return { kind: 'other', error };
}
