import { describe, expect, test } from 'vitest';
import type { Delivery, Job } from '../../shared/job/job.ts';
import { messageFor } from '../../shared/job/message.ts';
import { runBatch } from '../../shared/run/batch.ts';
import { sendDue } from '../../shared/tend/send-due.ts';
import { createWorld, deliveryOf, marketoFault, ok, syncLeadJob, type World } from '../support/work-world.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Time does not pass: short waits are over at once, and whoever sleeps for long wakes when his signal says so. */
const untilWoken = (ms: number, signal?: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (ms <= 1_000) setImmediate(resolve);
    signal?.addEventListener('abort', () => resolve());
  });

/** A Marketo that takes its time, and notes the most calls that it saw at once, of one address and in all. */
function slowWorld() {
  const under = new Map<string, number>();
  const most = { ofOne: 0, inAll: 0 };
  const count = (address: string, step: number): void => {
    under.set(address, (under.get(address) ?? 0) + step);
    most.ofOne = Math.max(most.ofOne, ...under.values());
    most.inAll = Math.max(
      most.inAll,
      [...under.values()].reduce((sum, of) => sum + of, 0),
    );
  };
  const world = createWorld({
    answer: async ({ params }) => {
      const address = JSON.stringify(params).match(/[\w.]+@example\.com/)?.[0] ?? '';
      count(address, 1);
      for (let turns = 0; turns < 5; turns += 1) await settled();
      count(address, -1);
      return ok();
    },
  });
  const batch = (deliveries: readonly Delivery[]) =>
    runBatch(deliveries, world.invocation(), { ...world.ports, sleep: untilWoken });
  return { world, most, batch };
}

const inGroups = (jobs: readonly Job[]) =>
  jobs.map((job, index) => deliveryOf(job, { groupId: `group-${index}` }));

const states = (world: World, jobs: readonly Job[]) => jobs.map(({ id }) => world.ledger.row(id)?.state.kind);

const completed = (jobs: readonly Job[]) => jobs.map(() => 'completed');

describe('a bare sender who puts one lead into many groups', () => {
  const jobs = Array.from({ length: 10 }, (_, nth) => syncLeadJob(`a${nth}`, 'ann@example.com'));

  test('loses nothing, and the lead is never called twice at once', async () => {
    const { world, most, batch } = slowWorld();
    expect((await batch(inGroups(jobs))).failed).toEqual([]);
    expect(states(world, jobs)).toEqual(completed(jobs));
    expect(most.ofOne).toBe(1);
  });

  test('nor over two invocations of one process', async () => {
    const { world, most, batch } = slowWorld();
    const deliveries = inGroups(jobs);
    await Promise.all([batch(deliveries.slice(0, 5)), batch(deliveries.slice(5))]);
    expect(states(world, jobs)).toEqual(completed(jobs));
    expect(most.ofOne).toBe(1);
  });

  test('nor where the jobs have keys of their own', async () => {
    const { world, most, batch } = slowWorld();
    const own = jobs.map((job, index) => ({ ...job, orderingKey: `own-${index}` }));
    await batch(own.map((job) => deliveryOf(job)));
    expect(states(world, own)).toEqual(completed(own));
    expect(most.ofOne).toBe(1);
  });

  test('keeps no other lead from being called', async () => {
    const { world, most, batch } = slowWorld();
    const all = [...jobs, ...['b', 'c', 'd'].map((id) => syncLeadJob(id))];
    await batch(inGroups(all));
    expect(states(world, all)).toEqual(completed(all));
    expect(most).toEqual({ ofOne: 1, inAll: 4 });
  });

  test('is called again by the same process once its first call has ended', async () => {
    const { world, batch } = slowWorld();
    await batch(inGroups(jobs.slice(0, 1)));
    expect(world.ports.keyTurns.ask(['lead:EMAIL:ann@example.com']).hasBegun()).toBe(true);
  });

  test('takes no slot for those that wait', async () => {
    const { world, batch } = slowWorld();
    const running = batch(inGroups(jobs));
    while (world.calls.length === 0) await settled();
    for (let turns = 0; turns < 3; turns += 1) await settled();
    const state = await world.store.get();
    expect(Object.keys(state?.leases ?? {})).toHaveLength(1);
    await running;
  });
});

describe('a run that waits for the call of its key', () => {
  const first = syncLeadJob('first', 'ann@example.com');
  const second = syncLeadJob('second', 'ann@example.com');

  /** A world in which the first job's call never ends. */
  async function stuck() {
    const world = createWorld({ answer: () => new Promise(() => {}) });
    void world.run(first, world.ports);
    while (world.calls.length === 0) await settled();
    return world;
  }

  test('is deferred at the end of its time, spends no attempt and says why', async () => {
    const world = await stuck();
    const deadline = world.now() + 300_000;
    const settlement = await world.run(deliveryOf(second, { groupId: 'mine' }), world.ports);
    expect(settlement).toMatchObject({ kind: 'hide', until: deadline - 15_000 });
    expect(world.ledger.row('second')).toMatchObject({
      attempts: [],
      starts: 0,
      state: { kind: 'waiting', reason: 'order' },
    });
    expect(world.calls).toHaveLength(1);
  });

  test('leaves its place to those behind it', async () => {
    const world = await stuck();
    await world.run(deliveryOf(second, { groupId: 'mine' }), world.ports);
    const turn = world.ports.keyTurns.ask(['lead:EMAIL:ann@example.com']);
    expect(turn.hasBegun()).toBe(false);
  });

  test('gives its claim back when the process is asked to end', async () => {
    const world = createWorld({ answer: () => new Promise(() => {}) });
    void world.run(first, world.ports);
    while (world.calls.length === 0) await settled();
    const stop = new AbortController();
    const batch = runBatch(
      [deliveryOf(second, { groupId: 'mine' })],
      { ...world.invocation(), stopping: stop.signal },
      { ...world.ports, sleep: untilWoken },
    );
    while (world.ledger.row('second')?.state.kind !== 'running') await settled();
    stop.abort();
    expect((await batch).failed).toHaveLength(1);
    expect(world.ledger.row('second')).toMatchObject({ starts: 0, state: { kind: 'queued' } });
  });
});

