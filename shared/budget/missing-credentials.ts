import { withHold } from './holds.ts';
import type { BudgetState } from './state.ts';

/**
 * Closes the account because there is nothing to sign a call with. Unlike a refusal by Marketo it costs no job: the
 * hold is there before the first call. Due for a probe at once, so that it ends with the first minute after it is mended.
 */
export function holdMissingCredentials(state: BudgetState, now: number, message: string): BudgetState {
  const earlier = state.holds.credentials;
  if (earlier?.message === message) return state;
  return withHold(state, 'credentials', {
    since: earlier?.since ?? now,
    until: null,
    message,
    probeAt: earlier?.probeAt ?? now,
    openings: earlier?.openings ?? 1,
  });
}
