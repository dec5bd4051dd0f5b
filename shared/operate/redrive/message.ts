import { FORGOTTEN } from '../../deadletter/person.ts';
import type { Job } from '../../job/job.ts';
import { parseJob } from '../../job/parse-job.ts';

export type RedriveJob =
  | { readonly kind: 'job'; readonly job: Job }
  | { readonly kind: 'refused'; readonly message: string };

/**
 * The job that a redrive sends: the kept or edited message without its expiry, and without a notBefore that has passed.
 * It is judged as any message is, because a version in between may have become stricter. `jobId`: the id it must keep.
 */
export function redriveJob(text: string, jobId: string | null, now: number): RedriveJob {
  if (text.includes(FORGOTTEN)) {
    return {
      kind: 'refused',
      message: `it names ${FORGOTTEN}, a lead that was erased; --edit the job without that lead`,
    };
  }
  const parsed = parseJob(text);
  if (parsed.kind === 'malformed') return { kind: 'refused', message: parsed.message };
  const { expiresAt: _dropped, epoch: _set, notBefore, ...job } = parsed.job;
  if (jobId !== null && job.id !== jobId) {
    return {
      kind: 'refused',
      message: `an edited message must keep the id ${jobId}, this one has ${job.id}`,
    };
  }
  const ahead = notBefore !== undefined && Date.parse(notBefore) > now;
  return { kind: 'job', job: ahead ? { ...job, notBefore } : job };
}

export const atEpoch = (job: Job, epoch: number): Job => (epoch === 0 ? job : { ...job, epoch });
