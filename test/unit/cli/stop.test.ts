import { describe, expect, test } from 'vitest';
import { untilStopped } from '../../../cli/stop.ts';

function stopper() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = { asked: false, whenAsked: promise };
  const ask = (): void => {
    stop.asked = true;
    resolve();
  };
  return { stop, ask };
}

describe('untilStopped', () => {
  test('ends while an item is awaited that never comes', async () => {
    const { stop, ask } = stopper();
    async function* silent() {
      yield 1;
      ask();
      await new Promise(() => {});
    }
    expect(await Array.fromAsync(untilStopped(silent(), stop))).toEqual([1]);
  });

  test('passes every item, and the failure of the source, while nobody asks', async () => {
    const { stop } = stopper();
    async function* broken() {
      yield 1;
      yield 2;
      throw new Error('torn');
    }
    const got: number[] = [];
    const read = async () => {
      for await (const item of untilStopped(broken(), stop)) got.push(item);
    };
    await expect(read()).rejects.toThrow('torn');
    expect(got).toEqual([1, 2]);
  });

  test('closes the source where its reader breaks off', async () => {
    const { stop } = stopper();
    let closed = false;
    async function* source() {
      try {
        yield 1;
        yield 2;
      } finally {
        closed = true;
      }
    }
    for await (const _ of untilStopped(source(), stop)) break;
    expect(closed).toBe(true);
  });
});
