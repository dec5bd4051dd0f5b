import { asciiJson, canonicalJson, sha256Hex } from '../kernel/hash.ts';
import type { OperationInput } from '../marketo/operations/registry.ts';
import type { Job, JobFields } from './job.ts';
import { groupIdOf, orderingKeyOf } from './ordering-key.ts';

/** One message ready for SQS. */
interface JobMessage {
  readonly body: string;
  readonly groupId: string;
  readonly deduplicationId: string;
}

/** The SQS message of a job: ASCII-escaped body, the key's hash as group, an id that SQS drops repeats of for five minutes. */
export function messageFor(job: Job, orderingKey = orderingKeyOf(job)): JobMessage {
  const body = asciiJson(job);
  return { body, groupId: groupIdOf(orderingKey), deduplicationId: deduplicationIdOf(job, body) };
}

/** `text` is the body of the message, or what tells it from an earlier one with the same body. */
export const deduplicationIdOf = (job: Pick<JobFields, 'id' | 'epoch'>, text: string): string =>
  `${job.id}#${job.epoch ?? 0}#${sha256Hex(text).slice(0, 16)}`;

/** What makes two messages of one id the same job: what Marketo would be asked to do, as 16 bytes in hex. */
export const digestOf = (job: Pick<JobFields, 'workspace'> & OperationInput): string =>
  sha256Hex(canonicalJson({ operation: job.operation, params: job.params, workspace: job.workspace })).slice(
    0,
    DIGEST_DIGITS,
  );

export const DIGEST_DIGITS = 32;
