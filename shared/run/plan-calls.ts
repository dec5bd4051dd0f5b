import { inputOf, isUnsafe } from '../marketo/operations/registry.ts';
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
      ...inputOf(claimed.job),
      workspace: claimed.job.workspace ?? null,
      unsafe: isUnsafe(claimed.job),
    },
    jobs: [claimed],
  }));
