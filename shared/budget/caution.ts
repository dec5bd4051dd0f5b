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

export const NO_CAUTION: Caution = { level: 0, changedAt: 0 };

/** The level in force now, between 0 and 3. A clock behind the one that raised it sees no decay yet. */
export function cautionLevel(caution: Caution, now: number): number {
  const elapsedMs = Math.max(0, now - caution.changedAt);
  const speed = 1 + elapsedMs / (2 * CAUTION.doublingMs);
  const decayed = caution.level - (elapsedMs / CAUTION.msPerLevel) * speed;
  return Math.min(CAUTION.most, Math.max(0, decayed));
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
