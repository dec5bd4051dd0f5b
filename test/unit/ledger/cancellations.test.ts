import { expect, test } from 'vitest';
import { watchCancellations } from '../../../shared/ledger/cancellations.ts';
import { memoryCancellations } from '../../memory/memory-cancellations.ts';
import { SOME_TIME } from '../../support/rows.ts';

function watched() {
  let now = SOME_TIME;
  let asked = 0;
  let fails = false;
  const cancellations = memoryCancellations();
  const get = (batch: string) => {
    asked += 1;
    return fails ? Promise.reject(new Error('timeout')) : cancellations.get(batch);
  };
  return {
    isCancelled: watchCancellations({ get }, () => now),
    cancel: (batch: string) => cancellations.change(batch, () => ({ at: now })),
    pass: (ms: number) => {
      now += ms;
    },
    fail: (does: boolean) => {
      fails = does;
    },
    asked: () => asked,
  };
}

test('a thousand jobs of a batch ask once, and a cancellation is known within five seconds', async () => {
  const { isCancelled, cancel, pass, asked } = watched();
  const answers = await Promise.all(Array.from({ length: 1_000 }, () => isCancelled('b')));
  expect(new Set(answers)).toEqual(new Set([false]));
  expect(asked()).toBe(1);
  await cancel('b');
  pass(4_999);
  expect(await isCancelled('b')).toBe(false);
  pass(1);
  expect(await isCancelled('b')).toBe(true);
  expect(await isCancelled('c')).toBe(false);
  expect(asked()).toBe(3);
});

test('an answer that did not come is an error, and is asked for again', async () => {
  const { isCancelled, cancel, fail, asked } = watched();
  fail(true);
  await expect(isCancelled('b')).rejects.toThrow('timeout');
  fail(false);
  await cancel('b');
  expect(await isCancelled('b')).toBe(true);
  expect(asked()).toBe(2);
});

test('a clock that was set back makes no answer last', async () => {
  const { isCancelled, cancel, pass } = watched();
  expect(await isCancelled('b')).toBe(false);
  await cancel('b');
  pass(-3_600_000);
  expect(await isCancelled('b')).toBe(true);
});

test('batches without end take no memory without end', async () => {
  const { isCancelled, asked } = watched();
  for (let n = 0; n < 1_001; n += 1) await isCancelled(`b${n}`);
  await isCancelled('b1000');
  expect(asked()).toBe(1_001);
  await isCancelled('b0');
  expect(asked()).toBe(1_002);
});
