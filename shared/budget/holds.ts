import { type BudgetState, HOLD_REASONS, type Hold, type HoldReason } from './state.ts';

/** A hold as it is shown and obeyed: `until` is when it ends or is tested next, null if only somebody can end it. */
export interface HoldInForce {
  readonly reason: HoldReason;
  readonly since: number;
  readonly until: number | null;
  readonly message: string;
  readonly probeAt: number | null;
}

/**
 * A quota hold ends by a probe. If the warden that should make it is this late, it is taken for dead and the gate opens
 * by itself: the next job then is the probe, and nothing waits for ever.
 */
export const PROBE_OVERDUE_MS = 5 * 60_000;

/** The holds that close the account now, the one that keeps it closed longest first. */
export function holdsInForce(state: BudgetState, now: number): readonly HoldInForce[] {
  return HOLD_REASONS.flatMap((reason) => {
    const hold = state.holds[reason];
    return hold === undefined || !isInForce(reason, hold, now) ? [] : [shown(reason, hold, now)];
  }).sort(longestFirst);
}

function isInForce(reason: HoldReason, hold: Hold, now: number): boolean {
  if (reason === 'quota' && hold.probeAt !== null) return now < hold.probeAt + PROBE_OVERDUE_MS;
  return hold.until === null || now < hold.until;
}

/** Past its reset a quota hold lasts to its next probe, and while that is under way a little longer. */
function shown(reason: HoldReason, hold: Hold, now: number): HoldInForce {
  const { since, message, probeAt } = hold;
  const until =
    hold.until === null || hold.until > now ? hold.until : Math.max(probeAt ?? hold.until, now + 30_000);
  return { reason, since, until, message, probeAt };
}

function longestFirst(a: HoldInForce, b: HoldInForce): number {
  if (a.until === b.until) return rank(b.reason) - rank(a.reason);
  if (a.until === null) return -1;
  return b.until === null ? 1 : b.until - a.until;
}

/** Of two without an end, the operator's own comes first: it is the one that a person must lift. */
const rank = (reason: HoldReason): number => HOLD_REASONS.indexOf(reason);

export const withHold = (state: BudgetState, reason: HoldReason, hold: Hold): BudgetState => ({
  ...state,
  holds: { ...state.holds, [reason]: hold },
});

export function withoutHolds(state: BudgetState, ...reasons: readonly HoldReason[]): BudgetState {
  const kept = HOLD_REASONS.flatMap((reason) => {
    const hold = state.holds[reason];
    return hold === undefined || reasons.includes(reason) ? [] : [[reason, hold] as const];
  });
  return { ...state, holds: Object.fromEntries(kept) };
}

/** The operator's hold: no end, no probe. Pausing twice keeps the first moment. */
export function pause(state: BudgetState, now: number, message: string): BudgetState {
  if (state.holds.operator !== undefined) return state;
  return withHold(state, 'operator', { since: now, until: null, message, probeAt: null, openings: 1 });
}

/** Ends what a person can judge to be over; never `quota`, which only Marketo can judge, and `rate` ends by itself. */
export function resume(state: BudgetState): BudgetState {
  return { ...withoutHolds(state, 'operator', 'credentials', 'upstream'), failuresInRow: 0, deniedInRow: [] };
}

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

/** This many failures in a row across the account are not the jobs' fault any more. */
const FAILURES_OPEN = 5;
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
