import type { AccountLimits } from '../config/limits.ts';
import { type Cuts, cutLimit } from './pace.ts';

/** What this queue keeps to: Marketo's limits times the share, less the guard band and what throttle answers have cut. */
export interface EffectiveLimits {
  /** Permits per `windowMs`. */
  readonly calls: number;
  readonly windowMs: number;
  /** Once `unpaced` calls are in the window, no more than `together` permits are given within `paceMs`. */
  readonly unpaced: number;
  readonly together: number;
  readonly paceMs: number;
  /** A permit may count from a moment that far ahead: it is used then, and not before. */
  readonly aheadMs: number;
  readonly slots: number;
  /** Permits per civil day. */
  readonly quota: number;
}

/** Simulated: at exactly 100 per 20 s, network jitter gets 1-14 % of calls rejected; at 99 per 20.25 s, none. */
const GUARD_CALLS = 0.01;
const GUARD_MS = 250;
/** One slot of ten stays free: a slot counts as free here when its reply arrives, at Marketo perhaps a moment later. */
const GUARD_SLOTS = 0.1;

/** Marketo's limits times the share: what `mktq status` shows as the limits. Never less than one of anything. */
export function sharedLimits(limits: AccountLimits): { calls: number; slots: number; quota: number } {
  return {
    calls: wholePart(limits.ratePerWindow, limits.share),
    slots: wholePart(limits.concurrency, limits.share),
    quota: wholePart(limits.dailyQuota, limits.share),
  };
}

/**
 * The first half of a window may go in a burst, so that a small batch is done at once; then permits come in small groups,
 * faster than even so that nothing is lost to workers that come late. They are given a second ahead, so that a slow store
 * holds up nobody and one write carries many. At a pace that was cut they go one by one and not ahead: into a window that
 * somebody else has filled, each call that is on its way already is one more rejected.
 */
const UNPACED = 0.5;
export const AHEAD_MS = 1_000;
const PACING = {
  calm: { together: 4, pace: 0.7, aheadMs: AHEAD_MS },
  cut: { together: 1, pace: 0.5, aheadMs: 0 },
} as const;

export function effectiveLimits(limits: AccountLimits, cuts: Cuts, now: number): EffectiveLimits {
  const shared = sharedLimits(limits);
  const windowMs = limits.windowMs + GUARD_MS;
  const usual = usualLimits(limits);
  const calls = cutLimit(cuts.rate, usual.rate, now);
  const isCut = calls < usual.rate;
  const { together, pace, aheadMs } = isCut ? PACING.cut : PACING.calm;
  return {
    calls,
    windowMs,
    unpaced: isCut ? 0 : Math.floor(calls * UNPACED),
    together,
    paceMs: (windowMs / calls) * together * pace,
    aheadMs,
    slots: cutLimit(cuts.slots, usual.slots, now),
    quota: shared.quota,
  };
}

/** Calls per window and calls at once while nothing is cut: the shared limits less the guard band. */
export function usualLimits(limits: AccountLimits): { readonly rate: number; readonly slots: number } {
  const { calls, slots } = sharedLimits(limits);
  return { rate: guarded(calls, GUARD_CALLS), slots: guarded(slots, GUARD_SLOTS) };
}

// 0.29 * 100 is 28.999…: a share that was meant to give a whole number gives it.
const wholePart = (limit: number, share: number): number => Math.max(1, Math.floor(limit * share + 1e-9));

const guarded = (limit: number, guard: number): number => Math.max(1, limit - Math.ceil(limit * guard));
