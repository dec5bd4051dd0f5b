import { describe, expect, test } from 'vitest';
import type { JobState } from '../../../../shared/ledger/row.ts';
import { watchSample } from '../../../../shared/operate/redrive/watch.ts';
import { leadJob, letterWorld, NOON } from '../../../support/letters.ts';

const DONE: JobState = { kind: 'completed', at: NOON, result: null, resultDropped: false };
const dead = (letterId: string): JobState => ({
  kind: 'dead-lettered',
  at: NOON,
  letterId,
  quietUntil: null,
});

/** Jobs that were sent again, each at epoch 1 and queued; the letters of that epoch have a cause of their own. */
async function sample(count: number) {
  const world = letterWorld();
  const jobs = Array.from({ length: count }, (_, i) => ({ jobId: `job-${i}`, epoch: 1 }));
  for (const { jobId } of jobs) {
    const job = leadJob(jobId, `${jobId}@example.com`);
    await world.deadLetter(job, {}, { kind: 'queued' });
    const row = world.ports.ledger.row(jobId);
    if (row !== null) await world.putRow({ ...row, epoch: 1 });
  }
  const looks: number[] = [];
  const sleeps: number[] = [];
  const sleep = async (ms: number) => {
    sleeps.push(ms);
    await world.ports.sleep(ms);
  };
  const watch = (
    causes: readonly string[] = [],
    patienceMs = 10_000,
    over: object = {},
    patience: object = {},
  ) =>
    watchSample({ ...world.ports, sleep, ...over }, jobs, new Set(causes), {
      patienceMs,
      onLook: (ended) => void looks.push(ended),
      toTheEnd: false,
      breakOff: async () => null,
      ...patience,
    });
  /** The letter that the redriven job ended in, and its cause. */
  const endInLetter = async (jobId: string, message: string): Promise<string> => {
    const letterId = `${jobId}#1`;
    const head = await world.deadLetter(leadJob(jobId), { letterId, epoch: 1, message }, dead(letterId));
    const row = world.ports.ledger.row(jobId);
    if (row !== null) await world.putRow({ ...row, epoch: 1 });
    return head.cause;
  };
  return { world, watch, looks, sleeps, endInLetter };
}

describe('the first of a redrive', () => {
  test('are waited for until each has ended, ever less often', async () => {
    const { world, watch, looks, sleeps } = await sample(2);
    let slept = 0;
    world.onSleep = async () => {
      slept += 1;
      if (slept === 2) await world.setState('job-0', DONE);
      if (slept === 6) await world.setState('job-1', DONE);
    };
    expect((await watch()).stop).toBeNull();
    expect(looks).toEqual([0, 0, 1, 1, 1, 1, 2]);
    expect(sleeps).toEqual([250, 500, 1_000, 2_000, 2_000, 2_000]);
  });

  test('are none if none could be sent: the rest does not follow', async () => {
    const { watch, looks } = await sample(0);
    expect((await watch()).stop).toBe('none of the first letters could be redriven');
    expect(looks).toEqual([]);
  });

  test('stop the rest if they do not end within the patience, to the moment', async () => {
    const { world, watch, looks, sleeps } = await sample(3);
    await world.setState('job-1', DONE);
    expect((await watch([], 1_750)).stop).toBe(
      '2 of the first 3 have not ended within 2 s; they stay in the queue',
    );
    expect(sleeps).toEqual([250, 500, 1_000]);
    expect(looks).toEqual([1, 1, 1, 1]);
  });

  test('stop the rest as soon as one dies of a cause that was to be mended', async () => {
    const { watch, endInLetter } = await sample(2);
    const cause = await endInLetter('job-1', 'unknown fields: pants');
    expect((await watch(['other', cause])).stop).toBe(`the same cause came back (${cause})`);
  });

  test('do not stop it if they die of another, or in a letter that is gone', async () => {
    const { world, watch, endInLetter } = await sample(2);
    const cause = await endInLetter('job-0', 'unknown fields: pants');
    await world.setState('job-1', dead('nowhere'));
    expect((await watch(['other'])).stop).toBeNull();
    expect(cause).not.toBe('other');
  });

  test('have ended where they were redriven once more, in the letter of their own epoch', async () => {
    const { world, watch, endInLetter } = await sample(2);
    const cause = await endInLetter('job-0', 'unknown fields: pants');
    for (const jobId of ['job-0', 'job-1']) {
      const row = world.ports.ledger.row(jobId);
      if (row !== null) await world.putRow({ ...row, epoch: 2, state: { kind: 'queued' } });
    }
    expect((await watch()).stop).toBeNull();
    expect((await watch([cause])).stop).toBe(`the same cause came back (${cause})`);
  });

  test('have not ended while their rows are gone, of the epoch before, or cannot be read', async () => {
    const { world, watch } = await sample(3);
    await world.ports.ledger.remove('job-0');
    const row = world.ports.ledger.row('job-1');
    if (row !== null) await world.putRow({ ...row, epoch: 0, state: DONE });
    const ledger = {
      get: async (jobId: string) => {
        if (jobId === 'job-2') throw new Error('no store');
        return world.ports.ledger.get(jobId);
      },
    };
    expect((await watch([], 1_000, { ledger })).stop).toContain('3 of the first 3 have not ended');
  });
});
