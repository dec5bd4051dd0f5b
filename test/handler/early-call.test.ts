import { describe, expect, test } from 'vitest';
import { createBudget } from '../../shared/budget/gate.ts';
import { takenSlots } from '../../shared/budget/state.ts';
import { STARTS_ALONE } from '../../shared/config/limits.ts';
import type { Delivery, Job } from '../../shared/job/job.ts';
import { digestOf } from '../../shared/job/message.ts';
import { firstRow } from '../../shared/ledger/row.ts';
import { SOAP_BOUNDS } from '../../shared/marketo/soap/packing-bounds.ts';
import { runBatch } from '../../shared/run/batch.ts';
import { run } from '../../shared/run/run.ts';
import {
  createWorld,
  deliveryOf,
  ok,
  requestCampaignJob,
  syncLeadJob,
  type World,
  working,
} from '../support/work-world.ts';

/** Everything on memory that can happen without time passing has happened. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What the account counts: calls of the day and of the window, and the slots that are taken. */
async function counts(world: World) {
  const state = await world.store.get();
  if (state === null) return { spent: 0, calls: 0, leases: 0 };
  const { spent, calls, leases } = state;
  return { spent, calls: Object.values(calls).flat().length, leases: Object.keys(leases).length };
}

const NOTHING = { spent: 0, calls: 0, leases: 0 };
const ONE = { spent: 1, calls: 1, leases: 1 };

/** Ports whose ledger writes nothing before `write` is called. */
function withClaimUnderWay(world: World) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const ledger: typeof world.ledger = {
    ...world.ledger,
    change: async (at, reduce) => {
      await promise;
      return world.ledger.change(at, reduce);
    },
  };
  return { ports: { ...world.ports, ledger }, write: resolve };
}

describe('the permit of a job that shares its call with nobody', () => {
  async function whileClaimed(
    job: Job,
    over: Partial<Delivery> = {},
    bounds: typeof SOAP_BOUNDS | null = null,
  ) {
    const world = createWorld({ bounds });
    const { ports, write } = withClaimUnderWay(world);
    const running = runBatch([deliveryOf(job, over)], world.invocation(), ports);
    await settled();
    const asked = await counts(world);
    const sent = world.sends.length;
    write();
    expect(await running).toEqual({ failed: [] });
    expect(world.sends).toHaveLength(1);
    return { asked, sent };
  }

  test('is asked for beside the claim, and sends nothing before the claim stands', async () => {
    expect(await whileClaimed(syncLeadJob('a'))).toEqual({ asked: ONE, sent: 0 });
    expect(await whileClaimed(syncLeadJob('a'), { hasRow: true })).toEqual({ asked: ONE, sent: 0 });
    expect(await whileClaimed(requestCampaignJob('a'), {}, SOAP_BOUNDS)).toEqual({ asked: ONE, sent: 0 });
  });

  test('is asked for after the claim where the message was received before', async () => {
    expect(await whileClaimed(syncLeadJob('a'), { receiveCount: 2 })).toEqual({ asked: NOTHING, sent: 0 });
  });

  test('is asked for after the claim where others may share the call', async () => {
    expect(await whileClaimed(syncLeadJob('a'), {}, SOAP_BOUNDS)).toEqual({ asked: NOTHING, sent: 0 });
  });

  test('costs no write more than after the claim', async () => {
    const writes = async (receiveCount: number) => {
      const world = createWorld();
      await runBatch([deliveryOf(syncLeadJob('a'), { receiveCount })], world.invocation(), world.ports);
      return world.store.writes();
    };
    expect(await writes(1)).toBe(await writes(2));
  });

  test('is followed by the intent of what must not be sent twice, before the first byte', async () => {
    const seen: unknown[] = [];
    const world: World = createWorld({
      answer: () => {
        seen.push(world.ledger.row('a')?.state);
        return ok();
      },
    });
    await world.run(requestCampaignJob('a'));
    expect(seen).toMatchObject([{ kind: 'running', intentAt: world.now() }]);
  });
});

