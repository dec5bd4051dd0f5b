import type { Message } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Context } from '../../../functions/deliveries.ts';
import { type RunningEventSource, startEventSource } from '../../../local/event-source.ts';
import type { FunctionHandler } from '../../../local/invocation.ts';
import type { PolledQueue } from '../../../local/polled-queue.ts';
import type { Log } from '../../../shared/kernel/log.ts';

const message = (id: string, group = id): Message => ({
  MessageId: id,
  ReceiptHandle: `handle-${id}`,
  Body: id,
  Attributes: { MessageGroupId: group },
});

/** A queue whose polls wait until the test gives them something. */
class ScriptedQueue implements PolledQueue {
  readonly removed: string[] = [];
  readonly givenBack: string[] = [];
  polls = 0;
  refusals = 0;
  readonly #waiting: ((messages: readonly Message[]) => void)[] = [];
  readonly #ready: (readonly Message[])[] = [];

  give(...messages: readonly Message[]): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#ready.push(messages);
    else waiting(messages);
  }

  receive(): Promise<readonly Message[]> {
    this.polls += 1;
    if (this.refusals > 0) {
      this.refusals -= 1;
      return Promise.reject(new Error('connect ECONNREFUSED'));
    }
    const ready = this.#ready.shift();
    if (ready !== undefined) return Promise.resolve(ready);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async remove(messages: readonly Message[]): Promise<readonly Message[]> {
    this.removed.push(...messages.map(({ MessageId }) => MessageId ?? ''));
    return [];
  }

  async giveBack(messages: readonly Message[]): Promise<void> {
    this.givenBack.push(...messages.map(({ MessageId }) => MessageId ?? ''));
  }
}

/** Time moves only by `advance`; a sleep ends when it is reached or aborted. */
class StillTime {
  now = 1_000_000;
  readonly asked: number[] = [];
  readonly #sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();

