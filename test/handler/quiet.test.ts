import { describe, expect, test } from 'vitest';
import type { Job } from '../../shared/job/job.ts';
import type { Step } from '../../shared/run/trace.ts';
import { createWorld, deliveryOf, dieAt, syncLeadJob } from '../support/work-world.ts';

const SERVER_DONE_MS = 180_000;

describe('a write whose worker was killed after it may have been sent', () => {
  const killed = async (step: Step = 'sent') => {
    const world = createWorld({ soleInstance: 'first' });
    const job = syncLeadJob('j1', 'ann@example.com');
    await dieAt(world, step, job);
    const restarted = { settings: { ...world.ports.settings, soleInstance: 'second' } };
    return { world, job, restarted };
  };

  test('waits until Marketo must be done with the first, and is sent once more then', async () => {
    const { world, job, restarted } = await killed();
    const sentBefore = world.sends.length;
    const started = world.now();
    let settlement = await world.run(job, restarted);
    while (settlement.kind === 'hide' && settlement.until !== null) {
      expect(world.sends).toHaveLength(sentBefore);
      expect(world.ledger.row('j1')?.state).toMatchObject({ kind: 'waiting', reason: 'order' });
      expect(settlement.until).toBeGreaterThan(world.now());
      world.advance(settlement.until - world.now());
      settlement = await world.run(job, restarted);
    }
    expect(settlement).toEqual({ kind: 'acknowledge' });
    expect(world.sends).toHaveLength(sentBefore + 1);
    expect(world.now() - started).toBeGreaterThanOrEqual(SERVER_DONE_MS);
    expect(world.now() - started).toBeLessThanOrEqual(SERVER_DONE_MS + 2_000);
  });

  test('is not even dead-lettered before: an acknowledged message would let the lead’s next write go', async () => {
    const { world, job, restarted } = await killed();
    const row = world.ledger.row('j1');
    if (row?.state.kind !== 'running') throw new Error('no claim');
    world.ledger.put({ ...row, starts: 9 });
    expect(await world.run(job, restarted)).toMatchObject({ kind: 'hide' });
    expect(world.archive.letters()).toEqual([]);
    world.advance(SERVER_DONE_MS + 2_000);
    await world.run(job, restarted);
    expect(world.archive.letters()).toMatchObject([{ class: 'poison' }]);
  });

  test('waits on AWS, too, where the end of the claim tells that the run is dead', async () => {
    const world = createWorld();
    const job = syncLeadJob('j1');
    await dieAt(world, 'sent', job);
    const row = world.ledger.row('j1');
    if (row?.state.kind !== 'running') throw new Error('no claim');
    // Killed late in its invocation: the claim is over long before Marketo must be.
    world.ledger.put({ ...row, state: { ...row.state, leaseUntil: world.now() + 10_000 } });
    expect(await world.run(job)).toMatchObject({ kind: 'hide', until: world.now() + 10_000 });
    world.advance(10_000);
    expect(await world.run(job)).toMatchObject({ kind: 'hide', until: world.now() + 15_000 });
    expect(world.ledger.row('j1')?.state).toMatchObject({ kind: 'waiting', reason: 'order' });
  });

  test('does not wait for calls that began after it was looked at', async () => {
    const { world, job, restarted } = await killed();
    await world.run(job, restarted);
    world.advance(SERVER_DONE_MS + 2_000);
    // Another call is under way by now.
    expect((await world.ports.budget.ask({ leaseMs: 60_000 })).kind).toBe('granted');
    expect(await world.run(job, restarted)).toEqual({ kind: 'acknowledge' });
  });

  test('goes on as soon as every call that was seen has been answered', async () => {
    const world = createWorld({ soleInstance: 'first' });
    const job = syncLeadJob('j1');
    // It had taken no permit: the one that is seen is somebody else's.
    await dieAt(world, 'claimed', deliveryOf(job, { receiveCount: 2 }));
    const other = await world.ports.budget.ask({ leaseMs: 60_000 });
    if (other.kind !== 'granted') throw new Error('no permit');
    const restarted = { settings: { ...world.ports.settings, soleInstance: 'second' } };
    const settlement = await world.run(job, restarted);
    if (settlement.kind !== 'hide' || settlement.until === null) throw new Error(settlement.kind);
    expect(settlement.until - world.now()).toBeLessThanOrEqual(15_000);
    const at = world.now();
    const call = { operation: 'syncLead', jobIds: [], sentAt: at, endedAt: at, replied: true } as const;
    await world.ports.budget.report({ leaseId: other.leaseId, ...call, signal: { kind: 'fine' } });
    await world.ports.budget.flush();
    world.advance(settlement.until - world.now());
    expect(await world.run(job, restarted)).toEqual({ kind: 'acknowledge' });
  });
});

describe('what need not wait for the quiet', () => {
  test('is a read: sent twice it changes nothing', async () => {
    const world = createWorld({ soleInstance: 'first' });
    const read: Job = {
      ...syncLeadJob('r1'),
      operation: 'getLead',
      params: { leadKey: { keyType: 'EMAIL', keyValue: 'ann@example.com' } },
    };
    await dieAt(world, 'sent', read);
    const restarted = { settings: { ...world.ports.settings, soleInstance: 'second' } };
    expect(await world.run(deliveryOf(read), restarted)).toEqual({ kind: 'acknowledge' });
  });

  test('is a job that nobody has taken before, however many calls are under way', async () => {
    const world = createWorld();
    expect((await world.ports.budget.ask({ leaseMs: 60_000 })).kind).toBe('granted');
    expect(await world.run(syncLeadJob('new'))).toEqual({ kind: 'acknowledge' });
  });
});
