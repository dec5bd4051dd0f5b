import { describe, expect, test } from 'vitest';
import { pause, withHold } from '../../../shared/budget/holds.ts';
import type { Delivery, Job } from '../../../shared/job/job.ts';
import type { JobRow, JobState } from '../../../shared/ledger/row.ts';
import { claim } from '../../../shared/run/claim.ts';
import { STEPS, type Step } from '../../../shared/run/trace.ts';
import {
  createWorld,
  deliveryOf,
  dieAt,
  marketoFault,
  requestCampaignJob,
  syncLeadJob,
  type World,
} from '../../support/work-world.ts';

const BESIDE = { untilApart: async () => {}, isAlone: () => false };

/** What a claim says where this happens to the row after its look and before it is taken. */
async function claimedAfter(world: World, meanwhile: () => void, over: Partial<World['ports']> = {}) {
  const ledger: typeof world.ledger = {
    ...world.ledger,
    read: async (id) => {
      const copy = await world.ledger.read(id);
      meanwhile();
      return copy;
    },
  };
  const job = syncLeadJob('j1');
  // Not the first delivery: then there is most likely a row.
  return claim(
    job,
    deliveryOf(job, { receiveCount: 2 }),
    BESIDE,
    { ...world.invocation(), place: 'here' },
    { ...world.ports, ...over, ledger },
  );
}

async function queued(world: World, changes: Partial<JobRow> = {}): Promise<JobRow> {
  await world.run(syncLeadJob('j1'));
  const row = world.ledger.row('j1');
  if (row === null) throw new Error('no row');
  const fresh = { ...row, attempts: [], deleteAt: null, state: { kind: 'queued' } as const, ...changes };
  world.ledger.put(fresh);
  return fresh;
}

const rowOf = (world: World) => world.ledger.row('j1');

describe('a claim', () => {
  test('is marked with its life and a name of its own, until the end of the invocation and a grace', async () => {
    const world = createWorld();
    await world.claim(syncLeadJob('j1'));
    const { state } = rowOf(world) ?? {};
    expect(state).toMatchObject({
      kind: 'running',
      leaseUntil: world.invocation().deadline + world.ports.settings.timings.graceMs,
      intentAt: null,
    });
    expect(state).toHaveProperty('owner', expect.stringMatching(/^run\.id\d+$/));
    const local = createWorld({ soleInstance: 'life' });
    await local.claim(syncLeadJob('j1'));
    expect(rowOf(local)?.state).toHaveProperty('owner', expect.stringMatching(/^life\.id\d+$/));
  });

  test('goes to the run that was quicker', async () => {
    const world = createWorld();
    const row = await queued(world);
    const leaseUntil = world.now() + 50_000;
    const running: JobState = { kind: 'running', owner: 'run.other', leaseUntil, intentAt: null };
    const taken = await claimedAfter(world, () => world.ledger.put({ ...row, state: running }));
    expect(taken).toEqual({ kind: 'hide', until: leaseUntil, why: 'busy' });
    expect(rowOf(world)?.state).toEqual(running);
  });

  test('waits to be alone, at once, where the job has become dangerous meanwhile', async () => {
    const world = createWorld();
    const row = await queued(world);
    const taken = await claimedAfter(world, () => world.ledger.put({ ...row, starts: 2 }));
    expect(taken).toEqual({ kind: 'hide', until: world.now(), why: 'busy' });
    expect(rowOf(world)).toMatchObject({ starts: 2, state: { kind: 'queued' } });
  });

  test.each<[string, (world: World, row: JobRow) => void, JobState['kind'] | undefined]>([
    [
      'completed',
      (world, row) =>
        world.ledger.put({ ...row, state: { kind: 'completed', at: 1, result: null, resultDropped: false } }),
      'completed',
    ],
    ['removed', (world) => void world.ledger.remove('j1'), undefined],
  ])('that would wait for an earlier call looks again at once if its row was %s', async (_, change, kind) => {
    const world = createWorld({ soleInstance: 'first' });
    await dieAt(world, 'sent', syncLeadJob('j1'));
    const row = rowOf(world);
    if (row === null) throw new Error('no row');
    const settings = { ...world.ports.settings, soleInstance: 'second' };
    const taken = await claimedAfter(world, () => change(world, row), { settings });
    expect(taken).toEqual({ kind: 'hide', until: world.now(), why: 'quiet' });
    expect(rowOf(world)?.state.kind).toBe(kind);
  });

  test('that waits for an earlier call does not ask to be apart from the others first', async () => {
    const world = createWorld({ soleInstance: 'first' });
    await dieAt(world, 'sent', syncLeadJob('j1'));
    const untilApart = (): Promise<void> => Promise.reject(new Error('nobody has to stop for it'));
    const settings = { ...world.ports.settings, soleInstance: 'second' };
    const place = { ...world.invocation(), place: 'here' };
    const job = syncLeadJob('j1');
    const again = () =>
      claim(job, deliveryOf(job), { ...BESIDE, untilApart }, place, { ...world.ports, settings });
    expect(await again()).toMatchObject({ kind: 'hide', why: 'quiet' });
    world.advance(15_000);
    expect(await again()).toMatchObject({ kind: 'hide', why: 'quiet' });
    world.advance(200_000);
    await expect(again()).rejects.toThrow('nobody has to stop');
  });

  test('that waits for an earlier call says until when, and counts no start for it', async () => {
    const world = createWorld({ soleInstance: 'first' });
    await dieAt(world, 'sent', syncLeadJob('j1'));
    const settings = { ...world.ports.settings, soleInstance: 'second' };
    const taken = await claimedAfter(world, () => {}, { settings });
    expect(taken).toEqual({ kind: 'hide', until: world.now() + 15_000, why: 'quiet' });
    expect(rowOf(world)).toMatchObject({
      starts: 1,
      state: { kind: 'waiting', until: world.now() + 182_000 },
    });
    // Looked at again, nothing is written, not even the same once more: its leases stand in the row.
    const before = await world.ledger.read('j1');
    world.advance(15_000);
    const again = await claimedAfter(world, () => {}, { settings });
    expect(again).toEqual({ kind: 'hide', until: world.now() + 15_000, why: 'quiet' });
    expect(await world.ledger.read('j1')).toEqual(before);
  });
});

