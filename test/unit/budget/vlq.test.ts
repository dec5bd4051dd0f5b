import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromVlq, vlq } from '../../../shared/budget/vlq.ts';

test('numbers come back as they were, past 32 bits too', () => {
  const numbers = fc.array(fc.integer({ min: -(2 ** 50), max: 2 ** 50 }));
  fc.assert(
    fc.property(numbers, (given) => {
      expect(fromVlq(vlq(given))).toEqual(given);
    }),
  );
});

test('a small number takes one character, as in a source map', () => {
  expect(vlq([0, 1, -1, 15, 16, -16])).toBe('ACDegBhB');
});
