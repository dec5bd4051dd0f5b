import { describe, expect, test } from 'vitest';
import { isOthersTurn, withOverdue, withoutOverdue } from '../../../shared/budget/overdue.ts';
import { NOON, stateWith } from './states.ts';

const clockOf = (worker: string, aheadOf: Record<string, number> = {}) => ({ worker, aheadOf });
const said = withOverdue(stateWith(), clockOf('late'), NOON);
const known = { late: 0 };

describe('a worker that is overdue', () => {
  test('goes before every other, and for itself', () => {
    expect(isOthersTurn(said, clockOf('other', known), NOON)).toBe(true);
    expect(isOthersTurn(said, clockOf('late'), NOON)).toBe(false);
    expect(isOthersTurn(stateWith(), clockOf('other'), NOON)).toBe(false);
  });

  test('goes before those that are not, and with those that are', () => {
    const both = withOverdue(said, clockOf('later'), NOON + 1);
    expect(isOthersTurn(both, clockOf('later', known), NOON + 1)).toBe(false);
    expect(isOthersTurn(both, clockOf('other', known), NOON + 1)).toBe(true);
  });

  test('stops nobody three seconds after it was last heard of, two more by an unknown clock', () => {
    const isTurn = (aheadOf: Record<string, number>, ms: number) =>
      isOthersTurn(said, clockOf('other', aheadOf), NOON + ms);
    expect([isTurn(known, 2_999), isTurn(known, 3_000)]).toEqual([true, false]);
    expect([isTurn({}, 4_999), isTurn({}, 5_000)]).toEqual([true, false]);
  });

  test('is forgotten when it is served, and when it has gone silent', () => {
    const both = withOverdue(said, clockOf('later'), NOON + 1_000);
    const knows = clockOf('other', { late: 0, later: 0 });
    expect(withoutOverdue(both, clockOf('late', { later: 0 }), NOON + 1_000).overdue).toEqual({
      later: NOON + 1_000,
    });
    expect(withoutOverdue(both, knows, NOON + 1_000).overdue).toEqual(both.overdue);
    expect(withoutOverdue(both, knows, NOON + 3_500).overdue).toEqual({ later: NOON + 1_000 });
    expect(withoutOverdue(both, knows, NOON + 9_000)).not.toHaveProperty('overdue');
    expect(withoutOverdue(stateWith(), knows, NOON)).toEqual(stateWith());
  });
});