  readonly clock = (): number => this.now;

  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      this.asked.push(ms);
      const sleeper = {
        at: this.now + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      if (signal?.aborted === true || ms <= 0) sleeper.wake();
      signal?.addEventListener('abort', sleeper.wake, { once: true });
    });

  advance(ms: number): void {
    this.now += ms;
    for (const sleeper of [...this.#sleepers]) if (sleeper.at <= this.now) sleeper.wake();
  }
}

const TIMEOUT_MS = 300_000;

let source: RunningEventSource | null = null;

function start(handler: FunctionHandler<SQSEvent>) {
  const queue = new ScriptedQueue();
  const time = new StillTime();
  const lines: string[] = [];
  const keep = (text: string) => void lines.push(text);
  const log: Log = { info: keep, warn: keep, error: keep };
  source = startEventSource({
    name: 'jobs',
    queue,
    queueArn: 'arn:aws:sqs:us-east-1:000000000000:jobs.fifo',
    region: 'us-east-1',
    handler,
    functionTimeoutMs: TIMEOUT_MS,
    clock: time.clock,
    sleep: time.sleep,
    makeRequestId: () => 'request-1',
    log,
  });
  return { queue, time, lines, source };
}

afterEach(async () => {
  await source?.stop(0);
  source = null;
});

const idle = (running: RunningEventSource) => vi.waitFor(() => expect(running.running()).toBe(0));

describe('the event source', () => {
  test('deletes what the function does not report as failed, also among several messages of one group', async () => {
    const batches: string[][] = [];
    const { queue, source } = start(async (event) => {
      batches.push(event.Records.map(({ messageId }) => messageId));
      return { batchItemFailures: [{ itemIdentifier: 'a2' }, { itemIdentifier: 'a3' }] };
    });
    queue.give(message('a1', 'a'), message('a2', 'a'), message('a3', 'a'), message('b1', 'b'));
    await vi.waitFor(() => expect(queue.removed).toEqual(['a1', 'b1']));
    await idle(source);
    expect(batches).toEqual([['a1', 'a2', 'a3', 'b1']]);
    expect(queue.givenBack).toEqual([]);
  });

  test('deletes the whole batch when the function reports nothing', async () => {
    const { queue } = start(async () => undefined);
    queue.give(message('a'), message('b'));
    await vi.waitFor(() => expect(queue.removed).toEqual(['a', 'b']));
  });

  test.each([
    [
      'throws',
      async () => {
        throw new Error('no');
      },
    ],
    ['answers nonsense', async () => ({ batchItemFailures: [{ itemIdentifier: 'z' }] })],
  ])('deletes nothing when the function %s, and goes on', async (_, handler) => {
    const { queue, lines, source } = start(handler);
    queue.give(message('a'), message('b'));
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    await idle(source);
    expect(queue.removed).toEqual([]);
    await vi.waitFor(() => expect(queue.polls).toBe(2));
  });

  test('counts the remaining time down, and reports a function that runs out of it without deleting anything', async () => {
    const contexts: Context[] = [];
    let answer: (response: unknown) => void = () => {};
    const { queue, time, lines, source } = start((_, context) => {
      contexts.push(context);
      return new Promise((resolve) => {
        answer = resolve;
      });
    });
    queue.give(message('a'));
    await vi.waitFor(() => expect(contexts).toHaveLength(1));
    expect(contexts[0]?.getRemainingTimeInMillis()).toBe(TIMEOUT_MS);
    time.advance(1_000);
    expect(contexts[0]?.getRemainingTimeInMillis()).toBe(TIMEOUT_MS - 1_000);
    expect(lines).toEqual([]);
    time.advance(TIMEOUT_MS);
    await vi.waitFor(() => expect(lines).toEqual(['the function timed out: its batch comes back']));
    expect(contexts[0]?.getRemainingTimeInMillis()).toBe(0);
    answer({ batchItemFailures: [] });
    await idle(source);
    expect(queue.removed).toEqual([]);
  });

  test('runs ten invocations at once and polls for an eleventh only when one has ended', async () => {
    const ends: (() => void)[] = [];
    const { queue, source } = start(() => new Promise((resolve) => ends.push(() => resolve(null))));
    for (let n = 0; n < 11; n += 1) queue.give(message(`m${n}`));
    await vi.waitFor(() => expect(ends).toHaveLength(10));
    await new Promise((resolve) => setImmediate(resolve));
    expect(queue.polls).toBe(10);
    expect(source.running()).toBe(10);
    ends[3]?.();
    await vi.waitFor(() => expect(ends).toHaveLength(11));
    for (const end of ends) end();
    await idle(source);
  });

  test('polls nothing while it is off, and again once it is on', async () => {
    const { queue, source } = start(async () => null);
    await vi.waitFor(() => expect(queue.polls).toBe(1));
    await source.eventSource.disable();
    expect(await source.eventSource.enabled()).toBe(false);
    // The poll that was under way when it was switched off still brings its messages.
    queue.give(message('a'));
    await vi.waitFor(() => expect(queue.removed).toEqual(['a']));
    await new Promise((resolve) => setImmediate(resolve));
    expect(queue.polls).toBe(1);
    await source.eventSource.enable();
    expect(await source.eventSource.enabled()).toBe(true);
    await vi.waitFor(() => expect(queue.polls).toBe(2));
  });

  test('keeps asking a queue that does not answer, ever more slowly, and says so', async () => {
    const { queue, time, lines, source } = start(async () => null);
    await vi.waitFor(() => expect(queue.polls).toBe(1));
    queue.refusals = 3;
    queue.give();
    for (let refused = 1; refused <= 3; refused += 1) {
      await vi.waitFor(() => expect(lines).toHaveLength(refused));
      time.advance(10_000);
    }
    queue.give(message('a'));
    await vi.waitFor(() => expect(queue.removed).toEqual(['a']));
    const pauses = time.asked.filter((ms) => ms < TIMEOUT_MS);
    expect(pauses).toEqual([200, 400, 800]);
    expect(lines).toEqual([...Array(3).fill('the queue does not answer'), 'the queue answers again']);
    await idle(source);
  });

  test('gives back what a last poll brings after the stop, unseen by the function', async () => {
    const seen: string[] = [];
    const { queue, source } = start(async (event) => void seen.push(...event.Records.map((r) => r.body)));
    await vi.waitFor(() => expect(queue.polls).toBe(1));
    const stopped = source.stop(1_000);
    queue.give(message('late'));
    expect(await stopped).toBe(0);
    expect(queue.givenBack).toEqual(['late']);
    expect(seen).toEqual([]);
  });

  test('lets a running invocation end when it is stopped, and tells it how little time is left', async () => {
    let context: Context | null = null;
    let answer: (response: unknown) => void = () => {};
    const { queue, source } = start((_, given) => {
      context = given;
      return new Promise((resolve) => {
        answer = resolve;
      });
    });
    queue.give(message('a'));
    await vi.waitFor(() => expect(context).not.toBeNull());
    await vi.waitFor(() => expect(queue.polls).toBe(2));
    const stopped = source.stop(1_000);
    queue.give();
    expect((context as Context | null)?.getRemainingTimeInMillis()).toBe(1_000);
    answer(null);
    expect(await stopped).toBe(0);
    expect(queue.removed).toEqual(['a']);
  });

  test('answers how many invocations a stop has left behind', async () => {
    const { queue, time, source } = start(() => new Promise(() => {}));
    queue.give(message('a'));
    await vi.waitFor(() => expect(source.running()).toBe(1));
    const stopped = source.stop(1_000);
    queue.give();
    await new Promise((resolve) => setImmediate(resolve));
    time.advance(1_000);
    expect(await stopped).toBe(1);
  });
});