describe('the first look at a job', () => {
  const reads = async (over: Partial<Delivery>, changes: Partial<Job> = {}) => {
    const world = createWorld();
    let count = 0;
    const read: typeof world.ledger.read = (id) => {
      count += 1;
      return world.ledger.read(id);
    };
    const job = { ...syncLeadJob('j1'), ...changes } as Job;
    const ports = { ...world.ports, ledger: { ...world.ledger, read } };
    const taken = await claim(
      job,
      deliveryOf(job, over),
      BESIDE,
      { ...world.invocation(), place: 'here' },
      ports,
    );
    return [taken.kind, count];
  };

  test('is its claim: at its first delivery most jobs have no row', async () => {
    expect(await reads({})).toEqual(['claimed', 0]);
  });

  test('is a reading where there is most likely a row', async () => {
    expect(await reads({ receiveCount: 2 })).toEqual(['claimed', 1]);
    expect(await reads({ hasRow: true })).toEqual(['claimed', 1]);
    expect(await reads({}, { notBefore: '2026-11-22T00:00:00Z' })).toEqual(['claimed', 1]);
    expect(await reads({}, { epoch: 1 })).toEqual(['malformed', 1]);
  });

  test('finds the row that stands in its way, and every rule is asked of it', async () => {
    const world = createWorld();
    const leaseUntil = world.now() + 50_000;
    await queued(world, { state: { kind: 'running', owner: 'run.other', leaseUntil, intentAt: null } });
    expect(await world.claim(syncLeadJob('j1'))).toEqual({ kind: 'hide', until: leaseUntil, why: 'busy' });
    await queued(world, { state: { kind: 'completed', at: 1, result: null, resultDropped: false } });
    expect(await world.claim(syncLeadJob('j1'))).toEqual({ kind: 'ended', batch: null, at: 1 });
    await queued(world, { digest: 'another' });
    expect(await world.claim(syncLeadJob('j1'))).toMatchObject({ kind: 'conflict' });
  });
});

test('an announced call stays announced when its job is taken over, and the run knows since when', async () => {
  const world = createWorld();
  await queued(world, { state: { kind: 'running', owner: 'run.dead', leaseUntil: 1, intentAt: 5 } });
  expect(await world.claim(syncLeadJob('j1'))).toMatchObject({
    kind: 'claimed',
    as: 'in-doubt',
    intentAt: 5,
  });
  expect(rowOf(world)?.state).toMatchObject({ kind: 'running', intentAt: 5 });
});

