import { describe, expect, test } from 'vitest';
import { budgetFigures, closures, exhaustionForecast, willLast } from '../../../shared/budget/status.ts';
import { LIMITS, NOON, stateWith } from './states.ts';

describe('the status of the budget', () => {
  test('puts the spent quota in its place among the holds', () => {
    const operator = { since: NOON, until: null, message: '', probeAt: null, openings: 1 };
    const holds = { operator, rate: { ...operator, until: NOON + 1 } };
    const order = closures(stateWith({ spent: 10_000, holds }), LIMITS, NOON).map(({ reason }) => reason);
    expect(order).toEqual(['operator', 'quota', 'rate']);
  });

  test('counts a permit that was given ahead from its own moment on', () => {
    const state = stateWith({
      calls: { w1: [NOON - 20_000, NOON - 19_999, NOON], w2: [NOON + 1, NOON + 900] },
    });
    expect(budgetFigures(state, LIMITS, NOON).rate.used).toBe(2);
  });
});

describe('the forecast', () => {
  test('is the moment at which the quota ends at the pace of the day', () => {
    // Twelve hours for 8,000 calls: the other 2,000 last three more.
    expect(exhaustionForecast(stateWith({ spent: 8_000 }), LIMITS, NOON)).toBe(NOON + 3 * 3_600_000);
  });

  test('is nothing if the quota lasts, and now if it is spent', () => {
    expect(exhaustionForecast(stateWith({ spent: 4_000 }), LIMITS, NOON)).toBeNull();
    expect(exhaustionForecast(stateWith(), LIMITS, NOON)).toBeNull();
    expect(exhaustionForecast(stateWith({ spent: 10_000 }), LIMITS, NOON)).toBe(NOON);
  });

  test('is of no account while hardly anything of the quota is gone', () => {
    const early = NOON - 12 * 3_600_000 + 10_000;
    expect(exhaustionForecast(stateWith({ spent: 99 }), LIMITS, early)).not.toBeNull();
    expect(willLast(stateWith({ spent: 99 }), LIMITS, early)).toBe(true);
    expect(willLast(stateWith({ spent: 100 }), LIMITS, early)).toBe(false);
    expect(willLast(stateWith({ spent: 4_000 }), LIMITS, NOON)).toBe(true);
    expect(willLast(stateWith({ spent: 8_000 }), LIMITS, NOON)).toBe(false);
  });
});
