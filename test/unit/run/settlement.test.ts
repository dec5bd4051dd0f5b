import { describe, expect, test } from 'vitest';
import { MAX_AGE_MS, MAX_RECEIVE_COUNT } from '../../../shared/config/limits.ts';
import { visibilityMs } from '../../../shared/run/settlement.ts';

const NOW = Date.parse('2026-11-22T18:00:00Z');
const hidden = (receiveCount: number, untilMs: number | null, held: boolean): number =>
  visibilityMs({ kind: 'hide', until: untilMs === null ? null : NOW + untilMs, held }, NOW, receiveCount);

const longest = (untilMs: number | null, held: boolean): number =>
  Array.from({ length: MAX_RECEIVE_COUNT }, (_, i) => hidden(i + 1, untilMs, held)).reduce((a, b) => a + b);

describe('visibilityMs', () => {
  test.each([
    ['a slot of the concurrency limit, each time for a second', 1_000, false],
    ['nothing but time in the invocation', 0, false],
    ['an account that is held without an end', null, true],
  ] as const)('a job that waits for %s expires before SQS moves it away as poison', (_, untilMs, held) => {
    expect(longest(untilMs, held)).toBeGreaterThan(MAX_AGE_MS);
  });

  test('a job that has been received a hundred times comes back when it asked to', () => {
    expect(hidden(100, 1_000, false)).toBe(1_000);
    expect(hidden(101, 1_000, false)).toBe(60_000);
  });
});
