import { onProbation, openUpstream, withHold, withoutHolds } from './holds.ts';
import type { BudgetState, Hold, HoldReason } from './state.ts';

/** The holds whose end only a call can find out. */
export const PROBED_REASONS = ['quota', 'credentials', 'upstream'] as const satisfies readonly HoldReason[];
export type ProbedReason = (typeof PROBED_REASONS)[number];

/** The counter may turn over a little after midnight; a probe a minute later costs nobody anything. */
export const QUOTA_PROBE_MARGIN_MS = 60_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** The reset may come an hour later than believed; until so long after midnight it is looked for often. */
export const LATE_RESET_MS = 2 * HOUR_MS;
export const EARLY_PROBE_MS = 15 * MINUTE_MS;

/** The holds that the warden should probe now. */
export function dueProbes(state: BudgetState, now: number): readonly ProbedReason[] {
  return PROBED_REASONS.filter((reason) => {
    const hold = state.holds[reason];
    if (hold === undefined || hold.probeAt === null || hold.probeAt > now) return false;
    // An upstream hold that has run out is still worth a probe while no call has succeeded since.
    return reason !== 'upstream' || hold.until === null || now < hold.until || onProbation(state);
  });
}

/** When to probe again after a probe failed at `now`. */
function nextProbe(reason: ProbedReason, hold: Hold, now: number): number {
  switch (reason) {
    case 'quota':
      // The quota may also be raised some time in the day.
      return now + (now < (hold.until ?? now) + LATE_RESET_MS ? EARLY_PROBE_MS : HOUR_MS);
    case 'credentials':
      return now + MINUTE_MS;
    case 'upstream':
      return hold.until === null || hold.until <= now
        ? now + MINUTE_MS
        : Math.min(now + MINUTE_MS, hold.until);
  }
}

/** A probe that was sent at `sentAt` got a proper answer: the hold it was made for is over. */
export function probeSucceeded(state: BudgetState, reason: ProbedReason, sentAt: number): BudgetState {
  const hold = state.holds[reason];
  if (hold === undefined || sentAt < hold.since) return state;
  const lifted = withoutHolds(state, reason);
  switch (reason) {
    case 'quota':
      return lifted;
    case 'credentials':
      return { ...lifted, deniedInRow: [] };
    case 'upstream':
      return { ...lifted, failuresInRow: 0 };
  }
}

/** The probe found the hold still justified; at its end an upstream hold is opened again, for longer. */
export function probeFailed(
  state: BudgetState,
  reason: ProbedReason,
  now: number,
  message: string,
): BudgetState {
  const hold = state.holds[reason];
  if (hold === undefined) return state;
  if (reason === 'upstream' && hold.until !== null && now >= hold.until)
    return openUpstream(state, now, message);
  return withHold(state, reason, { ...hold, message, probeAt: nextProbe(reason, hold, now) });
}
