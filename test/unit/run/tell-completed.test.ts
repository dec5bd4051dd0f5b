import { describe, expect, test } from 'vitest';
import { METRICS } from '../../../shared/config/names.ts';
import type { Events } from '../../../shared/events/event.ts';
import { silentLog } from '../../../shared/kernel/log.ts';
import { tellCompleted } from '../../../shared/run/tell-completed.ts';
import { memoryEvents } from '../../memory/memory-events.ts';
import { jobRow, SOME_TIME } from '../../support/rows.ts';

function telling(publish?: Events['publish'], most?: number) {
  const events = Object.assign(memoryEvents(), most === undefined ? {} : { most });
  if (publish !== undefined) events.publish = publish;
  let now = SOME_TIME;
  let dropped = 0;
  const slept: number[] = [];
  const jobEvents = tellCompleted({
    events,
    stack: 'mktq-acme',
    clock: () => now,
    sleep: async (ms) => {
      slept.push(ms);
      await new Promise((resolve) => setImmediate(resolve));
    },
    log: silentLog,
    metrics: {
      count: (name) => {
        expect(name).toBe(METRICS.eventsDropped);
        dropped += 1;
      },
      gauge: () => {},
    },
  });
  return {
    events,
    jobEvents,
    slept,
    complete: (count: number, from = 1) => {
      for (let i = 0; i < count; i += 1)
        jobEvents.completed(jobRow({ jobId: `job-${from + i}`, batch: 'import' }));
    },
    dropped: () => dropped,
    advance: (ms: number) => {
      now += ms;
    },
  };
}

describe('tellCompleted', () => {
  test('says of each job which it is, and nothing of its lead', async () => {
    const { events, complete, jobEvents } = telling();
    complete(1);
    await jobEvents.flush();
    expect(events.published).toEqual([
      {
        version: 1,
        id: 'completed/job-1/0',
        type: 'completed',
        at: '2026-11-22T10:00:00.000Z',
        stack: 'mktq-acme',
        jobId: 'job-1',
        epoch: 0,
        operation: 'syncLead',
        batch: 'import',
      },
    ]);
  });

  test('leaves out the name of a batch that holds an address', async () => {
    const { events, jobEvents } = telling();
    jobEvents.completed(jobRow({ batch: 'for ann@example.com' }));
    await jobEvents.flush();
    expect(events.published).toMatchObject([{ jobId: 'job-1', batch: null }]);
  });

  test('publishes ten at once while jobs go on, and the rest at the end', async () => {
    const { events, complete, jobEvents, dropped } = telling();
    complete(25);
    await jobEvents.flush();
    expect(events.published.map((event) => ('jobId' in event ? event.jobId : ''))).toEqual(
      Array.from({ length: 25 }, (_, i) => `job-${i + 1}`),
    );
    expect([events.asked, dropped()]).toEqual([3, 0]);
  });

  test('publishes as many at once as the other side takes', async () => {
    const asked: number[] = [];
    const { complete, jobEvents } = telling(async (some) => {
      asked.push(some.length);
      return 0;
    }, 100);
    complete(250);
    await jobEvents.flush();
    expect(asked).toEqual([100, 100, 50]);
  });

  test('drops what a bus that is down does not take, counts it, and leaves the bus alone for a minute', async () => {
    const { events, complete, jobEvents, dropped, advance } = telling();
    events.trouble = 'down';
    complete(15);
    await jobEvents.flush();
    expect([events.asked, dropped()]).toEqual([1, 15]);
    events.trouble = null;
    complete(1, 16);
    await jobEvents.flush();
    expect([events.published.length, dropped()]).toEqual([0, 16]);
    advance(60_000);
    complete(1, 17);
    await jobEvents.flush();
    expect(events.published).toMatchObject([{ jobId: 'job-17' }]);
  });

  test('counts what a bus refuses, and does not offer it again', async () => {
    const { events, complete, jobEvents, dropped } = telling();
    events.trouble = 'refuses';
    complete(3);
    await jobEvents.flush();
    events.trouble = null;
    await jobEvents.flush();
    expect([events.published.length, dropped()]).toEqual([0, 3]);
  });

  test('waits a second for a bus that does not answer, and holds a thousand events meanwhile', async () => {
    const { complete, jobEvents, dropped, slept } = telling(() => new Promise(() => {}));
    complete(1_020);
    await jobEvents.flush();
    expect(slept).toEqual([1_000]);
    // Ten are on their way, a thousand wait.
    expect(dropped()).toBe(10);
  });
});
