import { describe, expect, test } from 'vitest';
import {
  CAUTION,
  cautionLevel,
  effectiveLimits,
  raiseCaution,
  sharedLimits,
} from '../../../shared/budget/limits.ts';
import { LIMITS, NOON } from './states.ts';

describe('the limits in effect', () => {
  test('are 99 per 20.25 s with 9 slots for 100 per 20 s with 10', () => {
    expect(effectiveLimits(LIMITS, 0)).toMatchObject({
      calls: 99,
      windowMs: 20_250,
      slots: 9,
      quota: 10_000,
    });
  });

  test('are never less than one call and one slot, at the most caution and the smallest share', () => {
    for (const caution of [0, 1, 2, 3]) {
      const limits = effectiveLimits({ ...LIMITS, ratePerWindow: 1, concurrency: 1, share: 0.01 }, caution);
      expect(limits).toMatchObject({ calls: 1, slots: 1 });
    }
  });

  test('narrow with each level of caution', () => {
    const calls = [0, 1, 2, 3].map((caution) => effectiveLimits(LIMITS, caution).calls);
    const slots = [0, 1, 2, 3].map((caution) => effectiveLimits(LIMITS, caution).slots);
    expect(calls).toEqual([...calls].sort((a, b) => b - a));
    expect(new Set(calls).size).toBe(4);
    expect(slots).toEqual([...slots].sort((a, b) => b - a));
    expect(slots[3]).toBeLessThan(slots[0] ?? 0);
  });

  test('shown to people are those of Marketo times the share, exact for a share that divides them', () => {
    expect(sharedLimits({ ...LIMITS, share: 0.29 })).toEqual({ calls: 29, slots: 2, quota: 2_900 });
    expect(sharedLimits(LIMITS)).toEqual({ calls: 100, slots: 10, quota: 10_000 });
  });
});

describe('caution', () => {
  test('rises with a throttle answer, up to 3, and goes with time', () => {
    let caution = { level: 0, changedAt: 0 };
    for (let i = 0; i < 50; i += 1) caution = raiseCaution(caution, NOON, null);
    expect(cautionLevel(caution, NOON)).toBe(CAUTION.most);
    expect(cautionLevel(caution, NOON + 24 * 3_600_000)).toBe(0);
    expect(cautionLevel(caution, NOON - 60_000)).toBe(CAUTION.most);
  });

  test('goes below what was in the window when the throttle answer came', () => {
    const raised = raiseCaution({ level: 0, changedAt: 0 }, NOON, 0.6);
    const { calls } = effectiveLimits(LIMITS, cautionLevel(raised, NOON));
    expect(calls).toBeLessThan(60);
    expect(calls).toBeGreaterThan(45);
  });
});

describe('the pace', () => {
  test('of a calm account are groups of four, faster than even, once half of the window is spent', () => {
    const { unpaced, together, paceMs } = effectiveLimits(LIMITS, 0);
    expect({ unpaced, together }).toEqual({ unpaced: 49, together: 4 });
    expect(paceMs).toBeCloseTo((20_250 / 99) * 4 * 0.7);
  });

  test('with any caution is one call at a time from the first on', () => {
    const { calls, unpaced, together, paceMs } = effectiveLimits(LIMITS, 0.01);
    expect({ unpaced, together }).toEqual({ unpaced: 0, together: 1 });
    expect(paceMs).toBeCloseTo((20_250 / calls) * 0.5);
  });
});

test('a throttle answer is not the first one from a level of a half on', () => {
  const raised = (level: number) => raiseCaution({ level, changedAt: NOON }, NOON, 0.7).level;
  expect(raised(0.5)).toBeCloseTo((1 - 0.7 * CAUTION.keepOfSeen) / CAUTION.ratePerLevel);
  expect(raised(0.499)).toBeCloseTo((1 - 0.7 * CAUTION.keepAtFirst) / CAUTION.ratePerLevel);
});
