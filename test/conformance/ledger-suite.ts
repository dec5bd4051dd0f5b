import { describe, expect, test } from 'vitest';
import type { BodyRef } from '../../shared/job/bodies.ts';
import { type EndedKind, INDEXED_STATES, type JobQuery, type Ledger } from '../../shared/ledger/ledger.ts';
import { countEntries } from '../../shared/ledger/outcomes.ts';
import type { JobRow } from '../../shared/ledger/row.ts';
import { jobRow, SOME_TIME } from '../support/rows.ts';
import { describeChange } from './change-suite.ts';

const HOUR = 3_600_000;

const decision = {
  letterId: 'job-1',
  class: 'invalid-request',
  code: 20105,
  message: 'no such field',
  request: null,
  response: null,
  retryBody: null,
  httpStatus: 500,
  decidedAt: SOME_TIME,
  quietUntil: null,
} as const;

const STATES: Readonly<Record<JobRow['state']['kind'], JobRow['state']>> = {
  queued: { kind: 'queued' },
  waiting: { kind: 'waiting', reason: 'backoff', until: SOME_TIME + 1 },
  parked: { kind: 'parked', until: SOME_TIME + HOUR, body: { kind: 'inline', text: '{}' }, groupId: 'g' },
  running: { kind: 'running', owner: 'o', leaseUntil: SOME_TIME + 1, intentAt: null },
  decided: { kind: 'decided', decision },
  completed: { kind: 'completed', at: SOME_TIME, result: null, resultDropped: false },
  'dead-lettered': { kind: 'dead-lettered', at: SOME_TIME, letterId: 'job-1', quietUntil: null },
  cancelled: { kind: 'cancelled', at: SOME_TIME },
};

const LONG_WAIT = { ...STATES.waiting, isLong: true } as JobRow['state'];

