import { expect, test } from 'vitest';
import { fewAtOnce } from '../../../shared/kernel/few-at-once.ts';

test('no more than so many effects are under way, and each has its turn in the order of asking', async () => {
  const inTurn = fewAtOnce(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const all = [0, 1, 2, 3].map((nth) =>
    inTurn(async () => {
      begun.push(nth);
      await new Promise<void>((resolve) => ends.push(resolve));
      return nth;
    }),
  );
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
  ends[1]?.();
  await all[1];
  await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toEqual([0, 1, 2]);
  ends[0]?.();
  await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toEqual([0, 1, 2, 3]);
  for (const end of ends) end();
  expect(await Promise.all(all)).toEqual([0, 1, 2, 3]);
});

test('one that fails gives its place up as well', async () => {
  const inTurn = fewAtOnce(1);
  await expect(inTurn(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
  expect(await inTurn(async () => 'next')).toBe('next');
});
