import { describe, expect, test } from 'vitest';
import { effectiveLimits, sharedLimits, usualLimits } from '../../../shared/budget/limits.ts';
import { PACE } from '../../../shared/budget/pace.ts';
import { LIMITS, NOON } from './states.ts';

describe('the limits in effect', () => {
  test('are 99 per 20.25 s with 9 slots for 100 per 20 s with 10', () => {
    expect(effectiveLimits(LIMITS, {}, NOON)).toMatchObject({
      calls: 99,
      windowMs: 20_250,
      slots: 9,
      quota: 10_000,
    });
  });

  test('are never less than one call and one slot, at the deepest cut and the smallest share', () => {
    const least = { ...LIMITS, ratePerWindow: 1, concurrency: 1, share: 0.01 };
    const cut = { left: 1, at: NOON };
    expect(effectiveLimits(least, {}, NOON)).toMatchObject({ calls: 1, slots: 1 });
    expect(effectiveLimits(least, { rate: cut, slots: cut }, NOON)).toMatchObject({ calls: 1, slots: 1 });
  });

  test('are what a cut has left of them and time has given back, each for itself', () => {
    const cuts = { rate: { left: 60, at: NOON }, slots: { left: 4, at: NOON } };
    expect(effectiveLimits(LIMITS, cuts, NOON)).toMatchObject({ calls: 60, slots: 4 });
    expect(effectiveLimits(LIMITS, cuts, NOON + 3 * PACE.growMs)).toMatchObject({ calls: 63, slots: 7 });
    expect(effectiveLimits(LIMITS, { rate: cuts.rate }, NOON)).toMatchObject({ calls: 60, slots: 9 });
  });

  test('are the usual ones while nothing is cut', () => {
    expect(usualLimits(LIMITS)).toEqual({ rate: 99, slots: 9 });
  });

  test('shown to people are those of Marketo times the share, exact for a share that divides them', () => {
    expect(sharedLimits({ ...LIMITS, share: 0.29 })).toEqual({ calls: 29, slots: 2, quota: 2_900 });
    expect(sharedLimits(LIMITS)).toEqual({ calls: 100, slots: 10, quota: 10_000 });
  });
});

describe('the pace', () => {
  test('of a calm account are groups of four, faster than even, once half of the window is spent', () => {
    const { unpaced, together, paceMs, aheadMs } = effectiveLimits(LIMITS, {}, NOON);
    expect({ unpaced, together, aheadMs }).toEqual({ unpaced: 49, together: 4, aheadMs: 1_000 });
    expect(paceMs).toBeCloseTo((20_250 / 99) * 4 * 0.7);
  });

  test('that was cut is one call at a time from the first on, none ahead, until it is whole again', () => {
    const cuts = { rate: { left: 98, at: NOON } };
    const { calls, unpaced, together, paceMs, aheadMs } = effectiveLimits(LIMITS, cuts, NOON);
    expect({ unpaced, together, aheadMs }).toEqual({ unpaced: 0, together: 1, aheadMs: 0 });
    expect(paceMs).toBeCloseTo((20_250 / calls) * 0.5);
    expect(effectiveLimits(LIMITS, cuts, NOON + PACE.growMs)).toMatchObject({ unpaced: 49, together: 4 });
  });

  test('is as usual where only slots were cut', () => {
    expect(effectiveLimits(LIMITS, { slots: { left: 1, at: NOON } }, NOON).together).toBe(4);
  });
});
