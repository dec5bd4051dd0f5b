import { describe, expect, test } from 'vitest';
import type { Job } from '../../shared/job/job.ts';
import { DAY_MS } from '../../shared/kernel/clock.ts';
import {
  createWorld,
  dieAt,
  marketoFault,
  requestCampaignJob,
  syncLeadJob,
  type World,
  type WorldOptions,
} from '../support/work-world.ts';

const ofBatch = (id: string, batch = 'b'): Job => syncLeadJob(id, `${id}@example.com`, { batch });

async function cancelledWorld(options: WorldOptions = {}): Promise<World> {
  const world = createWorld(options);
  await cancel(world);
  return world;
}

const cancel = (world: World, batch = 'b') =>
  world.ports.cancellations.change(batch, () => ({ at: world.now() }));

/** Past what a worker remembers of a batch. */
const later = (world: World): void => world.advance(5_000);

describe('a job of a cancelled batch', () => {
  test('is acknowledged without a call, and its row says cancelled for as long as a completed one would', async () => {
    const world = await cancelledWorld();
    expect(await world.run(ofBatch('j1'))).toEqual({ kind: 'acknowledge' });
    expect(world.calls).toEqual([]);
    expect(world.ledger.row('j1')).toMatchObject({
      batch: 'b',
      state: { kind: 'cancelled', at: world.now() },
      deleteAt: world.now() + 30 * DAY_MS,
    });
  });

  test('is run where its batch is another, or none', async () => {
    const world = await cancelledWorld();
    await world.run(ofBatch('j1', 'c'));
    await world.run(syncLeadJob('j2'));
    expect(world.calls).toHaveLength(2);
  });

  test('stays cancelled when its message comes once more', async () => {
    const world = await cancelledWorld();
    await world.run(ofBatch('j1'));
    const row = world.ledger.row('j1');
    expect(await world.run(ofBatch('j1'), { isCancelled: async () => false })).toEqual({
      kind: 'acknowledge',
    });
    expect(world.calls).toEqual([]);
    expect(world.ledger.row('j1')).toEqual(row);
  });

  test('is not sent again after a failure that it would have been sent again after, and keeps its attempts', async () => {
    const world = createWorld({ answer: () => marketoFault(20_106) });
    const settlement = await world.run(ofBatch('j1'));
    if (settlement.kind !== 'hide' || settlement.until === null)
      throw new Error('it was not to be sent again');
    await cancel(world);
    world.advance(Math.max(5_000, settlement.until - world.now()));
    expect(await world.run(ofBatch('j1'))).toEqual({ kind: 'acknowledge' });
    expect(world.calls).toHaveLength(1);
    expect(world.ledger.row('j1')).toMatchObject({
      state: { kind: 'cancelled' },
      attempts: [{ code: 20_106 }],
    });
  });

  test('that was parked ends when it is due', async () => {
    const world = createWorld();
    const notBefore = new Date(world.now() + DAY_MS).toISOString();
    const job: Job = { ...ofBatch('j1'), notBefore };
    await world.run(job);
    expect(world.ledger.row('j1')?.state.kind).toBe('parked');
    await cancel(world);
    world.advance(DAY_MS);
    expect(await world.run(job)).toEqual({ kind: 'acknowledge' });
    expect(world.ledger.row('j1')?.state.kind).toBe('cancelled');
    expect(world.calls).toEqual([]);
  });

  test('ends under a hold as well', async () => {
    const world = await cancelledWorld();
    const held = {
      ...world.ports.budget,
      closed: async () => ({ reason: 'operator' as const, until: null }),
    };
    expect(await world.run(ofBatch('j1'), { budget: held })).toEqual({ kind: 'acknowledge' });
    expect(world.ledger.row('j1')?.state.kind).toBe('cancelled');
  });
});

describe('what of a cancelled batch is under way', () => {
  test('ends as it ends', async () => {
    const world = createWorld({
      answer: async () => {
        await cancel(world);
        return { kind: 'result', result: {} };
      },
    });
    await world.run(ofBatch('j1'));
    later(world);
    expect(world.ledger.row('j1')?.state.kind).toBe('completed');
    await world.run(ofBatch('j1'));
    expect(world.ledger.row('j1')?.state.kind).toBe('completed');
  });

  test('is left to the run that has it', async () => {
    const world = createWorld();
    await dieAt(world, 'sent', ofBatch('j1'));
    await cancel(world);
    later(world);
    expect(await world.run(ofBatch('j1'))).toMatchObject({ kind: 'hide' });
    expect(world.ledger.row('j1')?.state.kind).toBe('running');
  });

  test('is in doubt where an unsafe call was announced and never answered', async () => {
    const world = createWorld({ soleInstance: 'first' });
    const job = requestCampaignJob('j1', 'ann@example.com', { batch: 'b' });
    await dieAt(world, 'sent', job);
    await cancel(world);
    later(world);
    const restarted = { settings: { ...world.ports.settings, soleInstance: 'second' } };
    await world.run(job, restarted);
    expect(world.archive.letters()).toMatchObject([{ class: 'in-doubt' }]);
  });

  test('keeps its lead’s next write waiting until Marketo must be done with it', async () => {
    const world = createWorld({ soleInstance: 'first' });
    await dieAt(world, 'sent', ofBatch('j1'));
    await cancel(world);
    later(world);
    const restarted = { settings: { ...world.ports.settings, soleInstance: 'second' } };
    expect(await world.run(ofBatch('j1'), restarted)).toMatchObject({ kind: 'hide' });
    expect(world.ledger.row('j1')?.state).toMatchObject({ kind: 'waiting', reason: 'order' });
    world.advance(182_000);
    expect(await world.run(ofBatch('j1'), restarted)).toEqual({ kind: 'acknowledge' });
    expect(world.ledger.row('j1')?.state.kind).toBe('cancelled');
    expect(world.sends).toHaveLength(1);
  });

  test('is dead where it was decided before', async () => {
    const world = createWorld({ answer: () => marketoFault(20_105) });
    await dieAt(world, 'recorded', ofBatch('j1'));
    await cancel(world);
    later(world);
    await world.run(ofBatch('j1'));
    expect(world.ledger.row('j1')?.state.kind).toBe('dead-lettered');
    expect(world.archive.letters()).toHaveLength(1);
  });
});

test('an id that belongs to another job is not cancelled under the batch of the second', async () => {
  const world = createWorld();
  await world.run(syncLeadJob('j1', 'first@example.com'));
  await cancel(world);
  await world.run(ofBatch('j1'));
  expect(world.ledger.row('j1')?.state.kind).toBe('completed');
});

test('a batch is asked for once by many jobs, and never by a job without one', async () => {
  const world = createWorld();
  const asked: string[] = [];
  const isCancelled = async (batch: string) => {
    asked.push(batch);
    return false;
  };
  await world.run(syncLeadJob('j1'), { isCancelled });
  await world.run(ofBatch('j2'), { isCancelled });
  expect(asked).toEqual(['b']);
});
