import { isUnsafe } from '../marketo/operations/registry.ts';
import type { Call } from '../marketo/transport.ts';
import type { Claimed } from './claim.ts';

/** A call and the jobs it carries, in the order of their records in it. */
export interface PlannedCall {
  readonly call: Call;
  readonly jobs: readonly [Claimed, ...Claimed[]];
}

/** Jobs -> calls. Today every job travels alone; compatible ones may share a call later, which is why a call has a list. */
export const planCalls = (jobs: readonly Claimed[]): readonly PlannedCall[] =>
  jobs.map((claimed) => ({
    call: {
      operation: claimed.job.operation,
      params: claimed.job.params,
      workspace: claimed.job.workspace ?? null,
      unsafe: isUnsafe(claimed.job.operation, claimed.job.params),
    },
    jobs: [claimed],
  }));
