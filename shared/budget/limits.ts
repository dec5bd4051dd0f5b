import type { AccountLimits } from '../config/limits.ts';
import { CAUTION } from './caution.ts';

/** What this queue keeps to: Marketo's limits times the share, less the guard band and the caution. */
export interface EffectiveLimits {
  /** Permits per `windowMs`. */
  readonly calls: number;
  readonly windowMs: number;
  /** Once `unpaced` calls are in the window, no more than `together` permits are given within `paceMs`. */
  readonly unpaced: number;
  readonly together: number;
  readonly paceMs: number;
  readonly slots: number;
  /** Permits per civil day. */
  readonly quota: number;
}

/** Simulated: at exactly 100 per 20 s, network jitter gets 1-14 % of calls rejected; at 99 per 20.25 s, none. */
const GUARD_CALLS = 0.01;
export const GUARD_MS = 250;
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
 * faster than even so that nothing is lost to workers that come late. A burst into a window that somebody else has filled
 * is rejected many times over, a paced call once: with caution they go one by one. Without it, groups of four spare the
 * account's document the writes of eight contending workers.
 */
const UNPACED = 0.5;
const PACING = { calm: { together: 4, pace: 0.7 }, cautious: { together: 1, pace: 0.5 } } as const;

export function effectiveLimits(limits: AccountLimits, caution: number): EffectiveLimits {
  const shared = sharedLimits(limits);
  const windowMs = limits.windowMs + GUARD_MS;
  const calls = narrowed(guarded(shared.calls, GUARD_CALLS), caution * CAUTION.ratePerLevel);
  const slots = narrowed(guarded(shared.slots, GUARD_SLOTS), caution * CAUTION.slotsPerLevel);
  const { together, pace } = caution > 0 ? PACING.cautious : PACING.calm;
  return {
    calls,
    windowMs,
    unpaced: caution > 0 ? 0 : Math.floor(calls * UNPACED),
    together,
    paceMs: (windowMs / calls) * together * pace,
    slots,
    quota: shared.quota,
  };
}

// 0.29 * 100 is 28.999…: a share that was meant to give a whole number gives it.
const wholePart = (limit: number, share: number): number => Math.max(1, Math.floor(limit * share + 1e-9));

const guarded = (limit: number, guard: number): number => Math.max(1, limit - Math.ceil(limit * guard));

const narrowed = (limit: number, less: number): number => Math.max(1, Math.floor(limit * (1 - less) + 1e-9));
