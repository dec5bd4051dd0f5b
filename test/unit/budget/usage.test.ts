import { describe, expect, test } from 'vitest';
import { admit } from '../../../shared/budget/admit.ts';
import { type BudgetState, initialState } from '../../../shared/budget/state.ts';
import { budgetFigures, closures } from '../../../shared/budget/status.ts';
import { goneOf, isUsageDue, withUsage } from '../../../shared/budget/usage.ts';
import type { AccountLimits } from '../../../shared/config/limits.ts';

const MINUTE_MS = 60_000;
/** Noon in Chicago. */
const NOON = Date.parse('2026-11-26T18:00:00Z');
const DAY = '2026-11-26';

const limits = (over: Partial<AccountLimits> = {}): AccountLimits => ({
  ratePerWindow: 100,
  windowMs: 20_000,
  concurrency: 10,
  dailyQuota: 1_000,
  share: 1,
  ...over,
});

const spent = (calls: number, over: Partial<BudgetState> = {}): BudgetState => ({
  ...initialState(NOON),
  spent: calls,
  ...over,
});

describe("Marketo's own count of the day", () => {
  test('shows what others have spent, and their calls are gone for us', () => {
    const state = withUsage(spent(300), { day: DAY, total: 450 }, NOON);
    expect(budgetFigures(state, limits(), NOON)).toMatchObject({ spent: 300, others: 150, left: 550 });
  });

  test('never gives a call back: a count that is behind changes nothing', () => {
    const before = withUsage(spent(300), { day: DAY, total: 450 }, NOON);
    const state = withUsage({ ...before, spent: 500 }, { day: DAY, total: 400 }, NOON + 1);
    expect(budgetFigures(state, limits(), NOON)).toMatchObject({ spent: 500, others: 150 });
  });

  test('of another day is not believed', () => {
    const state = withUsage(spent(3), { day: '2026-11-25', total: 900 }, NOON);
    expect(goneOf(state, limits())).toBe(3);
  });

  test('leaves others their own part: a share is eaten into only by what is beyond it', () => {
    const half = limits({ share: 0.5 });
    expect(goneOf(withUsage(spent(100), { day: DAY, total: 600 }, NOON), half)).toBe(100);
    expect(goneOf(withUsage(spent(100), { day: DAY, total: 650 }, NOON), half)).toBe(150);
  });

  test('closes the day before Marketo does, and says by whom it was spent', () => {
    const state = withUsage(spent(300), { day: DAY, total: 1_000 }, NOON);
    const wanted = { leaseId: 'l', leaseMs: 1_000, probe: false, clock: { worker: 'w', aheadOf: {} } };
    expect(admit(state, NOON, limits(), wanted)).toMatchObject({ kind: 'wait', because: 'quota' });
    expect(closures(state, limits(), NOON)[0]?.message).toMatch(/300 here, 700 by others/);
  });

  test('is forgotten with its day', () => {
    const state = withUsage(spent(300), { day: DAY, total: 450 }, NOON);
    expect(budgetFigures(state, limits(), NOON + 86_400_000)).toMatchObject({
      spent: 0,
      others: null,
      left: 1_000,
    });
  });
});

describe('asking for it', () => {
  test('is due every quarter of an hour', () => {
    expect(isUsageDue(spent(5), NOON)).toBe(true);
    const asked = { ...withUsage(spent(5), { day: DAY, total: 5 }, NOON), spent: 6 };
    expect(isUsageDue(asked, NOON + 15 * MINUTE_MS - 1)).toBe(false);
    expect(isUsageDue(asked, NOON + 15 * MINUTE_MS)).toBe(true);
  });

  test.each([
    ['an hour after midnight', '2026-11-26T06:59:59Z', '2026-11-26T07:00:00Z'],
    ['an hour before midnight', '2026-11-27T05:00:01Z', '2026-11-27T05:00:00Z'],
  ])('is never due within %s in Chicago', (_name, near, far) => {
    expect(isUsageDue(spent(5), Date.parse(near))).toBe(false);
    expect(isUsageDue(spent(5), Date.parse(far))).toBe(true);
  });

  test('is not due while nothing was called since', () => {
    expect(isUsageDue(spent(0), NOON)).toBe(false);
    const asked = withUsage(spent(5), { day: DAY, total: 9 }, NOON);
    expect(isUsageDue(asked, NOON + 60 * MINUTE_MS)).toBe(false);
  });

  test('is not due while the account is closed', () => {
    const hold = { since: NOON, until: null, message: '', probeAt: null, openings: 1 };
    expect(isUsageDue(spent(5, { holds: { operator: hold } }), NOON)).toBe(false);
  });
});
