import { describe, expect, test } from 'vitest';
import {
  type CauseCounts,
  type CausesTold,
  tellings,
  withSeen,
  withTold,
} from '../../../shared/events/causes-told.ts';
import { SOME_TIME } from '../../support/rows.ts';

const HOUR_MS = 3_600_000;
const counts = (of: Readonly<Record<string, number>>): CauseCounts => new Map(Object.entries(of));
const told = (of: Readonly<Record<string, number>>): CausesTold => ({
  letters: 0,
  causes: Object.fromEntries(Object.entries(of).map(([cause, count]) => [cause, { since: 7, told: count }])),
});

describe('tellings', () => {
  test.each([
    [0, 1, true],
    [0, 0, false],
    [1, 9, false],
    [1, 10, true],
    [9, 10, true],
    [10, 99, false],
    [12, 100, true],
    [300, 999, false],
    [300, 1_000, true],
  ])('with %i told of and %i open: %s', (before, now, isDue) => {
    expect(tellings(told({ a: before }), counts({ a: now }))).toHaveLength(isDue ? 1 : 0);
  });

  test('have the same id until they are told, and another for the next', () => {
    const [first] = tellings(told({ a: 1 }), counts({ a: 10 }));
    const [again] = tellings(told({ a: 1 }), counts({ a: 57 }));
    const [next] = tellings(told({ a: 57 }), counts({ a: 100 }));
    expect(again).toEqual(first);
    expect(next?.id).not.toBe(first?.id);
  });

  test('name new causes before those that grow', () => {
    expect(tellings(told({ a: 1, b: 0 }), counts({ a: 10, b: 1 })).map(({ cause }) => cause)).toEqual([
      'b',
      'a',
    ]);
  });
});

describe('withSeen', () => {
  test('knows a cause from when it was seen first, and changes nothing for what is known', () => {
    const seen = withSeen(null, counts({ a: 3 }), SOME_TIME);
    expect(seen).toEqual({ letters: 3, causes: { a: { since: SOME_TIME, told: 0 } } });
    expect(withSeen(seen, counts({ a: 3 }), SOME_TIME + 1)).toBeNull();
    expect(withSeen(seen, counts({ a: 4 }), SOME_TIME + 1)?.letters).toBe(4);
  });

  test('forgets a cause an hour after its last letter was closed, and not before', () => {
    const gone = withSeen(told({ a: 5 }), counts({}), SOME_TIME);
    expect(gone?.causes['a']).toEqual({ since: 7, told: 5, goneAt: SOME_TIME });
    expect(withSeen(gone, counts({}), SOME_TIME + HOUR_MS - 1)).toBeNull();
    expect(withSeen(gone, counts({ a: 1 }), SOME_TIME + HOUR_MS - 1)?.causes['a']).toEqual({
      since: 7,
      told: 5,
    });
    expect(withSeen(gone, counts({}), SOME_TIME + HOUR_MS)?.causes).toEqual({});
  });

  test('takes no more than two thousand, and the rest when there is room', () => {
    const many = counts(Object.fromEntries(Array.from({ length: 2_001 }, (_, i) => [`c${i}`, 1])));
    const full = withSeen(null, many, SOME_TIME);
    expect(Object.keys(full?.causes ?? {})).toHaveLength(2_000);
    expect(full?.causes['c2000']).toBeUndefined();
  });
});

describe('withTold', () => {
  test('remembers how many were told of, and nothing of a cause that nobody has seen', () => {
    expect(withTold(told({ a: 1 }), 'a', 12)).toEqual(told({ a: 12 }));
    expect(withTold(told({ a: 1 }), 'b', 12)).toBeNull();
    expect(withTold(null, 'a', 12)).toBeNull();
  });
});
