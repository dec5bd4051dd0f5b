import { describe, expect, test } from 'vitest';
import { CLOCK_SPREAD_MS, clockOffsets } from '../../../shared/budget/call-log.ts';
import { NOON } from './states.ts';

const KEPT_MS = 300_000;

describe('what a worker learns of the others’ clocks', () => {
  test('is the least time between a call and its reading, and never of its own', () => {
    const offsets = clockOffsets('own', KEPT_MS);
    offsets.observe({ own: [NOON], other: [NOON - 500, NOON - 40] }, NOON);
    offsets.observe({ other: [NOON + 70] }, NOON + 100);
    offsets.observe({ other: [NOON + 70] }, NOON + 900);
    expect(offsets.aheadOf()).toEqual({ other: 30 });
  });

  test('is never more than clocks may be apart', () => {
    const offsets = clockOffsets('own', KEPT_MS);
    offsets.observe({ late: [NOON - 9_000], early: [NOON + 9_000] }, NOON);
    expect(offsets.aheadOf()).toEqual({ late: CLOCK_SPREAD_MS, early: -CLOCK_SPREAD_MS });
  });

  test('is forgotten after at most twice the time it is kept', () => {
    const offsets = clockOffsets('own', KEPT_MS);
    offsets.observe({ other: [NOON - 30] }, NOON);
    offsets.observe({}, NOON + KEPT_MS + 1);
    expect(offsets.aheadOf()).toEqual({ other: 30 });
    offsets.observe({}, NOON + 2 * (KEPT_MS + 1));
    expect(offsets.aheadOf()).toEqual({});
  });

  test('is nothing with the policy off', () => {
    const offsets = clockOffsets('own', null);
    offsets.observe({ other: [NOON - 30] }, NOON);
    expect(offsets.aheadOf()).toEqual({});
  });
});
