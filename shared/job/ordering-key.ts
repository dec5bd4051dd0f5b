import { sha256Hex } from '../kernel/hash.ts';
import { leadKeysOf, type OperationInput } from '../marketo/operations/registry.ts';
import type { JobFields } from './job.ts';

/**
 * What keeps jobs in order: the sender's own key, else the one lead the job names (`lead:EMAIL:a@example.com`),
 * else a key of the job's own. Two jobs on many leads have no order, and one lead under two kinds of key is two keys.
 */
export function orderingKeyOf(job: Pick<JobFields, 'id' | 'orderingKey'> & OperationInput): string {
  if (job.orderingKey !== undefined) return job.orderingKey;
  const [lead, ...others] = leadKeysOf(job);
  if (lead === undefined || others.length > 0) return ownKeyOf(job.id);
  return `lead:${lead.type}:${lead.value}`;
}

/** The MessageGroupId: a hash, so that no address stands in queue metrics or access logs. */
export const groupIdOf = (orderingKey: string): string => sha256Hex(orderingKey);

/** The group of a job that a bare sender may or may not have used: only there has it an order with the others of its key. */
export const ownGroupOf = (job: Parameters<typeof orderingKeyOf>[0]): string => groupIdOf(orderingKeyOf(job));

/** The key of a job that has no order with any other. */
export const ownKeyOf = (jobId: string): string => `job:${jobId}`;
