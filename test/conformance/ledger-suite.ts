import { describe, expect, test } from 'vitest';
import type { BodyRef } from '../../shared/job/bodies.ts';
import { countEntries, type JobQuery, type Ledger } from '../../shared/ledger/ledger.ts';
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

    test('finds the jobs of a batch in every state, newest first', async () => {
      const ledger = await create();
      const states = Object.values(STATES);
      await write(
        ledger,
        states.map((state, i) => ({ jobId: `b-${i}`, batch: 'b', enqueuedAt: SOME_TIME + i, state })),
      );
      await write(ledger, [{ jobId: 'other', batch: 'b2' }, { jobId: 'none' }]);
      const expected = states.map((_, i) => `b-${i}`).reverse();
      expect(await ids(ledger, { by: { kind: 'batch', batch: 'b' }, limit: 100 })).toEqual(expected);
    });

    test.each(Object.values(STATES))('finds the jobs that are $kind, and no others', async (state) => {
      const ledger = await create();
      await writeOfEveryState(ledger);
      await write(ledger, [{ jobId: 'newer', enqueuedAt: SOME_TIME + 9, state }]);
      const found = await ids(ledger, { by: { kind: 'state', state: state.kind }, limit: 10 });
      expect(found).toEqual(['newer', `in-${state.kind}`]);
    });

    test('finds a job under its new state only, once it was replaced', async () => {
      const ledger = await create();
      await write(ledger, [{ jobId: 'moved' }]);
      await put(ledger, jobRow({ jobId: 'moved', state: STATES.completed }));
      expect(await ids(ledger, { by: { kind: 'state', state: 'queued' }, limit: 10 })).toEqual([]);
      expect(await ids(ledger, { by: { kind: 'state', state: 'completed' }, limit: 10 })).toEqual(['moved']);
      expect(await ids(ledger, { by: { kind: 'all' }, limit: 10 })).toEqual(['moved']);
    });

    test('finds all jobs over all states, newest first, a page after another', async () => {
      const ledger = await create();
      const states = Object.values(STATES);
      const rows = Array.from({ length: 230 }, (_, i) => {
        const state = states[i % states.length] ?? STATES.queued;
        return { jobId: `all-${i}`, enqueuedAt: SOME_TIME + i * 7, state };
      });
      await write(ledger, rows);
      const expected = rows.map(({ jobId }) => jobId).reverse();
      expect(await ids(ledger, { by: { kind: 'all' }, limit: 1_000 })).toEqual(expected);
      expect(await ids(ledger, { by: { kind: 'all' }, limit: 150 })).toEqual(expected.slice(0, 150));
    });

    test('scans every row once, and nothing that is not a row', async () => {
      const ledger = await create();
      await writeOfEveryState(ledger);
      await ledger.putMark({ orderingKey: 'k', sequenceNumber: '1', jobId: 'j', at: SOME_TIME });
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
      expect(await countEntries(ledger.ofBatch('b'))).toEqual({
        total: 0,
        completed: 0,
        deadLettered: 0,
        cancelled: 0,
      });
      await writeOfEveryState(ledger, 'b');
      await write(ledger, [{ jobId: 'other', batch: 'c', state: STATES.completed }]);
      expect(await countEntries(ledger.ofBatch('b'))).toEqual({
        total: 8,
        completed: 1,
        deadLettered: 1,
        cancelled: 1,
      });
      const ended = {
        jobId: 'in-queued',
        batch: 'b',
        state: STATES.completed,
      };
      await put(ledger, jobRow(ended));
      expect(await countEntries(ledger.ofBatch('b'))).toEqual({
        total: 8,
        completed: 2,
        deadLettered: 1,
        cancelled: 1,
      });
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

    test('knows when the oldest job was enqueued that has neither ended nor been parked', async () => {
      const ledger = await create();
      expect(await ledger.oldestOpen()).toBeNull();
      await write(ledger, [
        { jobId: 'completed', enqueuedAt: SOME_TIME - 9, state: STATES.completed },
        { jobId: 'dead', enqueuedAt: SOME_TIME - 8, state: STATES['dead-lettered'] },
        { jobId: 'parked', enqueuedAt: SOME_TIME - 7, state: STATES.parked },
      ]);
      expect(await ledger.oldestOpen()).toBeNull();
      await write(ledger, [
        { jobId: 'running', enqueuedAt: SOME_TIME + 1, state: STATES.running },
        { jobId: 'decided', enqueuedAt: SOME_TIME - 1, state: STATES.decided },
        { jobId: 'waiting', enqueuedAt: SOME_TIME, state: STATES.waiting },
      ]);
      expect(await ledger.oldestOpen()).toBe(SOME_TIME - 1);
    });
  });

  describe('marks', () => {
    const mark = (sequenceNumber: string) => ({
      orderingKey: 'key',
      sequenceNumber,
      jobId: 'j',
      at: SOME_TIME,
    });

    test('remembers the last completed write of a key, by number and not by text', async () => {
      const ledger = await create();
      expect(await ledger.readMark('key')).toBeNull();
      await ledger.putMark(mark('9'));
      await ledger.putMark(mark('10'));
      expect(await ledger.readMark('key')).toEqual(mark('10'));
      await ledger.putMark(mark('9'));
      expect(await ledger.readMark('key')).toEqual(mark('10'));
      expect(await ledger.readMark('another')).toBeNull();
      await ledger.removeMark('key');
      await ledger.removeMark('key');
      expect(await ledger.readMark('key')).toBeNull();
    });
  });
}

async function write(ledger: Ledger, rows: readonly Partial<JobRow>[]): Promise<void> {
  const answers = await Promise.all(rows.map((row) => put(ledger, jobRow(row))));
  expect(answers.every(({ kind }) => kind === 'written')).toBe(true);
}

const writeOfEveryState = (ledger: Ledger, batch: string | null = null): Promise<void> =>
  write(
    ledger,
    Object.values(STATES).map((state) => ({ jobId: `in-${state.kind}`, state, batch })),
  );

async function ids(ledger: Ledger, query: JobQuery): Promise<string[]> {
  const found: string[] = [];
  for await (const row of ledger.list(query)) found.push(row.jobId);
  return found;
}

const put = (ledger: Ledger, row: JobRow) => ledger.change(row.jobId, () => row);
