import { describe, expect, test } from 'vitest';
import { findBatch } from '../../../shared/operate/batch.ts';
import { pauseAccount } from '../../../shared/operate/hold.ts';
import type { JobFilter } from '../../../shared/operate/job-filter.ts';
import { findJob } from '../../../shared/operate/jobs.ts';
import { listJobs, MOST_IN_VAIN } from '../../../shared/operate/list-jobs.ts';
import { listed } from '../../support/listed.ts';
import { operateWorld } from '../../support/operate.ts';
import { jobRow, letterHead, SOME_TIME } from '../../support/rows.ts';

type Row = Parameters<typeof jobRow>[0];

function worldOf(...rows: readonly Row[]) {
  const { ports } = operateWorld();
  for (const row of rows) ports.ledger.put(jobRow(row));
  return ports;
}

const other = (jobId: string, more: Row = {}): Row => ({ jobId, orderingKey: `job:${jobId}`, ...more });

describe('a job', () => {
  test('is found with its answer, as JSON where it is JSON', async () => {
    const ports = worldOf();
    for (const [jobId, text] of [
      ['a', '{"leadId":7}'],
      ['b', 'not JSON'],
    ] as const) {
      const result = await ports.bodies.save(`${jobId}/result`, text, null);
      const state = { kind: 'completed', at: SOME_TIME, result, resultDropped: false } as const;
      ports.ledger.put(jobRow(other(jobId, { state })));
    }
    expect((await findJob(ports, 'a'))?.json.result).toEqual({ leadId: 7 });
    expect((await findJob(ports, 'b'))?.json.result).toBe('not JSON');
    expect(await findJob(ports, 'c')).toBeNull();
  });
});

