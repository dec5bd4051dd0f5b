import { describe, expect, test } from 'vitest';
import { type BudgetState, initialState, type Lease } from '../../../shared/budget/state.ts';
import type { Job } from '../../../shared/job/job.ts';
import type { JobRow, JobState } from '../../../shared/ledger/row.ts';
import { leftBehind } from '../../../shared/run/earlier-run.ts';
import { jobRow } from '../../support/rows.ts';
import { createWorld, syncLeadJob } from '../../support/work-world.ts';

const NOTHING = { unfinished: null, innocentOwner: null };
const SERVER_DONE_MS = 180_000;
/** Beyond what a server may take for a call: clocks differ by so much. */
const SPREAD_MS = 2_000;
/** How often a job that waits for such a call looks again. */
const LOOK_MS = 15_000;

const read: Job = {
  ...syncLeadJob('r1'),
  operation: 'getLead',
  params: { leadKey: { keyType: 'EMAIL', keyValue: 'ann@example.com' } },
};

/** What stands in a budget with these leases for a job whose row is in this state; times are counted from now. */
async function left(
  state: JobState | null,
  leases: (now: number) => Record<string, Lease>,
  job = syncLeadJob('j1'),
  over: Partial<BudgetState> = {},
) {
  const world = createWorld();
  const now = world.now();
  let reads = 0;
  const budget = {
    ...world.ports.budget,
    state: async (): Promise<BudgetState> => {
      reads += 1;
      return { ...initialState(now), leases: leases(now), ...over };
    },
  };
  const row: JobRow | null = state === null ? null : jobRow({ state });
  const found = await leftBehind(row, job, { ...world.ports, budget });
  return { found, now, reads };
}

const NOW = createWorld().now();
const running = (over: Partial<Extract<JobState, { kind: 'running' }>> = {}): JobState => ({
  kind: 'running',
  owner: 'run.dead',
  leaseUntil: NOW - 1,
  intentAt: null,
  ...over,
});
const waitingFor = (...quietOf: readonly string[]): JobState => ({
  kind: 'waiting',
  reason: 'order',
  until: NOW,
  quietOf,
});

/** The lease of a call that was begun so long ago, whose slot is free again. */
const begun = (now: number, agoMs: number): Lease => ({
  until: now - 1,
  stamp: { worker: 'w', at: now - agoMs },
});

describe('what an earlier run has left', () => {
  test.each<[string, JobState | null]>([
    ['nobody has seen', null],
    ['is queued', { kind: 'queued' }],
    ['waits for its own reasons', { kind: 'waiting', reason: 'backoff', until: NOW }],
    ['has ended', { kind: 'completed', at: NOW, result: null, resultDropped: false }],
  ])('is nothing for a job that %s, and the budget is not even asked', async (_, state) => {
    const { found, reads } = await left(state, (now) => ({ 'run.dead/1': begun(now, 0) }));
    expect(found).toEqual(NOTHING);
    expect(reads).toBe(0);
  });

  test('are all calls that Marketo may still be at, whoever made them', async () => {
    const { found, now } = await left(running(), (at) => ({
      'run.dead/1': begun(at, SERVER_DONE_MS - 5_000),
      'run.other/1': begun(at, SERVER_DONE_MS - 1_000),
      'run.old/1': begun(at, SERVER_DONE_MS + SPREAD_MS),
    }));
    expect(found.unfinished).toEqual({
      leases: ['run.dead/1', 'run.other/1'],
      quietAt: now + 5_000 + SPREAD_MS,
      lookAt: now + 5_000 + SPREAD_MS,
    });
  });

  test('is looked at again soon: a call may end at any moment', async () => {
    const { found, now } = await left(running(), (at) => ({ 'run.other/1': begun(at, 0) }));
    expect(found.unfinished?.lookAt).toBe(now + LOOK_MS);
  });

  test('is over at the moment when Marketo must be done', async () => {
    const { found } = await left(running(), (at) => ({
      'run.dead/1': begun(at, SERVER_DONE_MS + SPREAD_MS),
    }));
    expect(found.unfinished).toBeNull();
  });

  test('are, at a later look, only those calls that stood there at the first', async () => {
    const { found } = await left(waitingFor('run.dead/1', 'run.gone/1'), (at) => ({
      'run.dead/1': begun(at, 1_000),
      'run.new/1': begun(at, 0),
    }));
    expect(found).toMatchObject({ unfinished: { leases: ['run.dead/1'] }, innocentOwner: null });
  });

  test.each<[string, JobState, Job]>([
    ['a read: sent twice it changes nothing', running(), read],
    ['in doubt: its letter keeps the group waiting', running({ intentAt: NOW }), syncLeadJob('j1')],
    ['waiting for calls of which none is left', waitingFor('run.gone/1'), syncLeadJob('j1')],
  ])('is nothing to wait for where the job is %s', async (_, state, job) => {
    const { found } = await left(state, (at) => ({ 'run.other/1': begun(at, 0) }), job);
    expect(found.unfinished).toBeNull();
  });
});

describe('the run that died over a job', () => {
  const others = (now: number) => ({ 'run.other/1': begun(now, SERVER_DONE_MS + SPREAD_MS) });
  const own = (now: number) => ({ 'run.dead/1': begun(now, SERVER_DONE_MS + SPREAD_MS) });
  const longerName = (now: number) => ({ 'run.dead2/1': begun(now, SERVER_DONE_MS + SPREAD_MS) });

  test('cannot have been the cause if it had no permit and company', async () => {
    expect((await left(running(), others)).found.innocentOwner).toBe('run.dead');
    expect((await left(running({ alone: false }), others)).found.innocentOwner).toBe('run.dead');
    expect((await left(running(), longerName)).found.innocentOwner).toBe('run.dead');
  });

  test('may have been if it had a permit, or nothing else ran', async () => {
    expect((await left(running(), own)).found.innocentOwner).toBeNull();
    expect((await left(running({ alone: true }), others)).found.innocentOwner).toBeNull();
  });

  test('cannot have been, however long ago it is, while no permit of its time is forgotten', async () => {
    const leaseUntil = NOW - 5 * 3_600_000;
    // The claim outlives its invocation of 300 s by half a minute.
    const invokedAt = leaseUntil - 330_000;
    const forgetting = async (forgottenAt: number) =>
      (await left(running({ leaseUntil }), others, syncLeadJob('j1'), { forgottenAt })).found.innocentOwner;
    expect((await left(running({ leaseUntil }), others)).found.innocentOwner).toBe('run.dead');
    expect(await forgetting(invokedAt - SPREAD_MS - 1)).toBe('run.dead');
    expect(await forgetting(invokedAt - SPREAD_MS)).toBeNull();
    expect(await forgetting(NOW)).toBeNull();
  });
});
