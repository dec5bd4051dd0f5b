import { describe, expect, test } from 'vitest';
import { closures } from '../../../shared/budget/status.ts';
import { budgetJson } from '../../../shared/operate/budget-json.ts';
import { LIMITS, MIDNIGHT, NOON, stateWith } from '../budget/states.ts';

describe('the status of the budget', () => {
  const busy = stateWith({
    spent: 120,
    carried: 1_500,
    calls: { one: [NOON - 20_000, NOON - 19_999], two: [NOON] },
    leases: { running: { until: NOON + 1, stamp: { worker: 'two', at: NOON } }, expired: { until: NOON } },
  });

  test('shows the limits times the share, and what is used of them', () => {
    expect(budgetJson('default', busy, { ...LIMITS, share: 0.5 }, NOON)).toEqual({
      account: 'default',
      day: '2026-11-23',
      others: null,
      spent: 120,
      jobsPerCall: 12.5,
      limit: 5_000,
      left: 4_880,
      resetsAt: '2026-11-24T06:00:00.000Z',
      rate: { used: 2, limit: 50, windowMs: 20_000 },
      slots: { used: 1, limit: 5 },
      hold: null,
      holds: [],
    });
  });

  test('shows the hold that lasts longest, and all of them', () => {
    const operator = { since: NOON, until: null, message: 'by hand', probeAt: null, openings: 1 };
    const rate = { ...operator, until: NOON + 20_000 };
    const status = budgetJson('default', stateWith({ holds: { rate, operator } }), LIMITS, NOON);
    expect(status.hold).toEqual({ reason: 'operator', until: null, since: '2026-11-23T18:00:00.000Z' });
    expect(status.holds.map(({ reason }) => reason)).toEqual(['operator', 'rate']);
  });

  test('shows a quota hold when our own count is spent, and none a call before', () => {
    expect(budgetJson('default', stateWith({ spent: 10_000 }), LIMITS, NOON)).toMatchObject({
      left: 0,
      hold: { reason: 'quota', until: '2026-11-24T06:00:00.000Z' },
    });
    expect(closures(stateWith({ spent: 9_999 }), LIMITS, NOON)).toEqual([]);
  });

  test('shows a new day as unspent before its first permit', () => {
    const later = budgetJson('default', stateWith({ spent: 10_000 }), LIMITS, MIDNIGHT + 60_000);
    expect(later).toMatchObject({ day: '2026-11-24', spent: 0, left: 10_000, hold: null });
  });

  test('shows what narrows the account, with its end', () => {
    const leases = { lost: { until: NOON + 180_000 } };
    expect(budgetJson('default', stateWith({ leases }), LIMITS, NOON)).toMatchObject({
      hold: null,
      narrowings: [{ of: 'slots', limit: 8, reason: 'concurrency', until: '2026-11-23T18:03:00.000Z' }],
    });
  });
});