describe('a list of jobs', () => {
  const ids = async (filter: JobFilter, limit: number, rows: readonly Row[]) =>
    (await listed(worldOf(...rows), filter, { limit })).jobs.map(({ row }) => row.jobId);

  test('is the newest of what is parked or waits for long, where the state is all that is asked', async () => {
    const until = SOME_TIME + 86_400_000_000;
    const rows = [
      other('a', { enqueuedAt: 1, state: { kind: 'waiting', reason: 'backoff', until, isLong: true } }),
      other('b', { enqueuedAt: 2 }),
      other('c', {
        enqueuedAt: 3,
        state: { kind: 'parked', until, body: { kind: 'inline', text: '' }, groupId: 'g' },
      }),
    ];
    expect(await ids({ state: 'waiting' }, 10, rows)).toEqual(['c', 'a']);
    expect(await ids({ state: 'waiting' }, 1, rows)).toEqual(['c']);
    expect(await ids({}, 2, rows)).toEqual(['c', 'b']);
  });

  test.each(['queued', 'running', 'completed'] as const)('has no index of all that are %s', async (state) => {
    await expect(ids({ state }, 10, [])).rejects.toThrow('cannot be listed without a lead or a batch');
    expect(await ids({ state, batch: 'b' }, 10, [])).toEqual([]);
    expect(await ids({ state, lead: ['lead:EMAIL:q@example.com'] }, 10, [])).toEqual([]);
  });

  test('knows the dead by their letters, open ones and discarded, and none that was redriven', async () => {
    const dead = (letterId: string) =>
      ({ kind: 'dead-lettered', at: 1, letterId, quietUntil: null }) as const;
    const ports = worldOf(
      other('open', { state: dead('open') }),
      other('gone', { state: dead('gone'), enqueuedAt: 1 }),
      other('again', {}),
    );
    for (const [letterId, status] of [
      ['open', 'open'],
      ['gone', 'discarded'],
      ['again', 'redriven'],
    ] as const) {
      ports.archive.put(letterHead({ letterId, jobId: letterId, status }));
    }
    ports.archive.put(letterHead({ letterId: 'msg-1', jobId: null }));
    const found = await listed(ports, { state: 'dead-lettered' }, { limit: 10 });
    expect(found.jobs.map(({ row }) => row.jobId)).toEqual(['open', 'gone']);
  });

  test('of a batch has also what is parked or waits for long and came from a bare sender', async () => {
    const until = SOME_TIME + 86_400_000_000;
    const rows = [
      other('parked', {
        batch: 'b',
        state: { kind: 'parked', until, body: { kind: 'inline', text: '' }, groupId: 'g' },
      }),
      other('long', { batch: 'b', state: { kind: 'waiting', reason: 'backoff', until, isLong: true } }),
      other('other', { batch: 'c', state: { kind: 'waiting', reason: 'backoff', until, isLong: true } }),
      other('listed', { batch: 'b', listed: true, enqueuedAt: 9e12 }),
    ];
    expect((await ids({ batch: 'b' }, 10, rows)).sort()).toEqual(['listed', 'long', 'parked']);
    expect((await ids({ batch: 'b', state: 'waiting' }, 10, rows)).sort()).toEqual(['long', 'parked']);
  });

  test('finds what of a batch has ended beside however many that have not', async () => {
    const open = Array.from({ length: MOST_IN_VAIN + 1 }, (_, n) =>
      other(`open-${n}`, { batch: 'b', listed: true, enqueuedAt: SOME_TIME + n }),
    );
    const done = { kind: 'completed', at: SOME_TIME, result: null, resultDropped: false } as const;
    const rows = [...open, other('done', { batch: 'b', enqueuedAt: 1, state: done })];
    expect(await ids({ batch: 'b', state: 'completed' }, 10, rows)).toEqual(['done']);
    expect(await ids({ batch: 'b', state: 'dead-lettered' }, 10, rows)).toEqual([]);
  });

  test('leaves out a result that it does not load, and says null where there is none', async () => {
    const result = { kind: 'inline', text: '7' } as const;
    const done = { kind: 'completed', at: SOME_TIME, resultDropped: false } as const;
    const rows = [
      other('with', { enqueuedAt: 2, state: { ...done, result } }),
      other('without', { enqueuedAt: 1, state: { ...done, result: null } }),
      other('open', { enqueuedAt: 0 }),
    ];
    const { jobs } = await listed(worldOf(...rows), {}, { limit: 10 });
    const shown: { result?: unknown }[] = JSON.parse(JSON.stringify(jobs.map(({ json }) => json)));
    expect(shown.map((job) => ('result' in job ? job.result : 'absent'))).toEqual(['absent', null, null]);
  });

  test('calls a job waiting that a run has taken but nothing can send', async () => {
    const ports = worldOf(
      other('a', {
        orderingKey: 'lead:EMAIL:q@example.com',
        state: { kind: 'running', owner: 'o', leaseUntil: SOME_TIME + 1, intentAt: null },
      }),
    );
    expect((await findJob(ports, 'a'))?.json).toMatchObject({ state: 'running', waiting: null });
    await pauseAccount(ports, 'maintenance');
    expect((await findJob(ports, 'a'))?.json).toMatchObject({
      state: 'waiting',
      waiting: { reason: 'operator' },
    });
    const lead = ['lead:EMAIL:q@example.com'];
    expect((await listed(ports, { state: 'waiting', lead }, { limit: 10 })).jobs).toHaveLength(1);
    expect((await listed(ports, { state: 'running', lead }, { limit: 10 })).jobs).toHaveLength(0);
  });

  test('narrows a lead’s jobs to a batch', async () => {
    const orderingKey = 'lead:EMAIL:q@example.com';
    const rows = [
      other('a', { orderingKey, batch: 'b' }),
      other('b', { orderingKey }),
      other('c', { batch: 'b' }),
    ];
    expect(await ids({ lead: ['lead:EMAIL:q@example.com'], batch: 'b' }, 10, rows)).toEqual(['a']);
  });

  test('says where it stopped reading in vain, and not where it did not', async () => {
    const lead = ['lead:EMAIL:q@example.com'];
    const reading = (rows: number) => {
      const ports = worldOf();
      async function* list() {
        for (let n = rows; n > 0; n -= 1) yield jobRow(other(`job-${n}`, { enqueuedAt: n }));
      }
      return listed(
        { ...ports, ledger: { ...ports.ledger, list } },
        { state: 'completed', lead },
        { limit: 1 },
      );
    };
    expect(await reading(MOST_IN_VAIN + 1)).toEqual({
      jobs: [],
      end: { last: 'job-2', isCut: false, cutShortAt: MOST_IN_VAIN },
    });
    expect(await reading(MOST_IN_VAIN)).toEqual({
      jobs: [],
      end: { last: null, isCut: false, cutShortAt: null },
    });
  });

  test('gives each job when it is read, and reads no further than it is taken', async () => {
    const ports = worldOf();
    const done = { kind: 'completed', at: 1, result: null, resultDropped: false } as const;
    let read = 0;
    async function* list() {
      for (;;) {
        read += 1;
        yield jobRow(other(`job-${read}`, { enqueuedAt: -read, state: done }));
      }
    }
    const lead = ['lead:EMAIL:q@example.com'];
    const jobs = listJobs({ ...ports, ledger: { ...ports.ledger, list } }, { lead }, { limit: 1e9 });
    for (let taken = 0; taken < 10_000; taken += 1) {
      expect(read).toBeLessThanOrEqual(taken + 100);
      await jobs.next();
    }
    await jobs.return({ last: null, isCut: false, cutShortAt: null });
  });

  test('goes on past many in vain as long as some fit', async () => {
    const rows = Array.from({ length: 2 * MOST_IN_VAIN }, (_, n) =>
      other(`job-${n}`, {
        orderingKey: 'lead:EMAIL:q@example.com',
        enqueuedAt: n,
        operation: n % (MOST_IN_VAIN - 100) === 0 ? 'getLead' : 'syncLead',
      }),
    );
    const filter: JobFilter = { lead: ['lead:EMAIL:q@example.com'], operation: 'getLead' };
    expect(await ids(filter, 10, rows)).toEqual(['job-9800', 'job-4900', 'job-0']);
  });
});

describe('a batch', () => {
  test('is counted, and is none if no job names it', async () => {
    const ports = worldOf(other('a', { batch: 'b', listed: true }));
    expect(await findBatch(ports, 'b')).toEqual({
      batch: 'b',
      total: 1,
      completed: 0,
      deadLettered: 0,
      cancelled: 0,
      waiting: 1,
    });
    expect(await findBatch(ports, 'c')).toBeNull();
  });
});