describe('a permit that was asked for beside a claim', () => {
  test('goes back at once with its stamp and its count where another run has the job', async () => {
    const answered = Promise.withResolvers<void>();
    const world = createWorld({ answer: () => answered.promise.then(() => ok()) });
    const job = syncLeadJob('a');
    const { store, limits, ports } = world;
    // Nothing is written for the reason alone that some time has passed.
    const sleep = () => new Promise<void>(() => {});
    const budget = createBudget({ ...ports, store, limits, sleep, serverDoneMs: 180_000 });
    const runs = [world.run(job, { budget }), world.run(job, { budget })];
    const refused = await Promise.race(runs);
    expect(refused).toMatchObject({ kind: 'hide' });
    // That of the one that calls.
    expect(await counts(world)).toEqual(ONE);
    answered.resolve();
    await Promise.all(runs);
    expect(world.sends).toHaveLength(1);
    expect((await counts(world)).spent).toBe(1);
  });

  test('goes back where the job has ended', async () => {
    const world = createWorld();
    const job = syncLeadJob('a');
    await world.run(job);
    await world.ports.budget.flush();
    const before = await counts(world);
    expect(await world.run(job)).toEqual({ kind: 'acknowledge' });
    expect(await counts(world)).toEqual(before);
  });

  test('goes back where the claim cannot be written', async () => {
    const world = createWorld({ faults: { ledger: (method) => (method === 'replace' ? 'throw' : null) } });
    await expect(world.run(syncLeadJob('a'))).rejects.toThrow('as the test asked');
    expect(await counts(world)).toEqual(NOTHING);
    expect(world.sends).toEqual([]);
  });

  test('goes back while another call of its key is under way', async () => {
    const answered = Promise.withResolvers<void>();
    const world = createWorld({
      answer: (_call, nth) => (nth === 1 ? answered.promise.then(() => ok()) : ok()),
    });
    const [first, second] = ['a', 'b'].map((id) =>
      deliveryOf(syncLeadJob(id, 'one@example.com'), { groupId: id }),
    );
    if (first === undefined || second === undefined) throw new Error('there are two');
    /** Who waits for a turn of his key waits until it is his. */
    const sleep: typeof world.ports.sleep = (ms, signal) =>
      signal === undefined
        ? world.ports.sleep(ms)
        : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    const running = runBatch([first, second], world.invocation(), { ...world.ports, sleep });
    while (world.ledger.row('b')?.state.kind !== 'running') await settled();
    await settled();
    expect(await counts(world)).toEqual(ONE);
    answered.resolve();
    expect(await running).toEqual({ failed: [] });
    expect(world.sends).toHaveLength(2);
    expect((await counts(world)).spent).toBe(2);
  });

  test('is none that the job itself would have to wait for, after a run that died without one', async () => {
    const world = createWorld({ soleInstance: 'life' });
    const job = syncLeadJob('a');
    const seen = { sequenceNumber: '1', enqueuedAt: world.now() };
    const state = {
      kind: 'running',
      owner: 'earlier-life.desk.0-0',
      leaseUntil: world.now() + 60_000,
      intentAt: null,
    } as const;
    world.ledger.put({ ...firstRow(job, seen), starts: 1, claims: 1, state });
    const { ports, write } = withClaimUnderWay(world);
    const running = runBatch([deliveryOf(job)], world.invocation(), ports);
    await settled();
    expect(await counts(world)).toEqual(ONE);
    write();
    await running;
    expect(world.ledger.row('a')?.state.kind).toBe('completed');
    expect(await counts(world)).toEqual({ ...ONE, leases: 0 });
  });

  test('is not kept while the job waits to be alone in its process', async () => {
    const world = createWorld();
    const job = syncLeadJob('a');
    const seen = { sequenceNumber: '1', enqueuedAt: world.now() };
    world.ledger.put({ ...firstRow(job, seen), starts: STARTS_ALONE - 1, state: { kind: 'queued' } });
    expect(world.ledger.row('a')?.digest).toBe(digestOf(job));
    const whileWaiting: unknown[] = [];
    const turn = {
      untilApart: async () => {
        await settled();
        whileWaiting.push(await counts(world));
      },
      isAlone: () => false,
      leave: () => {},
    };
    await run(deliveryOf(job), turn, working(world.invocation(), world.ports), world.ports);
    expect(whileWaiting).toEqual([NOTHING]);
    expect(world.sends).toHaveLength(1);
  });

  test('is not asked for in a line behind other calls: who drops it waits for none of them', async () => {
    const answered = Promise.withResolvers<void>();
    const world = createWorld({
      answer: () => answered.promise.then(() => ok()),
      limits: { concurrency: 100, ratePerWindow: 1_000 },
    });
    const jobs = Array.from({ length: 30 }, (_, i) =>
      deliveryOf(syncLeadJob(`${i}`, `${i}@example.com`), { groupId: `${i}` }),
    );
    const again = deliveryOf(syncLeadJob('0', '0@example.com'), { groupId: 'again' });
    const handedBack: string[] = [];
    const { jobsQueue } = world;
    const hide: typeof jobsQueue.hide = (deliveries, delayMs, giveUpAt) => {
      if (deliveries.length === 1) handedBack.push(...deliveries.map(({ messageId }) => messageId));
      return jobsQueue.hide(deliveries, delayMs, giveUpAt);
    };
    const ports = { ...world.ports, jobsQueue: { ...jobsQueue, hide } };
    const running = runBatch([...jobs, again], world.invocation(), ports);
    for (let turns = 0; turns < 1_000 && handedBack.length === 0; turns += 1) await settled();
    expect(handedBack).toEqual([again.messageId]);
    answered.resolve();
    await running;
    expect(world.sends).toHaveLength(30);
  });

  test('is not waited for before the claim stands', async () => {
    const world = createWorld();
    let asked = 0;
    const budget: typeof world.ports.budget = {
      ...world.ports.budget,
      ask: async () => {
        asked += 1;
        return { kind: 'wait', until: world.now() + 30_000, because: 'rate' };
      },
    };
    const job = syncLeadJob('a');
    await world.claim(job);
    const before = world.now();
    expect(await world.run(job, { budget })).toMatchObject({ kind: 'hide' });
    expect(asked).toBe(1);
    expect(world.now()).toBe(before);
  });

  test('ends by itself where the process dies before its claim is written, and the job runs at its next delivery', async () => {
    const world = createWorld();
    const { ports } = withClaimUnderWay(world);
    void runBatch([deliveryOf(syncLeadJob('a'))], world.invocation(), ports);
    await settled();
    expect(await counts(world)).toEqual(ONE);
    expect(await world.run(deliveryOf(syncLeadJob('a'), { receiveCount: 2 }))).toEqual({
      kind: 'acknowledge',
    });
    expect(world.sends).toHaveLength(1);
    const state = await world.store.get();
    if (state === null) throw new Error('there is no account');
    const slotMs = 90_000 + world.ports.settings.timings.settleReserveMs + 2_000;
    expect(takenSlots(state, world.now() + slotMs + 1)).toBe(0);
  });
});
