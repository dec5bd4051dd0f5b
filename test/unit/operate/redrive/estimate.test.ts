import { describe, expect, test } from 'vitest';
import { initialState } from '../../../../shared/budget/state.ts';
import { estimateRedrive, readEstimate } from '../../../../shared/operate/redrive/estimate.ts';
import { NOON } from '../../../support/letters.ts';
import { operateWorld } from '../../../support/operate.ts';

const LIMITS = { ratePerWindow: 100, windowMs: 20_000, concurrency: 10, dailyQuota: 1_000, share: 1 };
const MIDNIGHT = Date.parse('2026-11-23T06:00:00Z');
const state = { ...initialState(NOON), spent: 400 };

describe('estimateRedrive', () => {
  test('divides the calls by the rate while they fit into today', () => {
    const estimate = estimateRedrive(99, state, LIMITS, NOON);
    expect(estimate).toMatchObject({ calls: 99, left: 600, quota: 1_000, hold: null });
    expect(estimate.doneAt).toBe(NOON + 20_250);
  });

  test('goes on after midnight in Chicago with what today does not hold', () => {
    const { doneAt } = estimateRedrive(601, state, LIMITS, NOON);
    expect(doneAt).toBeGreaterThan(MIDNIGHT);
    expect(doneAt).toBeLessThan(MIDNIGHT + 10_000);
    expect(estimateRedrive(1_601, state, LIMITS, NOON).doneAt).toBeGreaterThan(MIDNIGHT + 86_400_000);
  });

  test('begins after a hold, and with a new quota if that ends tomorrow', () => {
    const hold = {
      since: NOON,
      until: MIDNIGHT + 60_000,
      message: '',
      probeAt: MIDNIGHT + 60_000,
      openings: 1,
    };
    const held = estimateRedrive(10, { ...state, holds: { quota: hold } }, LIMITS, NOON);
    expect(held).toMatchObject({ left: 0, hold: { reason: 'quota', until: MIDNIGHT + 60_000 } });
    expect(held.doneAt).toBe(MIDNIGHT + 60_000 + Math.ceil((10 / 99) * 20_250));
  });

  test('cannot tell while a hold has no end', () => {
    const hold = { since: NOON, until: null, message: '', probeAt: null, openings: 1 };
    expect(estimateRedrive(10, { ...state, holds: { operator: hold } }, LIMITS, NOON)).toMatchObject({
      doneAt: null,
      hold: { reason: 'operator', until: null },
    });
  });

  test('does not count yesterday’s calls', () => {
    expect(estimateRedrive(1, state, LIMITS, NOON + 86_400_000).left).toBe(1_000);
  });
});

test('the last call that is left of today is made today', () => {
  const { doneAt } = estimateRedrive(600, state, LIMITS, NOON);
  expect(doneAt).toBe(NOON + Math.ceil((600 / 99) * 20_250));
});

test('an account that nothing was ever written of has its whole quota', async () => {
  const { budgetStore } = operateWorld().ports;
  const estimate = await readEstimate({ budgetStore, limits: LIMITS, clock: () => NOON }, 99);
  expect(estimate).toEqual(estimateRedrive(99, initialState(NOON), LIMITS, NOON));
});
