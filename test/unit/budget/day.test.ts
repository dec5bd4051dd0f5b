import { describe, expect, test } from 'vitest';
import { civilDay, daySpan, nextMidnight, quotaOpensAt, settledDay } from '../../../shared/budget/day.ts';

const at = (iso: string): number => Date.parse(iso);
const HOUR_MS = 3_600_000;

/** The American rule since 2007, written down apart from Intl: second Sunday of March to first Sunday of November, at 02:00. */
function offsetHours(moment: number): number {
  const year = new Date(moment).getUTCFullYear();
  const sunday = (month: number, nth: number) => {
    const first = new Date(Date.UTC(year, month, 1)).getUTCDay();
    return 1 + ((7 - first) % 7) + 7 * (nth - 1);
  };
  const summerFrom = Date.UTC(year, 2, sunday(2, 2), 8);
  const summerTo = Date.UTC(year, 10, sunday(10, 1), 7);
  return moment >= summerFrom && moment < summerTo ? 5 : 6;
}
const byRule = (moment: number): string =>
  new Date(moment - offsetHours(moment) * HOUR_MS).toISOString().slice(0, 10);

describe('the civil day of Chicago', () => {
  test('changes at 06:00 UTC in winter and at 05:00 UTC in summer', () => {
    expect(civilDay(at('2026-01-15T05:59:59.999Z'))).toBe('2026-01-14');
    expect(civilDay(at('2026-01-15T06:00:00.000Z'))).toBe('2026-01-15');
    expect(civilDay(at('2026-07-15T04:59:59.999Z'))).toBe('2026-07-14');
    expect(civilDay(at('2026-07-15T05:00:00.000Z'))).toBe('2026-07-15');
  });

  test.each([
    ['2024-03-10', '2024-03-10T06:00:00.000Z', 23],
    ['2024-11-03', '2024-11-03T05:00:00.000Z', 25],
    ['2025-03-09', '2025-03-09T06:00:00.000Z', 23],
    ['2025-11-02', '2025-11-02T05:00:00.000Z', 25],
    ['2026-03-08', '2026-03-08T06:00:00.000Z', 23],
    ['2026-11-01', '2026-11-01T05:00:00.000Z', 25],
    ['2027-03-14', '2027-03-14T06:00:00.000Z', 23],
    ['2027-11-07', '2027-11-07T05:00:00.000Z', 25],
    ['2026-11-22', '2026-11-22T06:00:00.000Z', 24],
  ])('%s begins at %s and has %i hours', (day, start, hours) => {
    expect(daySpan(day).start).toBe(at(start));
    expect(nextMidnight(at(start))).toBe(at(start) + hours * HOUR_MS);
    expect(civilDay(at(start) + hours * HOUR_MS - 1)).toBe(day);
    expect(civilDay(at(start) + hours * HOUR_MS)).not.toBe(day);
  });

  test('agrees with the rule at every quarter of an hour around both changes, and hourly through four years', () => {
    for (let moment = at('2025-01-01T00:00:00Z'); moment < at('2029-01-01T00:00:00Z'); moment += HOUR_MS) {
      if (civilDay(moment) !== byRule(moment)) expect(civilDay(moment)).toBe(byRule(moment));
    }
    for (const change of ['2026-03-08T00:00:00Z', '2026-11-01T00:00:00Z', '2027-03-14T00:00:00Z']) {
      for (let moment = at(change); moment < at(change) + 48 * HOUR_MS; moment += HOUR_MS / 4) {
        expect(civilDay(moment)).toBe(byRule(moment));
        expect(civilDay(nextMidnight(moment) - 1)).toBe(civilDay(moment));
        expect(civilDay(nextMidnight(moment)) > civilDay(moment)).toBe(true);
      }
    }
  });
});

describe('the turn of the day', () => {
  const MIDNIGHT = at('2026-11-24T06:00:00.000Z');

  test('is certain three seconds after midnight: two of the clocks, one to the server', () => {
    expect(settledDay(MIDNIGHT + 2_999)).toBe('2026-11-23');
    expect(settledDay(MIDNIGHT + 3_000)).toBe('2026-11-24');
    expect(quotaOpensAt('2026-11-23')).toBe(MIDNIGHT + 3_000);
  });
});
