import { describe, expect, test } from 'vitest';
import { lineChunkId } from '../../../shared/ledger/chunks.ts';
import type { JobFilter } from '../../../shared/operate/job-filter.ts';
import { MOST_IN_VAIN, placeOfJob } from '../../../shared/operate/list-jobs.ts';
import { listed } from '../../support/listed.ts';
import { operateWorld } from '../../support/operate.ts';
import { jobRow, letterHead, SOME_TIME } from '../../support/rows.ts';

type World = ReturnType<typeof worldOf>;
type Row = Parameters<typeof jobRow>[0];

function worldOf(rows: readonly Row[]) {
  const { ports } = operateWorld();
  for (const row of rows) ports.ledger.put(jobRow(row));
  return ports;
}

const failed = (changes: { readonly class?: 'transient'; readonly code?: number } = {}) => ({
  callId: 'c',
  at: SOME_TIME,
  durationMs: 9,
  class: 'transient' as const,
  code: 611,
  httpStatus: 200,
  message: 'System error on Märket 7',
  counted: true,
  ...changes,
});

const answered = { ...failed(), class: null, code: null, message: '' };

/** One of each: dead of 1006, waiting after 611, completed after a failure, parked; all of batch b. */
function worldOfEach() {
  const key = 'lead:EMAIL:ann@example.com';
  const ports = worldOf([
    {
      jobId: 'dead',
      batch: 'b',
      orderingKey: key,
      enqueuedAt: SOME_TIME + 4,
      state: { kind: 'dead-lettered', at: SOME_TIME + 9, letterId: 'dead', quietUntil: null },
    },
    {
      jobId: 'waits',
      batch: 'b',
      orderingKey: key,
      enqueuedAt: SOME_TIME + 3,
      attempts: [failed()],
      state: { kind: 'waiting', reason: 'backoff', until: 9e12, isLong: true },
    },
    {
      jobId: 'done',
      batch: 'b',
      operation: 'getLead',
      enqueuedAt: SOME_TIME + 2,
      attempts: [failed(), answered],
      state: {
        kind: 'completed',
        at: SOME_TIME,
        result: { kind: 'inline', text: '{"name":"Zo\\u00eb"}' },
        resultDropped: false,
      },
    },
    {
      jobId: 'parked',
      batch: 'b',
      enqueuedAt: SOME_TIME + 1,
      state: {
        kind: 'parked',
        until: 9e12,
        body: { kind: 'inline', text: '{"column":"Pants"}' },
        groupId: 'g',
      },
    },
  ]);
  const faults = { class: 'invalid-request', code: 1006, cause: 'abcdef012345' } as const;
  ports.archive.put(
    letterHead({ letterId: 'dead', jobId: 'dead', ...faults, job: { kind: 'inline', text: '{"pants":1}' } }),
  );
  return ports;
}

const idsOf = async (ports: World, filter: JobFilter, limit = 10, after?: string) => {
  const place = after === undefined ? undefined : ((await placeOfJob(ports, filter, after)) ?? undefined);
  const { jobs, end } = await listed(ports, filter, { limit, after: place });
  return { ids: jobs.map(({ row }) => row.jobId), last: end.last };
};

describe('jobs of a batch', () => {
  test.each<[JobFilter, readonly string[]]>([
    [{}, ['dead', 'waits', 'done', 'parked']],
    [{ operation: 'getLead' }, ['done']],
    [{ code: 1006 }, ['dead']],
    [{ class: 'transient' }, ['waits']],
    [{ cause: 'abcdef012345' }, ['dead']],
    [{ cause: 'ffffffffffff' }, []],
    [{ since: SOME_TIME + 3 }, ['dead', 'waits']],
    [{ text: 'PANTS' }, ['dead', 'parked']],
    [{ text: 'märket' }, ['waits', 'done']],
    [{ text: 'zoë' }, ['done']],
    [{ text: 'ann@example' }, ['dead', 'waits']],
    [{ text: 'ann@example', state: 'waiting' }, ['waits']],
    [{ lead: ['lead:EMAIL:ann@example.com'], class: 'transient' }, ['waits']],
  ])('are chosen by %j', async (filter, expected) => {
    expect((await idsOf(worldOfEach(), { batch: 'b', ...filter })).ids).toEqual(expected);
  });
});

