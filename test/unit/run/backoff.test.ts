import { describe, expect, test } from 'vitest';
import { backoffMs } from '../../../shared/run/backoff.ts';

const settings = { baseMs: 2_000, capMs: 900_000 };
const most = (attempt: number) => backoffMs(attempt, settings, () => 1);

describe('the backoff', () => {
  test('doubles its range with each attempt up to the cap', () => {
    expect([1, 2, 3, 4, 9, 10, 11].map(most)).toEqual([
      2_000, 4_000, 8_000, 16_000, 512_000, 900_000, 900_000,
    ]);
  });

  test('is anything within its range, in whole milliseconds', () => {
    expect(backoffMs(3, settings, () => 0)).toBe(0);
    expect(backoffMs(3, settings, () => 0.5)).toBe(4_000);
    expect(backoffMs(1, settings, () => 0.000_3)).toBe(1);
  });

  test('begins with the base, whatever attempt it is called for', () => {
    expect(most(0)).toBe(2_000);
    expect(most(-7)).toBe(2_000);
  });

  test('stays a number after thousands of attempts', () => {
    expect(most(5_000)).toBe(900_000);
    expect(backoffMs(5_000, settings, () => 0)).toBe(0);
    expect(backoffMs(5_000, { baseMs: 1, capMs: Number.MAX_VALUE }, () => 1)).toBe(2 ** 40);
  });
});