describe('the place of a job among the writes of its lead', () => {
  const placeOf = async (row: Partial<JobRow>) => {
    const world = createWorld();
    await queued(world, row);
    const job = { ...syncLeadJob('j1'), ...(row.epoch === undefined ? {} : { epoch: row.epoch }) };
    await world.run(deliveryOf(job, { sequenceNumber: '900' }));
    return rowOf(world)?.sequenceNumber;
  };

  test('is that of its message', async () => {
    expect(await placeOf({ sequenceNumber: null })).toBe('900');
    expect(await placeOf({ sequenceNumber: '7' })).toBe('900');
  });

  test('stays that of its first message when it is redriven: its contents are as old', async () => {
    expect(await placeOf({ epoch: 1, sequenceNumber: '7' })).toBe('7');
    expect(await placeOf({ epoch: 1, sequenceNumber: null })).toBe('900');
  });
});

describe('a job that has expired', () => {
  const NOW = '2026-11-22T18:00:00.000Z';
  const endOf = async (over: { expiresAt?: string }, row: Partial<JobRow> = {}) => {
    const world = createWorld();
    if (Object.keys(row).length > 0) await queued(world, row);
    const settlement = await world.run(syncLeadJob('j1', undefined, over));
    return world.archive.letters()[0]?.class ?? rowOf(world)?.state.kind ?? settlement.kind;
  };

  test('has done so at its very expiresAt, and not before', async () => {
    expect(await endOf({ expiresAt: NOW })).toBe('expired');
    expect(await endOf({ expiresAt: '2026-11-22T18:00:00.001Z' })).toBe('completed');
    expect(await endOf({})).toBe('completed');
  });

  test.each<[string, Partial<JobRow>]>([
    ['poison', { starts: 4 }],
    ['in-doubt', { state: { kind: 'running', owner: 'run.dead', leaseUntil: 1, intentAt: 1 } }],
  ])('is first of all %s, if it is that too', async (faultClass, row) => {
    expect(await endOf({ expiresAt: NOW }, row)).toBe(faultClass);
  });
});

describe('a job under a hold', () => {
  const held = async (untilMs: number | null) => {
    const world = createWorld();
    await world.ports.budget.change((state, now) => {
      if (untilMs === null) return pause(state, now, 'maintenance');
      const hold = { since: now, until: now + untilMs, message: '', probeAt: null, openings: 1 };
      return withHold(state, 'rate', hold);
    });
    return world;
  };

  test('is left in the queue if that lasts longer than the worker would wait, and taken if not', async () => {
    const { shortWaitMs } = createWorld().ports.settings.timings;
    const kindAt = async (untilMs: number | null) =>
      (await (await held(untilMs)).claim(syncLeadJob('j1'))).kind;
    expect(await kindAt(shortWaitMs)).toBe('claimed');
    expect(await kindAt(shortWaitMs + 1)).toBe('held');
    expect(await kindAt(null)).toBe('held');
  });

  test('is not written to, known or not', async () => {
    const world = await held(null);
    await world.claim(syncLeadJob('j1'));
    expect(rowOf(world)).toBeNull();
    await world.ports.budget.change((state) => ({ ...state, holds: {} }));
    const row = await queued(world);
    await world.ports.budget.change((state, now) => pause(state, now, 'maintenance'));
    expect((await world.claim(syncLeadJob('j1'))).kind).toBe('held');
    expect(rowOf(world)).toEqual(row);
  });

  test('is dealt with all the same if it needs no call', async () => {
    const world = await held(null);
    await world.run(syncLeadJob('j1', undefined, { expiresAt: '2026-11-22T17:00:00Z' }));
    expect(world.archive.letters()).toMatchObject([{ class: 'expired' }]);
  });
});

describe('the steps of a job', () => {
  async function stepsOf(
    run: (world: World, trace: World['ports']['trace']) => Promise<unknown>,
    world: World,
  ) {
    const steps: [Step, string][] = [];
    await run(world, (step, jobId) => void steps.push([step, jobId]));
    return steps;
  }

  test('are told in their order, each by its name', async () => {
    const refusing = createWorld({ answer: () => marketoFault(20105) });
    const told = await stepsOf((world, trace) => world.run(requestCampaignJob('j1'), { trace }), refusing);
    expect(told).toEqual(STEPS.map((step) => [step, 'j1']));
  });

  test('of what never was a job are those of its letter', async () => {
    const malformed = (body: string) => ({ ...deliveryOf(syncLeadJob('j1')), messageId: 'm', body });
    const world = createWorld();
    const told = (body: string) => stepsOf((_, trace) => world.run(malformed(body), { trace }), world);
    expect(await told('{')).toEqual([
      ['filed', 'msg-m'],
      ['notified', 'msg-m'],
    ]);
    expect(await told('{"version":1,"id":"known","operation":"none","params":{}}')).toEqual([
      ['filed', 'known'],
      ['notified', 'known'],
    ]);
  });
});
