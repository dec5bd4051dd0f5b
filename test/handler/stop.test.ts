import { describe, expect, test } from 'vitest';
import type { Job } from '../../shared/job/job.ts';
import { runBatch } from '../../shared/run/batch.ts';
import type { Invocation } from '../../shared/run/ports.ts';
import { createWorld, deliveryOf, syncLeadJob } from '../support/work-world.ts';

const worldThatStops = () => {
  const world = createWorld();
  const stop = new AbortController();
  const invocation: Invocation = { ...world.invocation(), stopping: stop.signal };
  const { budget, clock } = world.ports;
  return {
    ...world,
    stop: () => stop.abort(),
    work: (jobs: readonly Job[], over: Partial<typeof world.ports> = {}) =>
      runBatch(
        jobs.map((job) => deliveryOf(job)),
        invocation,
        { ...world.ports, ...over },
      ),
    /** No permit for five seconds. */
    busy: {
      ...budget,
      ask: async () => ({ kind: 'wait', until: clock() + 5_000, because: 'rate' }) as const,
    },
  };
};

describe('a process that is asked to end', () => {
  test('hands back at once what waits for a permit, unsent and as if it had never been taken', async () => {
    const world = worldThatStops();
    const slept: number[] = [];
    const outcome = await world.work([syncLeadJob('waits')], {
      budget: world.busy,
      sleep: async (ms, signal) => {
        // Not those in which requests are gathered.
        if (signal === undefined) return;
        slept.push(ms);
        expect(signal.aborted).toBe(false);
        world.stop();
        expect(signal.aborted).toBe(true);
      },
    });
    expect(slept).toEqual([5_000]);
    expect(outcome.failed).toHaveLength(1);
    expect(world.jobsQueue.hidden.at(-1)).toMatchObject({ delayMs: 0 });
    expect(world.ledger.row('waits')).toMatchObject({ starts: 0, attempts: [], state: { kind: 'queued' } });
    expect(world.sends).toEqual([]);
  });

  test('hands back at once what waits for a connection, and closes it when it is there at last', async () => {
    const world = worldThatStops();
    const { wire } = world.ports;
    const late = Promise.withResolvers<void>();
    let released = 0;
    const slow: typeof wire = {
      ...wire,
      open: async (target) => {
        world.stop();
        await late.promise;
        const opened = await wire.open(target);
        if (opened.kind === 'failed') return opened;
        return {
          ...opened,
          connection: {
            ...opened.connection,
            release: () => {
              released += 1;
            },
          },
        };
      },
    };
    const outcome = await world.work([syncLeadJob('dials')], { wire: slow });
    expect(outcome.failed).toHaveLength(1);
    expect(world.ledger.row('dials')).toMatchObject({ starts: 0, attempts: [], state: { kind: 'queued' } });
    late.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect(released).toBe(1);
  });

  test('waits on and sends when it goes on', async () => {
    const world = worldThatStops();
    let asked = 0;
    const { ask } = world.ports.budget;
    const budget = {
      ...world.ports.budget,
      ask: (...given: Parameters<typeof ask>) => (++asked === 1 ? world.busy.ask() : ask(...given)),
    };
    await world.work([syncLeadJob('goes')], { budget });
    expect(asked).toBe(2);
    expect(world.ledger.row('goes')?.state.kind).toBe('completed');
  });

  test('keeps what is known of a job that has stopped its worker before', async () => {
    const world = worldThatStops();
    const job = syncLeadJob('dangerous');
    await world.work([job], { budget: { ...world.busy, ask: () => Promise.reject(new Error('no store')) } });
    await world.ledger.change('dangerous', (row) => row && { ...row, starts: 3 });
    await world.work([job], { budget: world.busy, sleep: async () => world.stop() });
    expect(world.ledger.row('dangerous')?.starts).toBe(3);
  });

  test('sends nothing with a permit that came too late, and gives its slot back', async () => {
    const world = worldThatStops();
    const { ask, report } = world.ports.budget;
    const reported: (number | null)[] = [];
    const budget: typeof world.ports.budget = {
      ...world.ports.budget,
      ask: async (request) => {
        const answer = await ask(request);
        world.stop();
        return answer;
      },
      report: (call) => {
        reported.push(call.sentAt);
        return report(call);
      },
    };
    await world.work([syncLeadJob('late')], { budget });
    expect(world.sends).toEqual([]);
    expect(reported).toEqual([null]);
    expect((await world.ports.budget.state()).leases).toEqual({});
    expect(world.ledger.row('late')).toMatchObject({ starts: 0, state: { kind: 'queued' } });
  });

  test('lets the call that is under way end, and does not begin the next of its group', async () => {
    const world = worldThatStops();
    const jobs = ['first', 'second'].map((id) => syncLeadJob(id, 'ann@example.com'));
    const underWay: number[] = [];
    let calls = 0;
    const stop = new AbortController();
    const invocation: Invocation = {
      ...world.invocation(),
      stopping: stop.signal,
      calling: () => {
        calls += 1;
        return () => {
          calls -= 1;
        };
      },
    };
    const { trace } = world.ports;
    await runBatch(
      jobs.map((job) => deliveryOf(job)),
      invocation,
      {
        ...world.ports,
        trace: async (...step) => {
          if (step[0] === 'sent') {
            underWay.push(calls);
            stop.abort();
          }
          await trace(...step);
        },
      },
    );
    expect(underWay).toEqual([1]);
    expect(calls).toBe(0);
    expect(world.ledger.row('first')?.state.kind).toBe('completed');
    expect(world.ledger.row('second')).toBeNull();
    expect(world.jobsQueue.hidden.at(-1)).toMatchObject({ delayMs: 0 });
  });
});
