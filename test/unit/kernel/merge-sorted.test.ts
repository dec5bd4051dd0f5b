import { expect, test } from 'vitest';
import { mergeSorted } from '../../../shared/kernel/merge-sorted.ts';

async function* each(numbers: readonly number[], asked: number[] = []): AsyncGenerator<number> {
  for (const number of numbers) {
    asked.push(number);
    yield number;
  }
}

const ascending = (a: number, b: number): number => a - b;

test('mergeSorted merges sorted sources of any length into one', async () => {
  const merged = mergeSorted([each([1, 4, 9]), each([]), each([2, 4]), each([3])], ascending);
  expect(await Array.fromAsync(merged)).toEqual([1, 2, 3, 4, 4, 9]);
});

test('mergeSorted yields nothing of nothing', async () => {
  expect(await Array.fromAsync(mergeSorted([], ascending))).toEqual([]);
});

test('mergeSorted asks no further than its reader goes', async () => {
  const asked: number[] = [];
  for await (const first of mergeSorted([each([1, 2, 3, 4], asked), each([9])], ascending)) {
    expect(first).toBe(1);
    break;
  }
  expect(asked).toEqual([1]);
});
