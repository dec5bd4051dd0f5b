import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../shared/kernel/clock.ts';
import { silentLog } from '../../../shared/kernel/log.ts';
import { createForeignTally } from '../../../shared/run/foreign-tally.ts';
import type { FaultHook } from '../../memory/faults.ts';
import { memoryForeignGroups } from '../../memory/memory-foreign-groups.ts';

function setUp(faults?: FaultHook) {
  let now = 5_000_000;
  const store = memoryForeignGroups(faults);
  const tally = createForeignTally({ store, clock: () => now, log: silentLog });
  let noted = 0;
  return {
    store,
    tally,
    pass: (ms: number) => {
      now += ms;
    },
    /** As at the end of a batch. */
    batch: async (jobs: number) => {
      for (let n = 0; n < jobs; n += 1) {
        noted += 1;
        tally.note('marketo', `job-${noted}`);
      }
      await tally.tell();
    },
    jobs: async () => (await store.get())?.jobs ?? 0,
  };
}

describe('the tally of foreign groups', () => {
  test('writes nothing where every job came in its own', async () => {
    const { tally, store } = setUp();
    await tally.tell();
    expect(store.writes()).toBe(0);
  });

  test('tells of the first at once, with its group and a job of it', async () => {
    const { batch, store } = setUp();
    await batch(1);
    expect(await store.get()).toMatchObject({ jobs: 1, groups: [{ name: 'marketo', jobId: 'job-1' }] });
  });

  test('writes far less often than jobs come, and never leaves out a fifth of them', async () => {
    const { batch, store, jobs } = setUp();
    for (let n = 1; n <= 1_000; n += 1) {
      await batch(1);
      expect(await jobs()).toBeGreaterThanOrEqual(n * 0.8);
    }
    expect(store.writes()).toBeLessThan(40);
  });

  test('tells of the rest a minute after it has begun to tell', async () => {
    const { batch, store, jobs, pass } = setUp();
    await batch(40);
    await batch(3);
    expect(await jobs()).toBe(40);
    pass(MINUTE_MS);
    await batch(0);
    expect(await jobs()).toBe(43);
    expect(store.writes()).toBe(2);
  });

  test('keeps what could not be written for the next time', async () => {
    let broken = true;
    const { batch, jobs } = setUp((method) => (method === 'replace' && broken ? 'throw' : null));
    await batch(10);
    broken = false;
    await batch(10);
    expect(await jobs()).toBe(20);
  });
});
