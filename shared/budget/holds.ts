import { MINUTE_MS } from '../kernel/clock.ts';
import { sha256Hex } from '../kernel/hash.ts';
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
 * The holds of quota and credentials end by a probe. If the warden that should make it is this late, it is taken for dead and
 * the gate opens by itself: the next job then is the probe, and nothing waits for ever.
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
  const endsByProbe = reason === 'quota' || reason === 'credentials';
  if (endsByProbe && hold.probeAt !== null) return now < hold.probeAt + PROBE_OVERDUE_MS;
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
  return { ...withoutHolds(state, 'operator', 'credentials', 'upstream'), ...NO_FAILURES, deniedInRow: [] };
}

/**
 * Closes the account because there is nothing to sign a call with. Unlike a refusal by Marketo it costs no job: the
 * hold is there before the first call. Due for a probe at once, so that it ends with the first minute after it is mended.
 */
export function holdMissingCredentials(state: BudgetState, now: number, message: string): BudgetState {
  const earlier = state.holds.credentials;
  const isWatched = earlier !== undefined && now < (earlier.probeAt ?? now) + PROBE_OVERDUE_MS / 2;
  if (earlier?.message === message && isWatched) return state;
  return withHold(state, 'credentials', {
    since: earlier?.since ?? now,
    until: null,
    message,
    // Without credentials no probe is made: a hold that is looked at again counts as one that was probed.
    probeAt: isWatched ? earlier.probeAt : now,
    openings: earlier?.openings ?? 1,
  });
}

const CREDENTIALS_PROBE_MS = 60_000;

/** Marketo refuses who asks. One that stands is not made longer, but its probe is awaited again if it was overdue. */
export function holdCredentials(state: BudgetState, now: number, message: string): BudgetState {
  const earlier = state.holds.credentials;
  const isWatched = earlier !== undefined && now < (earlier.probeAt ?? now) + PROBE_OVERDUE_MS;
  return withHold(state, 'credentials', {
    since: earlier?.since ?? now,
    until: null,
    message,
    probeAt: isWatched ? (earlier.probeAt ?? now) : now + CREDENTIALS_PROBE_MS,
    openings: (earlier?.openings ?? 0) + 1,
  });
}

/** This many failures in a row across the account, from this many jobs, are not the jobs' fault any more. */
const FAILURES_OPEN = 5;
export const LONGEST_UPSTREAM_MS = 15 * MINUTE_MS;
const PEACE_MS = 60 * MINUTE_MS;

const JOBS_OPEN = 3;
/** Kept of a row; as many as could count towards it. */
const MOST_CALLS_KEPT = FAILURES_OPEN;
/** A call of more jobs than this shares none only by chance: it counts in the row, and never as one of three. */
const MOST_JOBS_KEPT = 30;
const DIGEST_LENGTH = 6;

/** No call of the account has failed since the last that was answered. */
export const NO_FAILURES = { failuresInRow: 0, failedCalls: [] } as const;

/** The row of failures has not been broken by a reply yet: after the hold, one call at a time finds out. */
export const onProbation = (state: BudgetState): boolean =>
  isFailing(state) && state.holds.upstream !== undefined;

/** A row that may be one job's own: nothing is closed or narrowed for it, and a probe finds out. */
export const isSuspected = (state: BudgetState): boolean =>
  isFailing(state) && state.holds.upstream === undefined;

const isFailing = (state: BudgetState): boolean => state.failuresInRow >= FAILURES_OPEN;

/** One more call that failed. `oncePerJob`: not if one of its jobs is in the row already. */
export function withFailure(state: BudgetState, jobIds: readonly string[], oncePerJob: boolean): BudgetState {
  const calls = state.failedCalls ?? [];
  const digests = new Set(jobIds.map((jobId) => sha256Hex(jobId).slice(0, DIGEST_LENGTH)));
  const isKnown = calls.some((call) => digestsOf(call).some((digest) => digests.has(digest)));
  if (isKnown && oncePerJob) return state;
  const counts =
    !isKnown && digests.size > 0 && digests.size <= MOST_JOBS_KEPT && calls.length < MOST_CALLS_KEPT;
  return {
    ...state,
    failuresInRow: state.failuresInRow + 1,
    failedCalls: counts ? [...calls, [...digests].join('')] : calls,
  };
}

const digestsOf = (call: string): readonly string[] =>
  Array.from({ length: call.length / DIGEST_LENGTH }, (_, i) =>
    call.slice(i * DIGEST_LENGTH, (i + 1) * DIGEST_LENGTH),
  );

/** Five in a row, of which three have no job in common: no single job explains them. */
export const isEvidence = (state: BudgetState): boolean =>
  isFailing(state) && (state.failedCalls ?? []).length >= JOBS_OPEN;

/** Closed for refused credentials, and nobody has probed: one call at a time stands in for the probe. */
export const isUnprobed = (state: BudgetState, now: number): boolean => {
  const hold = state.holds.credentials;
  return hold !== undefined && hold.probeAt !== null && !isInForce('credentials', hold, now);
};

/** One minute, doubled by each opening within an hour of the last, up to fifteen. */
export function openUpstream(state: BudgetState, now: number, message: string): BudgetState {
  const again = state.upstreamOpenedAt !== null && now - state.upstreamOpenedAt <= PEACE_MS;
  const openings = again ? state.upstreamOpenings + 1 : 1;
  const lengthMs = Math.min(LONGEST_UPSTREAM_MS, MINUTE_MS * 2 ** (openings - 1));
  const hold = { since: now, until: now + lengthMs, message, probeAt: now + MINUTE_MS, openings };
  return {
    ...withHold(state, 'upstream', hold),
    failuresInRow: Math.max(state.failuresInRow, FAILURES_OPEN),
    upstreamOpenedAt: now,
    upstreamOpenings: openings,
  };
}
