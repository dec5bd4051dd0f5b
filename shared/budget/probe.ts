import { HOUR_MS, MINUTE_MS } from '../kernel/clock.ts';
import {
  holdCredentials,
  isSuspected,
  NO_FAILURES,
  onProbation,
  openUpstream,
  withHold,
  withoutHolds,
} from './holds.ts';
import type { BudgetState, Hold, HoldReason } from './state.ts';

/** The holds whose end only a call can find out. */
export const PROBED_REASONS = ['quota', 'credentials', 'upstream'] as const satisfies readonly HoldReason[];
export type ProbedReason = (typeof PROBED_REASONS)[number];

/** The counter may turn over a little after midnight; a probe a minute later costs nobody anything. */
export const QUOTA_PROBE_MARGIN_MS = 60_000;
/** The reset may come an hour later than believed; until so long after midnight it is looked for often. */
export const LATE_RESET_MS = 2 * HOUR_MS;
export const EARLY_PROBE_MS = 15 * MINUTE_MS;

/** The warden comes each minute, and a probe takes its time: due a minute after the last, the next would be made in every other. */
const SOON_MS = 15_000;

/** The holds that the warden should probe now. */
export function dueProbes(state: BudgetState, now: number): readonly ProbedReason[] {
  return PROBED_REASONS.filter((reason) => {
    const hold = state.holds[reason];
    if (hold === undefined) return isInQuestion(state, reason);
    if (hold.asked === true) return true;
    const soonMs = reason === 'quota' ? 0 : SOON_MS;
    if (hold.probeAt === null || hold.probeAt > now + soonMs) return false;
    // An upstream hold that has run out is still worth a probe while no call has succeeded since.
    return reason !== 'upstream' || hold.until === null || now < hold.until || onProbation(state);
  });
}

/** Nothing is closed, but some jobs fare as if it should be: the probe tells whether it is they or the account. */
function isInQuestion(state: BudgetState, reason: ProbedReason): boolean {
  switch (reason) {
    case 'quota':
      return false;
    case 'credentials':
      return state.provenAt?.credentials !== undefined && state.deniedInRow.length > 0;
    case 'upstream':
      return isSuspected(state);
  }
}

/** When to probe again after a probe failed at `now`. */
function nextProbe(reason: ProbedReason, hold: Hold, now: number): number {
  switch (reason) {
    case 'quota':
      // Before the reset only somebody's question was answered.
      if (hold.until !== null && now < hold.until) return hold.until + QUOTA_PROBE_MARGIN_MS;
      // The quota may also be raised some time in the day.
      return now + (now < (hold.until ?? now) + LATE_RESET_MS ? EARLY_PROBE_MS : HOUR_MS);
    case 'credentials':
      return now + MINUTE_MS;
    case 'upstream':
      return Math.min(now + MINUTE_MS, hold.until ?? Number.POSITIVE_INFINITY);
  }
}

/** A probe that was sent at `sentAt` got a proper answer: the hold it was made for is over, and so is a question. */
export function probeSucceeded(state: BudgetState, reason: ProbedReason, sentAt: number): BudgetState {
  const hold = state.holds[reason];
  if (hold === undefined ? !isInQuestion(state, reason) : sentAt < hold.since) return state;
  const lifted = withoutHolds(state, reason);
  switch (reason) {
    case 'quota':
      return lifted;
    case 'credentials':
      return { ...lifted, deniedInRow: [], provenAt: { ...state.provenAt, credentials: sentAt } };
    case 'upstream':
      return { ...lifted, ...NO_FAILURES, provenAt: { ...state.provenAt, upstream: sentAt } };
  }
}

/** The probe found the hold still justified, or a suspicion right; at its end an upstream hold is opened again, for longer. */
export function probeFailed(
  state: BudgetState,
  reason: ProbedReason,
  now: number,
  message: string,
): BudgetState {
  const hold = state.holds[reason];
  if (hold === undefined) return isInQuestion(state, reason) ? closed(state, reason, now, message) : state;
  if (reason === 'upstream' && hold.until !== null && now >= hold.until)
    return openUpstream(state, now, message);
  const { asked: _answered, ...kept } = hold;
  return withHold(state, reason, { ...kept, message, probeAt: nextProbe(reason, hold, now) });
}

function closed(state: BudgetState, reason: ProbedReason, now: number, message: string): BudgetState {
  switch (reason) {
    case 'quota':
      return state;
    case 'credentials':
      return holdCredentials(state, now, message);
    case 'upstream':
      return openUpstream(state, now, message);
  }
}

/** Whoever raised the quota need not wait for the reset: the warden probes with its next minute. Nothing without such a hold. */
export function askForQuotaProbe(state: BudgetState): BudgetState {
  const hold = state.holds.quota;
  return hold === undefined ? state : withHold(state, 'quota', { ...hold, asked: true });
}
