import { describe, expect, test } from 'vitest';
import {
  DEFAULT_SEND_LIMITS,
  type Entry,
  type Outcome,
  type Sender,
  sendInOrder,
} from '../../../shared/job/send-in-order.ts';

/** `a1` is the first item of the name `a`. */
const entry = (item: string): Entry<string, string> => ({
  kind: 'send',
  item,
  names: [item.slice(0, 1)],
  bytes: 1,
});

/** Sends a turn later; what is in `failing` is not sent and blocks its name. */
function sender(failing: readonly string[] = []): Sender<string, string> & { readonly batches: string[][] } {
  const batches: string[][] = [];
  return {
    batches,
    async send(batch): Promise<readonly Outcome<string>[]> {
      batches.push([...batch]);
      await new Promise((resolve) => setImmediate(resolve));
      return batch.map((item) =>
        failing.includes(item)
          ? { result: `${item} failed`, blocks: item.slice(0, 1) }
          : { result: `${item} sent`, blocks: null },
      );
    },
    refuse: (item) => `${item} refused`,
  };
}

const sendAll = (items: readonly string[], to: Sender<string, string>): Promise<string[]> =>
  Array.fromAsync(sendInOrder(items.map(entry), to));

describe('sendInOrder', () => {
  test('answers in the order of the input, also for what needs no sending', async () => {
    const entries: readonly Entry<string, string>[] = [
      entry('a1'),
      { kind: 'answered', result: 'known' },
      entry('a2'),
      entry('b1'),
    ];
    const to = sender();
    expect(await Array.fromAsync(sendInOrder(entries, to))).toEqual([
      'a1 sent',
      'known',
      'a2 sent',
      'b1 sent',
    ]);
    expect(to.batches).toEqual([['a1'], ['b1'], ['a2']]);
  });

  test('refuses what would overtake an item that could not be sent, whether it was read before or after', async () => {
    const items = ['a1', 'a2', ...Array.from({ length: 500 }, (_, i) => `b${i}`), 'a3', 'c1'];
    const results = await sendAll(items, sender(['a1']));
    expect(results.slice(0, 2)).toEqual(['a1 failed', 'a2 refused']);
    expect(results.slice(-2)).toEqual(['a3 refused', 'c1 sent']);
    expect(results.filter((result) => !result.endsWith('sent'))).toHaveLength(3);
  });

  test('keeps a name blocked for a second stream that is given the same set', async () => {
    const blocked = new Set<string>();
    const stream = (items: readonly string[]) =>
      Array.fromAsync(sendInOrder(items.map(entry), sender(['a1']), DEFAULT_SEND_LIMITS, blocked));
    await stream(['a1', 'b1']);
    expect(await stream(['a2', 'b2'])).toEqual(['a2 refused', 'b2 sent']);
  });

  test('goes on although its reader is slower than every batch', async () => {
    const results: string[] = [];
    const items = Array.from({ length: 40 }, (_, i) => `${'abcd'[i % 4]}${i}`);
    for await (const result of sendInOrder(items.map(entry), sender(), {
      ...DEFAULT_SEND_LIMITS,
      windowItems: 3,
    })) {
      results.push(result);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(results).toEqual(items.map((item) => `${item} sent`));
  });

  test('reads no further ahead than the window has room for bytes', async () => {
    let read = 0;
    function* source(): Generator<Entry<string, string>> {
      for (; read < 100; read += 1)
        yield { kind: 'send', item: `a${read}`, names: [`${read}`], bytes: 1_000 };
    }
    const never: Sender<string, string> = { send: () => new Promise(() => {}), refuse: (item) => item };
    void sendInOrder(source(), never, { ...DEFAULT_SEND_LIMITS, windowBytes: 5_000 }).next();
    await new Promise((resolve) => setImmediate(resolve));
    // The fifth is yielded before it is counted.
    expect(read).toBe(4);
  });

  test('ends when a batch throws: starts nothing more, waits for what is under way, and throws what it threw', async () => {
    const to = sender();
    let ended = 0;
    const breaking: Sender<string, string> = {
      ...to,
      async send(batch) {
        if (batch.includes('a1')) throw new Error('table gone');
        const outcomes = await to.send(batch);
        ended += 1;
        return outcomes;
      },
    };
    const items = ['b', 'c', 'd', 'e'].flatMap((name) => [`${name}1`, `${name}2`]);
    await expect(sendAll([...items, 'a1', ...items], breaking)).rejects.toThrow('table gone');
    expect(ended).toBe(to.batches.length);
    expect(to.batches.flat().length).toBeLessThan(2 * items.length);
  });
});
