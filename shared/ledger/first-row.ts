import type { Job } from '../job/job.ts';
import { digestOf } from '../job/message.ts';
import { orderingKeyOf } from '../job/ordering-key.ts';
import type { RowContent } from './change-row.ts';

/** A row for a job that has none. `seen.enqueuedAt` (epoch ms) is used where the sender named no time. */
export const firstRow = (
  job: Job,
  seen: { readonly sequenceNumber: string | null; readonly enqueuedAt: number },
): RowContent => ({
  jobId: job.id,
  epoch: job.epoch ?? 0,
  operation: job.operation,
  digest: digestOf(job),
  orderingKey: orderingKeyOf(job),
  batch: job.batch ?? null,
  enqueuedAt: job.enqueuedAt === undefined ? seen.enqueuedAt : Date.parse(job.enqueuedAt),
  sequenceNumber: seen.sequenceNumber,
  attempts: [],
  attemptsDropped: 0,
  counted: 0,
  starts: 0,
  state: { kind: 'queued' },
  lateOutcome: null,
  deleteAt: null,
});