/** What a ledger promises. `create` gives an empty one, once per test. */
export function describeLedger(create: () => Promise<Ledger>): void {
  describe('a row', () => {
    let made = 0;
    let shared: Promise<Ledger> | null = null;
    const ledger = () => {
      shared ??= create();
      return shared;
    };
    describeChange<JobRow>(async () => {
      made += 1;
      const id = `swap-${made}`;
      return { id, make: (digest) => jobRow({ jobId: id, digest }), documents: await ledger() };
    });

    test.each(Object.values(STATES))('comes back exactly as it was written: $kind', async (state) => {
      const row = jobRow({
        jobId: `state-${state.kind}`,
        state,
        batch: 'import 1',
        sequenceNumber: '18870000000000000001',
        lateOutcome: { at: 1, succeeded: true, message: 'späte Antwort \u{1f600} \u0001' },
        deleteAt: SOME_TIME + HOUR,
      });
      await put(await ledger(), row);
      expect(await (await ledger()).get(row.jobId)).toEqual(row);
    });

    test('comes back whole when it is long', async () => {
      const result: BodyRef = { kind: 'inline', text: '"<a>\u0001\n"'.repeat(8_000) };
      const state = { kind: 'completed', at: SOME_TIME, result, resultDropped: false } as const;
      const row = jobRow({ jobId: 'long', state });
      expect((await put(await ledger(), row)).kind).toBe('written');
      expect(await (await ledger()).get('long')).toEqual(row);
    });

    test('is gone once removed, and may then be written anew', async () => {
      const row = jobRow({ jobId: 'removed' });
      await put(await ledger(), row);
      await (await ledger()).remove('removed');
      expect(await (await ledger()).get('removed')).toBeNull();
      expect((await put(await ledger(), row)).kind).toBe('written');
    });
  });

  describe('many rows at once', () => {
    test('come as they are, each once, and without those that there are not', async () => {
      const ledger = await create();
      const wanted = Array.from({ length: 230 }, (_, n) => `job-${n}`);
      await write(
        ledger,
        [...wanted, 'other'].map((jobId) => ({ jobId })),
      );
      const rows = await ledger.getAll([...wanted, 'missing', 'job-7']);
      expect(rows.map(({ jobId }) => jobId).sort()).toEqual(wanted.toSorted());
      expect(rows.find(({ jobId }) => jobId === 'job-7')).toEqual(jobRow({ jobId: 'job-7' }));
      expect(await ledger.getAll([])).toEqual([]);
    });
  });

  describe('lists', () => {
    test('finds the jobs of an ordering key, newest first, and no others', async () => {
      const ledger = await create();
      await write(ledger, [
        { jobId: 'old', enqueuedAt: SOME_TIME },
        { jobId: 'new', enqueuedAt: SOME_TIME + 2 },
        { jobId: 'middle', enqueuedAt: SOME_TIME + 1 },
        { jobId: 'other', orderingKey: 'lead:EMAIL:b@example.com' },
      ]);
      const by = { kind: 'key', orderingKey: 'lead:EMAIL:a@example.com' } as const;
      expect(await ids(ledger, { by, limit: 10 })).toEqual(['new', 'middle', 'old']);
      expect(await ids(ledger, { by, limit: 2 })).toEqual(['new', 'middle']);
      expect(await ids(ledger, { by, limit: 0 })).toEqual([]);
    });

    test('knows no job under a key of its own: there is nothing to be found', async () => {
      const ledger = await create();
      await write(ledger, [{ jobId: 'alone', orderingKey: 'job:alone' }]);
      expect(await ids(ledger, { by: { kind: 'key', orderingKey: 'job:alone' }, limit: 9 })).toEqual([]);
      expect((await ledger.get('alone'))?.orderingKey).toBe('job:alone');
    });

    test('finds the jobs of a batch in every state where they are listed, newest first', async () => {
      const ledger = await create();
      const states = Object.values(STATES);
      await write(
        ledger,
        states.map((state, i) => ({
          jobId: `b-${i}`,
          batch: 'b',
          listed: true,
          enqueuedAt: SOME_TIME + i,
          state,
        })),
      );
      await write(ledger, [
        { jobId: 'other', batch: 'b2', listed: true },
        { jobId: 'none', listed: true },
      ]);
      const expected = states.map((_, i) => `b-${i}`).reverse();
      expect(await ids(ledger, { by: { kind: 'batch', batch: 'b' }, limit: 100 })).toEqual(expected);
    });

    test('finds the jobs of a batch that are not listed once they have ended, and by how they did', async () => {
      const ledger = await create();
      await writeOfEveryState(ledger, 'b');
      const of = (ended?: EndedKind) => ids(ledger, { by: { kind: 'batch', batch: 'b', ended }, limit: 9 });
      expect((await of()).sort()).toEqual(['in-cancelled', 'in-completed', 'in-dead-lettered']);
      expect(await of('completed')).toEqual(['in-completed']);
      expect(await of('dead-lettered')).toEqual(['in-dead-lettered']);
    });

    test.each(INDEXED_STATES)('finds the jobs that are %s, and no others', async (kind) => {
      const ledger = await create();
      await writeOfEveryState(ledger);
      const state = kind === 'waiting' ? LONG_WAIT : STATES[kind];
      await write(ledger, [
        { jobId: 'old', state },
        { jobId: 'newer', enqueuedAt: SOME_TIME + 9, state },
      ]);
      const found = await ids(ledger, { by: { kind: 'state', state: kind }, limit: 10 });
      // A wait of seconds is not worth an entry.
      expect(found.filter((id) => !id.startsWith('in-'))).toEqual(['newer', 'old']);
      expect(found.filter((id) => id.startsWith('in-'))).toEqual(kind === 'waiting' ? [] : [`in-${kind}`]);
    });

    test('finds a job under its new state only, once it was replaced', async () => {
      const ledger = await create();
      await write(ledger, [{ jobId: 'moved', state: LONG_WAIT }]);
      await put(ledger, jobRow({ jobId: 'moved', state: STATES.decided }));
      expect(await ids(ledger, { by: { kind: 'state', state: 'waiting' }, limit: 10 })).toEqual([]);
      expect(await ids(ledger, { by: { kind: 'state', state: 'decided' }, limit: 10 })).toEqual(['moved']);
      await put(ledger, jobRow({ jobId: 'moved', state: STATES['dead-lettered'] }));
      expect(await ids(ledger, { by: { kind: 'state', state: 'decided' }, limit: 10 })).toEqual([]);
    });

    test('finds many jobs of a key over all states, newest first, a page after another', async () => {
      const ledger = await create();
      const states = Object.values(STATES);
      const rows = Array.from({ length: 230 }, (_, i) => {
        const state = states[i % states.length] ?? STATES.queued;
        return { jobId: `all-${i}`, enqueuedAt: SOME_TIME + i * 7, state };
      });
      await write(ledger, rows);
      const by = { kind: 'key', orderingKey: 'lead:EMAIL:a@example.com' } as const;
      const expected = rows.map(({ jobId }) => jobId).reverse();
      expect(await ids(ledger, { by, limit: 1_000 })).toEqual(expected);
      expect(await ids(ledger, { by, limit: Number.POSITIVE_INFINITY })).toEqual(expected);
      expect(await ids(ledger, { by, limit: 150 })).toEqual(expected.slice(0, 150));
    });

    test.each<[string, JobQuery['by']]>([
      ['key', { kind: 'key', orderingKey: 'lead:EMAIL:a@example.com' }],
      ['batch', { kind: 'batch', batch: 'b' }],
      ['batch and outcome', { kind: 'batch', batch: 'b', ended: 'completed' }],
      ['state', { kind: 'state', state: 'waiting' }],
      ['due time', { kind: 'state', state: 'parked' }],
    ])('begins at a moment, that moment included, by %s', async (_, by) => {
      const ledger = await create();
      const state =
        by.kind !== 'state' ? STATES.completed : by.state === 'waiting' ? LONG_WAIT : STATES[by.state];
      const rows = [0, 1, 2, 3].map((i) => ({
        jobId: `at-${i}`,
        batch: 'b',
        enqueuedAt: SOME_TIME + i,
        state,
      }));
      await write(ledger, rows);
      expect(await ids(ledger, { by, limit: 9, upTo: SOME_TIME + 2 })).toEqual(['at-2', 'at-1', 'at-0']);
      expect(await ids(ledger, { by, limit: 9, upTo: SOME_TIME - 1 })).toEqual([]);
    });

    test('leaves out the job whose row is known', async () => {
      const ledger = await create();
      await write(ledger, [{ jobId: 'a' }, { jobId: 'b', enqueuedAt: SOME_TIME - 1 }]);
      const by = { kind: 'key', orderingKey: 'lead:EMAIL:a@example.com' } as const;
      expect(await ids(ledger, { by, limit: 9, except: 'a' })).toEqual(['b']);
    });

    test('knows which jobs are alone under their keys, and says of none that it does not know', async () => {
      const ledger = await create();
      const [alone, shared] = ['lead:EMAIL:alone@example.com', 'lead:EMAIL:shared@example.com'];
      await write(ledger, [
        { jobId: 'a', orderingKey: alone },
        { jobId: 'b', orderingKey: shared },
        { jobId: 'c', orderingKey: shared, state: STATES.completed },
      ]);
      const isSole = await ledger.soleJobs(1);
      expect(isSole?.(alone, 'a')).toBe(true);
      expect(isSole?.(alone, 'x')).toBe(false);
      expect(isSole?.(shared, 'b')).toBe(false);
      expect(isSole?.('lead:EMAIL:nobody@example.com', 'a')).toBe(false);
      expect(await ledger.soleJobs(0)).toBeNull();
    });

    test('scans every row once', async () => {
      const ledger = await create();
      await writeOfEveryState(ledger);
      const scanned: string[] = [];
      for await (const row of ledger.scan()) scanned.push(row.jobId);
      expect(scanned.sort()).toEqual(
        Object.keys(STATES)
          .map((kind) => `in-${kind}`)
          .sort(),
      );
    });
  });

  describe('parked jobs', () => {
    const parked = (jobId: string, until: number, sequenceNumber: string | null): Partial<JobRow> => ({
      jobId,
      sequenceNumber,
      state: { kind: 'parked', until, body: { kind: 'inline', text: '{}' }, groupId: 'g' },
    });

    test('are due from their time on, earliest first, then by sequence number', async () => {
      const ledger = await create();
      await write(ledger, [
        parked('later', SOME_TIME + 1, '5'),
        parked('at ten', SOME_TIME, '10'),
        parked('at nine', SOME_TIME, '9'),
        parked('not yet', SOME_TIME + 2, '1'),
        parked('long ago', SOME_TIME - HOUR, '99'),
        { jobId: 'queued' },
      ]);
      const due = await ledger.due(SOME_TIME + 1, 10);
      expect(due.map(({ jobId }) => jobId)).toEqual(['long ago', 'at nine', 'at ten', 'later']);
      expect((await ledger.due(SOME_TIME + 1, 2)).map(({ jobId }) => jobId)).toEqual(['long ago', 'at nine']);
    });

    test('are not due any more once they were sent', async () => {
      const ledger = await create();
      await write(ledger, [parked('sent', SOME_TIME, '1')]);
      await put(ledger, jobRow({ jobId: 'sent' }));
      expect(await ledger.due(SOME_TIME, 10)).toEqual([]);
    });
  });

  describe('figures', () => {
    test('counts a batch by how its jobs ended, and follows them', async () => {
      const ledger = await create();
      const counted = () => countEntries('b', ledger.ofBatch('b'));
      expect(await counted()).toEqual({ total: 0, completed: 0, deadLettered: 0, cancelled: 0 });
      await writeOfEveryState(ledger, 'b', true);
      await write(ledger, [{ jobId: 'other', batch: 'c', state: STATES.completed }]);
      expect(await counted()).toEqual({ total: 8, completed: 1, deadLettered: 1, cancelled: 1 });
      const ended = { jobId: 'in-queued', batch: 'b', listed: true, state: STATES.completed } as const;
      await put(ledger, jobRow(ended));
      expect(await counted()).toEqual({ total: 8, completed: 2, deadLettered: 1, cancelled: 1 });
    });

    test('knows of a batch without lists what has ended, by its id and outcome', async () => {
      const ledger = await create();
      await writeOfEveryState(ledger, 'b');
      const entries = await Array.fromAsync(ledger.ofBatch('b'));
      expect(entries.toSorted((a, b) => (a.jobId < b.jobId ? -1 : 1))).toEqual([
        { jobId: 'in-cancelled', outcome: 'cancelled' },
        { jobId: 'in-completed', outcome: 'completed' },
        { jobId: 'in-dead-lettered', outcome: 'dead-lettered' },
      ]);
    });

    test('counts the jobs that are parked, and no others', async () => {
      const ledger = await create();
      expect(await ledger.countParked()).toBe(0);
      await write(ledger, [
        { jobId: 'parked-1', state: STATES.parked },
        { jobId: 'parked-2', state: STATES.parked },
        { jobId: 'waiting', state: STATES.waiting },
        { jobId: 'completed', state: STATES.completed },
      ]);
      expect(await ledger.countParked()).toBe(2);
    });
  });
}

async function write(ledger: Ledger, rows: readonly Partial<JobRow>[]): Promise<void> {
  const answers = await Promise.all(rows.map((row) => put(ledger, jobRow(row))));
  expect(answers.every(({ kind }) => kind === 'written')).toBe(true);
}

const writeOfEveryState = (ledger: Ledger, batch: string | null = null, listed = false): Promise<void> =>
  write(
    ledger,
    Object.values(STATES).map((state) => ({
      jobId: `in-${state.kind}`,
      state,
      batch,
      ...(listed ? { listed: true } : {}),
    })),
  );

async function ids(ledger: Ledger, query: JobQuery): Promise<string[]> {
  const found: string[] = [];
  for await (const row of ledger.list(query)) found.push(row.jobId);
  return found;
}

const put = (ledger: Ledger, row: JobRow) => ledger.change(row.jobId, () => row);
