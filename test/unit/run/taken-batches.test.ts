import { describe, expect, test } from 'vitest';
import { systemSleep } from '../../../shared/kernel/clock.ts';
import { silentLog } from '../../../shared/kernel/log.ts';
import { watchTakenBatches } from '../../../shared/run/taken-batches.ts';
import { memoryOpenBatches } from '../../memory/memory-open-batches.ts';
import { SOME_TIME } from '../../support/rows.ts';

function watching() {
  let now = SOME_TIME;
  let reads = 0;
  let broken = false;
  const openBatches = memoryOpenBatches((method) => {
    if (broken) return 'throw';
    if (method === 'get') reads += 1;
    return null;
  });
  return {
    jobEvents: watchTakenBatches({ openBatches, clock: () => now, sleep: systemSleep, log: silentLog }),
    openBatches,
    reads: () => reads,
    breakStore: (is: boolean) => {
      broken = is;
    },
    advance: (ms: number) => {
      now += ms;
    },
  };
}

describe('watchTakenBatches', () => {
  test('writes a batch down at once, and asks again each twenty seconds and at the end, not with each job', async () => {
    const { jobEvents, openBatches, reads, advance } = watching();
    jobEvents.taken({ batch: 'b' });
    await expect.poll(() => openBatches.all()).toHaveLength(1);
    for (let i = 0; i < 100; i += 1) jobEvents.taken({ batch: 'b' });
    expect(reads()).toBe(1);
    advance(20_000);
    jobEvents.taken({ batch: 'b' });
    await jobEvents.flush();
    expect(reads()).toBe(2);
    await jobEvents.flush();
    expect(reads()).toBe(2);
  });

  test('opens a batch again at the end of the invocation that took a job after its end was told', async () => {
    const { jobEvents, openBatches, advance } = watching();
    jobEvents.taken({ batch: 'b' });
    await expect.poll(() => openBatches.all()).toHaveLength(1);
    advance(5_000);
    const count = { total: 1, completed: 1, deadLettered: 0, cancelled: 0 };
    await openBatches.change('b', (stored) => ({
      ...(stored ?? expect.fail('not there')),
      lookAt: null,
      told: { times: 1, at: SOME_TIME + 1_000, count },
    }));
    jobEvents.taken({ batch: 'b' });
    await jobEvents.flush();
    expect(openBatches.all()).toMatchObject([{ lookAt: SOME_TIME + 5_000 }]);
  });

  test('has written down what it was told of, before a message is removed, also within the twenty seconds', async () => {
    const { jobEvents, openBatches, reads, advance } = watching();
    jobEvents.taken({ batch: 'b' });
    await jobEvents.written();
    const count = { total: 1, completed: 1, deadLettered: 0, cancelled: 0 };
    await openBatches.change('b', (stored) => ({
      ...(stored ?? expect.fail('not there')),
      lookAt: null,
      told: { times: 1, at: SOME_TIME + 1_000, count },
    }));
    advance(5_000);
    jobEvents.taken({ batch: 'b' });
    await jobEvents.written();
    expect(openBatches.all()).toMatchObject([{ lookAt: SOME_TIME + 5_000 }]);
    const readBefore = reads();
    await jobEvents.written();
    expect(reads()).toBe(readBefore);
  });

  test('leaves a batch closed for a job that had ended before its end was told', async () => {
    const { jobEvents, openBatches, advance } = watching();
    const count = { total: 1, completed: 1, deadLettered: 0, cancelled: 0 };
    jobEvents.taken({ batch: 'b' });
    await jobEvents.flush();
    await openBatches.change('b', (stored) => ({
      ...(stored ?? expect.fail('not there')),
      lookAt: null,
      told: { times: 1, at: SOME_TIME + 30_000, count },
    }));
    advance(90_000);
    jobEvents.ended({ batch: 'b' }, SOME_TIME);
    await jobEvents.flush();
    expect(openBatches.all()).toMatchObject([{ lookAt: null }]);
    jobEvents.ended({ batch: 'b' }, SOME_TIME + 60_000);
    await jobEvents.flush();
    expect(openBatches.all()).toMatchObject([{ lookAt: SOME_TIME + 60_000 }]);
  });

  test('writes nothing for a job of no batch', async () => {
    const { jobEvents, reads } = watching();
    jobEvents.taken({});
    await jobEvents.flush();
    expect(reads()).toBe(0);
  });

  test('a store that does not answer stops nobody, and is told at the end of a later invocation', async () => {
    const { jobEvents, openBatches, breakStore } = watching();
    breakStore(true);
    jobEvents.taken({ batch: 'b' });
    await jobEvents.flush();
    breakStore(false);
    await jobEvents.flush();
    expect(openBatches.all()).toMatchObject([{ batch: 'b', takenAt: SOME_TIME }]);
  });

  test('a store that hangs keeps an invocation for a second, and is asked once however many invocations end', async () => {
    let asked = 0;
    const openBatches = {
      ...memoryOpenBatches(),
      change: () => {
        asked += 1;
        return new Promise<never>(() => {});
      },
    };
    const waits: number[] = [];
    const sleep = async (ms: number) => {
      waits.push(ms);
    };
    const jobEvents = watchTakenBatches({ openBatches, clock: () => SOME_TIME, sleep, log: silentLog });
    for (let i = 0; i < 3; i += 1) {
      jobEvents.taken({ batch: 'b' });
      await jobEvents.flush();
    }
    expect({ waits, asked }).toEqual({ waits: [1_000, 1_000, 1_000], asked: 1 });
  });
});
