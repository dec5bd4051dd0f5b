import { expect, test } from 'vitest';
import { inScreens } from '../../../../cli/render/screens.ts';

async function* some(count: number): AsyncGenerator<number> {
  for (let n = 0; n < count; n += 1) yield n;
}

test('a list is shown a hundred lines at a time, and none of it is left out', async () => {
  const screens = await Array.fromAsync(inScreens(some(250)));
  expect(screens.map(({ length }) => length)).toEqual([100, 100, 50]);
  expect(screens.flat()).toEqual(await Array.fromAsync(some(250)));
  expect((await Array.fromAsync(inScreens(some(100)))).length).toBe(1);
  expect(await Array.fromAsync(inScreens(some(0)))).toEqual([]);
});

test('what was found is shown though the next one does not come', async () => {
  const later = Promise.withResolvers<number>();
  async function* slow(): AsyncGenerator<number> {
    yield 1;
    yield 2;
    yield await later.promise;
  }
  const screens = inScreens(slow());
  expect(await screens.next()).toEqual({ done: false, value: [1, 2] });
  later.resolve(3);
  expect(await screens.next()).toEqual({ done: false, value: [3] });
  expect(await screens.next()).toEqual({ done: true, value: undefined });
});

test('what was found before a failure is shown, and the failure told', async () => {
  async function* failing(): AsyncGenerator<number> {
    yield* some(100);
    throw new Error('the table is away');
  }
  const screens = inScreens(failing());
  expect((await screens.next()).value).toHaveLength(100);
  await expect(screens.next()).rejects.toThrow('the table is away');
});
