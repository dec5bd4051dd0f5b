import type { Caution } from './state.ts';

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
  leastRise: 0.25,
  /** After a rate answer the limit becomes this part of the calls that were in the window when it came. */
  keepOfSeen: 0.9,
  /** While cautious, permits keep this part of the even distance: a burst into a full window would be rejected many times over. */
  pace: 0.9,
  /** One level of caution is gone after this long without another throttle answer. */
  msPerLevel: 20 * 60_000,
} as const;

export const NO_CAUTION: Caution = { level: 0, changedAt: 0 };

/** The level in force now, between 0 and 3. A clock behind the one that raised it sees no decay yet. */
export function cautionLevel(caution: Caution, now: number): number {
  const decayed = caution.level - Math.max(0, now - caution.changedAt) / CAUTION.msPerLevel;
  return Math.min(CAUTION.most, Math.max(0, decayed));
}

/**
 * The caution after a throttle answer. `seenPart` is how much of the account's rate this queue itself was using when it
 * came (null if that says nothing): the rest was somebody else's, so the new limit goes below what was seen.
 */
export function raiseCaution(caution: Caution, now: number, seenPart: number | null): Caution {
  const risen = cautionLevel(caution, now) + CAUTION.leastRise;
  const learnt = seenPart === null ? 0 : (1 - seenPart * CAUTION.keepOfSeen) / CAUTION.ratePerLevel;
  return { level: Math.min(CAUTION.most, Math.max(risen, learnt)), changedAt: now };
}
