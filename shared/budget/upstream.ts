import { withHold } from './holds.ts';
import type { BudgetState } from './state.ts';

/** This many failures in a row across the account are not the jobs' fault any more. */
export const FAILURES_OPEN = 5;
const MINUTE_MS = 60_000;
const LONGEST_MS = 15 * MINUTE_MS;
const PEACE_MS = 60 * MINUTE_MS;

/** The row of failures has not been broken by a reply yet: after the hold, one call at a time finds out. */
export const onProbation = (state: BudgetState): boolean => state.failuresInRow >= FAILURES_OPEN;

/** One minute, doubled by each opening within an hour of the last, up to fifteen. */
export function openUpstream(state: BudgetState, now: number, message: string): BudgetState {
  const again = state.upstreamOpenedAt !== null && now - state.upstreamOpenedAt <= PEACE_MS;
  const openings = again ? state.upstreamOpenings + 1 : 1;
  const lengthMs = Math.min(LONGEST_MS, MINUTE_MS * 2 ** (openings - 1));
  const hold = { since: now, until: now + lengthMs, message, probeAt: now + MINUTE_MS, openings };
  return {
    ...withHold(state, 'upstream', hold),
    failuresInRow: Math.max(state.failuresInRow, FAILURES_OPEN),
    upstreamOpenedAt: now,
    upstreamOpenings: openings,
  };
}
