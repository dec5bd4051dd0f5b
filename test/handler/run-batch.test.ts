import { describe, expect, test } from 'vitest';
import { AHEAD_MS } from '../../shared/budget/limits.ts';
import type { Delivery } from '../../shared/job/job.ts';
import { runBatch } from '../../shared/run/batch.ts';
import {
  createWorld,
  deliveryOf,
  marketoFault,
  ok,
  requestCampaignJob,
  syncLeadJob,
  type World,
} from '../support/work-world.ts';

const batch = (world: World, deliveries: readonly Delivery[]) =>
  runBatch(deliveries, world.invocation(), world.ports);

const emailOf = (params: unknown): string => JSON.stringify(params).match(/[\w.]+@example\.com/)?.[0] ?? '';

describe('runBatch', () => {
  test('reports nothing if every record ends', async () => {
    const world = createWorld();
    const { failed } = await batch(world, [deliveryOf(syncLeadJob('a')), deliveryOf(syncLeadJob('b'))]);
    expect(failed).toEqual([]);
    expect(world.sends).toHaveLength(2);
  });

  test('first hides every record for the rest of the invocation and half a minute', async () => {
    const world = createWorld();
    const delivery = deliveryOf(syncLeadJob('a'));
    await batch(world, [delivery]);
    expect(world.jobsQueue.hidden[0]).toEqual({ messageId: delivery.messageId, delayMs: 330_000 });
  });

  test('gives the first hide five seconds, and a later one all the time there is', async () => {
    const world = createWorld({ answer: () => marketoFault(20011) });
    const giveUps: number[] = [];
    const started = world.now();
    const jobsQueue = {
      ...world.jobsQueue,
      hide: async (_deliveries: unknown, _delayMs: number, giveUpAt: number) => {
        giveUps.push(giveUpAt - started);
        return true;
      },
    };
    await runBatch([deliveryOf(syncLeadJob('a'))], world.invocation(), { ...world.ports, jobsQueue });
    expect(giveUps).toEqual([5_000, 300_000]);
  });

  test('one malformed record is that record alone: the others run', async () => {
    const world = createWorld();
    const bad = { ...deliveryOf(syncLeadJob('a')), body: 'hello' };
    const { failed } = await batch(world, [bad, deliveryOf(syncLeadJob('b'))]);
    expect(failed).toEqual([]);
    expect(world.archive.letters()).toMatchObject([{ class: 'malformed' }]);
    expect(world.ledger.row('b')?.state.kind).toBe('completed');
  });

  test('keeps the order within a group: what waits takes the rest of its group with it', async () => {
    const world = createWorld({
      answer: (call) => (emailOf(call.params) === 'x@example.com' ? marketoFault(20011) : ok()),
    });
    const first = deliveryOf(syncLeadJob('a', 'x@example.com'));
    const second = deliveryOf(syncLeadJob('b', 'x@example.com'));
    const other = deliveryOf(syncLeadJob('c', 'y@example.com'));
    const { failed } = await batch(world, [first, other, second]);
    expect(failed).toEqual([first.messageId, second.messageId]);
    expect(world.sends.map((call) => emailOf(call.params)).sort()).toEqual([
      'x@example.com',
      'y@example.com',
    ]);
    expect(world.jobsQueue.hidden.slice(1)).toContainEqual({ messageId: second.messageId, delayMs: 0 });
    expect(world.ledger.row('b')).toBeNull();
  });

  test('runs several of one group in their order if none has to wait', async () => {
    const world = createWorld();
    const jobs = ['a', 'b', 'c'].map((id, index) =>
      syncLeadJob(id, 'x@example.com', {
        params: {
          leadRecord: {
            Email: 'x@example.com',
            leadAttributeList: { attribute: [{ attrName: 'FirstName', attrValue: String(index) }] },
          },
          returnLead: false,
        },
      }),
    );
    const { failed } = await batch(
      world,
      jobs.map((job) => deliveryOf(job)),
    );
    expect(failed).toEqual([]);
    expect(world.sends.map((call) => JSON.stringify(call.params).match(/"attrValue":"(\d)"/)?.[1])).toEqual([
      '0',
      '1',
      '2',
    ]);
  });

  test('a dead letter gives up its place: the job behind it runs', async () => {
    const world = createWorld({ answer: (_call, nth) => (nth === 1 ? marketoFault(20105) : ok()) });
    const deliveries = [
      deliveryOf(syncLeadJob('a', 'x@example.com')),
      deliveryOf(syncLeadJob('b', 'x@example.com')),
    ];
    expect((await batch(world, deliveries)).failed).toEqual([]);
    expect(world.ledger.row('a')?.state.kind).toBe('dead-lettered');
    expect(world.ledger.row('b')?.state.kind).toBe('completed');
  });

  test('a store that fails for one record fails that record, and the batch is not thrown away', async () => {
    const world = createWorld({ faults: { ledger: (_method, id) => (id === 'a' ? 'throw' : null) } });
    const broken = deliveryOf(syncLeadJob('a'));
    const { failed } = await batch(world, [broken, deliveryOf(syncLeadJob('b'))]);
    expect(failed).toEqual([broken.messageId]);
    expect(world.ledger.row('b')?.state.kind).toBe('completed');
  });

  test('refused visibilities change nothing but when the message comes back', async () => {
    const world = createWorld({
      faults: { jobsQueue: (method) => (method === 'hide' ? 'throw' : null) },
      answer: () => marketoFault(20011),
    });
    const delivery = deliveryOf(syncLeadJob('a'));
    expect((await batch(world, [delivery])).failed).toEqual([delivery.messageId]);
    expect(world.ledger.row('a')?.state.kind).toBe('waiting');
  });

  test('starts no call without time for its full timeout, and gives the record back at once', async () => {
    const world = createWorld();
    const delivery = deliveryOf(syncLeadJob('a'));
    const short = { deadline: world.now() + 90_000 + 14_000 };
    const { failed } = await runBatch([delivery], short, world.ports);
    expect(failed).toEqual([delivery.messageId]);
    expect(world.sends).toHaveLength(0);
    const enough = { deadline: world.now() + 90_000 + 16_000 };
    expect((await runBatch([deliveryOf(syncLeadJob('a'))], enough, world.ports)).failed).toEqual([]);
  });

  test('waits in the handler for a place in the window instead of going back to the queue', async () => {
    const world = createWorld({ limits: { ratePerWindow: 3 } });
    const started = world.now();
    const deliveries = ['a', 'b', 'c', 'd'].map((id) => deliveryOf(syncLeadJob(id)));
    expect((await batch(world, deliveries)).failed).toEqual([]);
    expect(world.sends).toHaveLength(4);
    // The budget gives the permit that much ahead, and in this world its own timers take no time.
    expect(world.now() - started).toBeGreaterThanOrEqual(20_000 - AHEAD_MS);
  });

  test('under a long hold nothing is called and nothing is claimed', async () => {
    const world = createWorld();
    await world.ports.budget.change((state, now) => ({
      ...state,
      holds: { operator: { since: now, until: null, message: 'paused', probeAt: null, openings: 1 } },
    }));
    const delivery = deliveryOf(requestCampaignJob('a'));
    expect((await batch(world, [delivery])).failed).toEqual([delivery.messageId]);
    expect(world.calls).toHaveLength(0);
    expect(world.ledger.row('a')).toBeNull();
    expect(world.jobsQueue.hidden.at(-1)).toEqual({ messageId: delivery.messageId, delayMs: 300_000 });
  });

  test('after fifty receives under a hold a message is hidden for an hour', async () => {
    const world = createWorld();
    await world.ports.budget.change((state, now) => ({
      ...state,
      holds: { operator: { since: now, until: null, message: 'paused', probeAt: null, openings: 1 } },
    }));
    await batch(world, [deliveryOf(requestCampaignJob('a'), { receiveCount: 51 })]);
    expect(world.jobsQueue.hidden.at(-1)?.delayMs).toBe(3_600_000);
  });

  test('a job that has stopped its worker before runs when nothing else does', async () => {
    const running = new Set<string>();
    let together = 0;
    const world: World = createWorld({
      answer: async (call) => {
        const id = emailOf(call.params);
        running.add(id);
        if (running.has('bad@example.com')) together = Math.max(together, running.size);
        await new Promise((resolve) => setImmediate(resolve));
        running.delete(id);
        return ok();
      },
    });
    const bad = syncLeadJob('bad');
    await batch(world, [deliveryOf(bad)]);
    await world.killed('bad', 2);
    const row = world.ledger.row('bad');
    if (row === null) throw new Error('no row');
    // It has waited for the calls of that time.
    world.ledger.put({ ...row, state: { kind: 'queued' } });
    const { failed } = await batch(world, [
      deliveryOf(bad),
      ...['a', 'b', 'c'].map((id) => deliveryOf(syncLeadJob(id))),
    ]);
    expect(failed).toEqual([]);
    expect(together).toBe(1);
  });

  test('jobs that wait for their turn behind one that kills its worker are not counted as started with it', async () => {
    let rest = (): void => {};
    const held = new Promise<void>((resolve) => {
      rest = resolve;
    });
    let calls = 0;
    const world = createWorld({
      answer: async () => {
        calls += 1;
        if (calls === 4) await held;
        return ok();
      },
    });
    const ids = ['killer', 'b', 'c'];
    await batch(world, [...ids.map((id) => deliveryOf(syncLeadJob(id)))]);
    for (const id of ids) {
      await world.killed(id, 3);
    }
    const running = batch(world, [...ids.map((id) => deliveryOf(syncLeadJob(id)))]);
    await expect.poll(() => calls).toBe(4);
    // Were the worker killed now, only the job whose turn it is would have been started a fourth time.
    expect(ids.map((id) => world.ledger.row(id)?.starts).sort()).toEqual([3, 3, 4]);
    rest();
    await running;
    expect(ids.map((id) => world.ledger.row(id)?.state.kind)).toEqual(ids.map(() => 'completed'));
  });

  test('a job that has stopped its worker four times is dead-lettered as poison without a call', async () => {
    const world = createWorld();
    await batch(world, [deliveryOf(syncLeadJob('bad'))]);
    await world.killed('bad', 4);
    await batch(world, [deliveryOf(syncLeadJob('bad'))]);
    expect(world.archive.letters()).toMatchObject([{ class: 'poison' }]);
    expect(world.sends).toHaveLength(1);
  });
});