describe('jobs of a fault, where nothing else is asked', () => {
  test('are the dead', async () => {
    const ports = worldOfEach();
    expect((await idsOf(ports, { code: 1006 })).ids).toEqual(['dead']);
    expect((await idsOf(ports, { cause: 'abcdef012345' })).ids).toEqual(['dead']);
    expect((await idsOf(ports, { class: 'transient' })).ids).toEqual([]);
    expect((await idsOf(ports, { class: 'transient', state: 'waiting' })).ids).toEqual(['waits']);
    expect((await idsOf(ports, { code: 1006, text: 'pants' })).ids).toEqual(['dead']);
    expect((await idsOf(ports, { code: 1006, text: 'shirts' })).ids).toEqual([]);
  });

  test('are not those whose letter belongs to another job’s message under the same id', async () => {
    const ports = worldOfEach();
    ports.archive.put(
      letterHead({ letterId: 'msg-1', jobId: 'dead', class: 'malformed', code: null, cause: '1' }),
    );
    expect((await idsOf(ports, { class: 'malformed' })).ids).toEqual([]);
  });
});

/** Every page of two, in the order in which they are given. */
async function walked(ports: World, filter: JobFilter): Promise<readonly string[]> {
  const met: string[] = [];
  let after: string | undefined;
  for (let page = 0; page < 20; page += 1) {
    const { ids, last } = await idsOf(ports, filter, 2, after);
    expect(ids.length).toBeLessThanOrEqual(2);
    met.push(...ids);
    if (last === null) return met;
    after = last;
  }
  throw new Error('the list has no end');
}

describe('a list in pages', () => {
  // Several of each moment: a page ends in the midst of them.
  const many = (more: (n: number) => Row = () => ({})): readonly Row[] =>
    Array.from({ length: 7 }, (_, n) => ({
      jobId: `job-${n}`,
      enqueuedAt: SOME_TIME + Math.floor(n / 3),
      ...more(n),
    }));
  const all = ['job-6', 'job-5', 'job-4', 'job-3', 'job-2', 'job-1', 'job-0'];

  test('of a lead gives each job once', async () => {
    expect(await walked(worldOf(many()), { lead: ['lead:EMAIL:a@example.com'] })).toEqual(all);
  });

  test('of a batch gives each job once, those that only a chunk tells of too', async () => {
    const done = { kind: 'completed', at: SOME_TIME, result: null, resultDropped: false } as const;
    const ports = worldOf(many(() => ({ batch: 'b', state: done })).slice(0, 3));
    const jobs = [3, 4, 5, 6].map((n) => ({
      id: `job-${n}`,
      digest: 'd',
      operation: 'syncLead' as const,
      at: SOME_TIME + Math.floor(n / 3),
    }));
    await ports.chunks.change(lineChunkId('b', 1), () => ({ jobs }));
    const inTime = { ...ports, clock: () => SOME_TIME };
    expect(await walked(inTime, { batch: 'b' })).toEqual(all);
    expect(await walked(inTime, { batch: 'b', state: 'completed' })).toEqual(all.slice(4));
    expect(await walked(inTime, { batch: 'b', state: 'queued' })).toEqual(all.slice(0, 4));
  });

  test('of the waiting gives each job once', async () => {
    const state = { kind: 'waiting', reason: 'backoff', until: 9e12, isLong: true } as const;
    expect(await walked(worldOf(many(() => ({ state }))), { state: 'waiting' })).toEqual(all);
  });

  test('of the dead gives each job once, in the order of their deaths', async () => {
    const at = (n: number) => SOME_TIME + (n % 2);
    const ports = worldOf(
      many((n) => ({ state: { kind: 'dead-lettered', at: at(n), letterId: `job-${n}`, quietUntil: null } })),
    );
    for (const n of [0, 1, 2, 3, 4, 5, 6]) {
      const jobId = `job-${n}`;
      ports.archive.put(letterHead({ letterId: jobId, jobId, deadLetteredAt: at(n) }));
    }
    const byDeath = ['job-5', 'job-3', 'job-1', 'job-6', 'job-4', 'job-2', 'job-0'];
    expect(await walked(ports, { state: 'dead-lettered' })).toEqual(byDeath);
    expect(await walked(ports, { code: 20105 })).toEqual(byDeath);
  });

  test('goes on where a reading ended, with nothing between left out', async () => {
    const lead = ['lead:EMAIL:a@example.com'];
    const rows = Array.from({ length: MOST_IN_VAIN + 3 }, (_, n) => ({
      jobId: `job-${n}`,
      enqueuedAt: SOME_TIME + n,
      operation: n === 1 ? ('getLead' as const) : ('syncLead' as const),
    }));
    const ports = worldOf(rows);
    const filter = { lead, operation: 'getLead' };
    const first = await idsOf(ports, filter);
    expect(first).toEqual({ ids: [], last: 'job-3' });
    expect(await idsOf(ports, filter, 10, 'job-3')).toEqual({ ids: ['job-1'], last: null });
  });

  test('goes on after no job that there is not', async () => {
    expect(await placeOfJob(worldOf([]), { batch: 'b' }, 'x')).toBeNull();
  });
});
