import type { AccountLimits } from '../config/limits.ts';
import type { Caution } from './state.ts';

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

/**
 * The one controller for capacity that somebody else uses. A throttle answer raises the level, time lowers it, and the
 * level narrows rate and slots. All its numbers are here; bench/budget.ts is where they were tuned.
 */
export const CAUTION = {
  most: 3,
  /** What one level takes off the rate and off the slots: level 3 leaves 28 % of the rate and one slot in four. */
  ratePerLevel: 0.24,
  slotsPerLevel: 0.24,
  /** A throttle answer raises the level by at least this much. */
  leastRise: 0.1,
  /**
   * After a rate answer the limit becomes this part of the calls that were in the window when it came. Less at the
   * first one: then the other's calls may not all have been in the window yet.
   */
  keepOfSeen: 0.93,
  keepAtFirst: 0.92,
  /** Below this level a throttle answer is the first one. */
  alertFrom: 0.5,
  /**
   * Caution goes slowly at first, since whoever was there is likely to be there still, then faster and faster: this is
   * the time to lose one level at the first speed, and the time after which the speed has doubled.
   */
  msPerLevel: 60 * 60_000,
  doublingMs: 5 * 60_000,
} as const;

/** The level in force now, between 0 and 3. A clock behind the one that raised it sees no decay yet. */
export function cautionLevel(caution: Caution, now: number): number {
  const elapsedMs = Math.max(0, now - caution.changedAt);
  const speed = 1 + elapsedMs / (2 * CAUTION.doublingMs);
  const decayed = caution.level - (elapsedMs / CAUTION.msPerLevel) * speed;
  return Math.min(CAUTION.most, Math.max(0, decayed));
}

/** When a level that nothing raises again has decayed to none: the root of what `cautionLevel` takes off. */
export function cautionEndsAt({ level, changedAt }: Caution): number {
  const { doublingMs, msPerLevel } = CAUTION;
  return changedAt + doublingMs * (Math.sqrt(1 + (2 * level * msPerLevel) / doublingMs) - 1);
}

/**
 * The caution after a throttle answer. `seenPart` is how much of the account's rate this queue itself was using when it
 * came (null if that says nothing): the rest was somebody else's, so the new limit goes below what was seen.
 */
export function raiseCaution(caution: Caution, now: number, seenPart: number | null): Caution {
  const level = cautionLevel(caution, now);
  const risen = level + CAUTION.leastRise;
  const keep = level < CAUTION.alertFrom ? CAUTION.keepAtFirst : CAUTION.keepOfSeen;
  const learnt = seenPart === null ? 0 : (1 - seenPart * keep) / CAUTION.ratePerLevel;
  return { level: Math.min(CAUTION.most, Math.max(risen, learnt)), changedAt: now };
}
