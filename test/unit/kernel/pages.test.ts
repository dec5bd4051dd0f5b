import { describe, expect, test } from 'vitest';
import { inPages, take } from '../../../shared/kernel/pages.ts';
import { each } from '../../support/letters.ts';

describe('pages', () => {
  test.each([
    [0, []],
    [2, [[0, 1]]],
    [3, [[0, 1], [2]]],
    [
      4,
      [
        [0, 1],
        [2, 3],
      ],
    ],
  ])('of two hold all of %j items in their order, and none is empty', async (count, pages) => {
    const items = Array.from({ length: count }, (_, n) => n);
    expect(await Array.fromAsync(inPages(items, 2))).toEqual(pages);
  });
});

describe('the first of many', () => {
  test('are given without waiting for what comes after them', async () => {
    async function* endless(): AsyncGenerator<number> {
      yield 1;
      yield 2;
      await new Promise(() => {});
    }
    expect(await Array.fromAsync(take(endless(), 2))).toEqual([1, 2]);
    expect(await Array.fromAsync(take(each([1]), 2))).toEqual([1]);
  });
});
