import { asciiJson, canonicalJson, sha256Hex, shortHash } from '../kernel/hash.ts';
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
export function messageFor(job: Job): JobMessage {
  const body = asciiJson(job);
  return { body, groupId: groupIdOf(orderingKeyOf(job)), deduplicationId: deduplicationIdOf(job, body) };
}

export const deduplicationIdOf = (job: Pick<JobFields, 'id' | 'epoch'>, body: string): string =>
  `${job.id}#${job.epoch ?? 0}#${sha256Hex(body).slice(0, 16)}`;

/** What makes two messages of one id the same job: what Marketo would be asked to do, as 16 bytes in base64. */
export const digestOf = (job: Pick<JobFields, 'workspace'> & OperationInput): string =>
  shortHash(canonicalJson({ operation: job.operation, params: job.params, workspace: job.workspace }));