describe('one constant group', () => {
  /** Takes what the queue gives out and works on it, as the event source does. */
  async function drain(world: World): Promise<void> {
    const taken = world.jobsQueue.deliver(10, 330_000, true);
    const { failed } = await runBatch(taken, world.invocation(), world.ports);
    for (const { messageId, receiptHandle } of taken)
      if (!failed.includes(messageId)) world.jobsQueue.acknowledge(receiptHandle);
  }
  const ahead = (world: World, ms: number) => new Date(world.now() + ms).toISOString();
  const send = (world: World, sent: readonly Job[], groupId: string) =>
    world.jobsQueue.send(sent.map((job) => ({ ...messageFor(job), groupId })));

  test('is not held up by a job whose time has not come, which runs at its time', async () => {
    const world = createWorld();
    const early = syncLeadJob('early', undefined, { notBefore: ahead(world, 45_000) });
    const others = ['a', 'b'].map((id) => syncLeadJob(id));
    await send(world, [early, ...others], 'marketo');
    await drain(world);
    expect(states(world, [early, ...others])).toEqual(['parked', 'completed', 'completed']);

    // Within SQS's five minutes: sent as a repeat of its first message it would be dropped.
    world.advance(45_000);
    expect(await sendDue(world.invocation(), world.ports)).toBe(1);
    await drain(world);
    expect(states(world, [early])).toEqual(['completed']);
    expect(world.sends).toHaveLength(3);
  });

  test('is left by a parked job for its own, where it has an order with its lead’s other jobs', async () => {
    const world = createWorld();
    const early = syncLeadJob('early', undefined, { notBefore: ahead(world, 45_000) });
    await send(world, [early], 'marketo');
    await drain(world);
    world.advance(45_000);
    await sendDue(world.invocation(), world.ports);
    expect(world.jobsQueue.messages().map(({ groupId }) => groupId)).toEqual([messageFor(early).groupId]);
  });

  test('that is the lead’s own waits for the job, which keeps its place', async () => {
    const world = createWorld();
    const early = syncLeadJob('early', 'a@example.com', { notBefore: ahead(world, 45_000) });
    const later = syncLeadJob('later', 'a@example.com');
    await send(world, [early, later], messageFor(early).groupId);
    await drain(world);
    expect(states(world, [early, later])).toEqual(['waiting', undefined]);
  });
});

describe('jobs in groups that are not their own', () => {
  const count = async (world: World) => (await world.foreignGroups.get())?.jobs ?? 0;

  test('are counted once each, however often they are delivered', async () => {
    const world = createWorld({ answer: (_call, nth) => (nth < 3 ? marketoFault(20011) : ok()) });
    const delivery = deliveryOf(syncLeadJob('a'), { groupId: 'marketo' });
    for (let times = 0; times < 3; times += 1) {
      await runBatch([delivery], world.invocation(), world.ports);
      world.advance(600_000);
    }
    expect(world.ledger.row('a')?.state.kind).toBe('completed');
    expect(await world.foreignGroups.get()).toMatchObject({
      jobs: 1,
      groups: [{ name: 'marketo', jobId: 'a' }],
    });
  });

  test('are counted when a run takes them, not under a hold, and those in their own never', async () => {
    const world = createWorld();
    await runBatch([deliveryOf(syncLeadJob('own'))], world.invocation(), world.ports);
    expect(world.foreignGroups.writes()).toBe(0);
    await world.ports.budget.change((state, now) => ({
      ...state,
      holds: { operator: { since: now, until: null, message: '', probeAt: null, openings: 1 } },
    }));
    const held = deliveryOf(syncLeadJob('held'), { groupId: 'marketo' });
    await runBatch([held], world.invocation(), world.ports);
    await runBatch([held], world.invocation(), world.ports);
    expect(world.calls).toHaveLength(1);
    expect(await count(world)).toBe(0);
    await world.ports.budget.change((state) => ({ ...state, holds: {} }));
    await runBatch([held], world.invocation(), world.ports);
    expect(await count(world)).toBe(1);
  });

  test('run all the same where they cannot be counted', async () => {
    const world = createWorld({ faults: { foreignGroups: () => 'throw' } });
    const { failed } = await runBatch(
      [deliveryOf(syncLeadJob('a'), { groupId: 'marketo' })],
      world.invocation(),
      world.ports,
    );
    expect(failed).toEqual([]);
  });
});
