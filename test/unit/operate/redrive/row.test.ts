import { describe, expect, test } from 'vitest';
import type { LetterHead } from '../../../../shared/deadletter/letter.ts';
import { digestOf } from '../../../../shared/job/message.ts';
import { firstRow, type JobRow, type JobState } from '../../../../shared/ledger/row.ts';
import { isTaken, redriveRow, withdrawnRow } from '../../../../shared/operate/redrive/row.ts';
import { leadJob, NOON } from '../../../support/letters.ts';
import { letterHead } from '../../../support/rows.ts';

const job = leadJob('job-1');
const head = letterHead({ sequenceNumber: '5' });
const malformed = letterHead({ letterId: 'msg-1', class: 'malformed', jobId: null });

const rowWith = (more: Partial<JobRow> = {}): JobRow => ({
  ...firstRow(job, { sequenceNumber: '5', enqueuedAt: NOON - 9 }),
  ...more,
});
const dead = (quietUntil: number | null = null, letterId = 'job-1'): JobState => ({
  kind: 'dead-lettered',
  at: NOON - 1,
  letterId,
  quietUntil,
});
const decided = (quietUntil: number | null): JobState => ({
  kind: 'decided',
  decision: {
    letterId: 'job-1',
    class: 'invalid-request',
    code: null,
    message: '',
    retryBody: null,
    request: null,
    response: null,
    httpStatus: null,
    decidedAt: NOON,
    quietUntil,
  },
});
const attempt = {
  callId: 'c',
  at: 1,
  durationMs: 1,
  class: null,
  code: null,
  httpStatus: 200,
  message: '',
  counted: true,
};

const moved = (row: JobRow | null, of: LetterHead = head, sent = job) => {
  const step = redriveRow(of, row, sent, NOON);
  if (step.kind !== 'move') throw new Error(step.kind);
  return step.row;
};

/** A row of the next epoch in every state in which a run has, or has not, taken it. */
const UNTOUCHED: readonly [string, Partial<JobRow>][] = [
  ['is queued', { state: { kind: 'queued' } }],
  ['waits for the call before', { state: { kind: 'waiting', reason: 'order', until: NOON + 9 } }],
];
const TOUCHED: readonly [string, Partial<JobRow>][] = [
  ['has been called', { attempts: [attempt] }],
  ['has been started', { starts: 1 }],
  ['waits for another try', { state: { kind: 'waiting', reason: 'backoff', until: NOON + 9 } }],
  ['runs', { state: { kind: 'running', owner: 'o', leaseUntil: NOON, intentAt: null } }],
  ['is completed', { state: { kind: 'completed', at: NOON, result: null, resultDropped: false } }],
];

describe('the row of a redriven job', () => {
  test('begins anew at the next epoch, in its old place', () => {
    const ended = rowWith({ attempts: [attempt], counted: 4, starts: 1, state: dead(), batch: 'old' });
    expect(moved(ended)).toEqual({ ...rowWith(), epoch: 1, batch: null, state: { kind: 'queued' } });
  });

  test('has the place that its letter knows, if it has none itself', () => {
    expect(moved(rowWith({ sequenceNumber: null, state: dead() })).sequenceNumber).toBe('5');
    expect(moved(rowWith({ sequenceNumber: '4', state: dead() })).sequenceNumber).toBe('4');
  });

  test('is made anew if it is gone', () => {
    expect(moved(null)).toEqual({ ...rowWith({ enqueuedAt: NOON }), epoch: 1 });
  });

  test.each<[string, JobState]>([
    ['dead', dead(NOON + 1)],
    ['decided', decided(NOON + 1)],
  ])('waits for the call before it where it was %s', (_, state) => {
    const waiting = { kind: 'waiting', reason: 'order', until: NOON + 1 };
    expect(moved(rowWith({ state })).state).toEqual(waiting);
  });

  test.each<JobState>([dead(NOON), dead(null), decided(NOON), decided(null)])(
    'waits for nothing where that call is over: %j',
    (state) => {
      expect(moved(rowWith({ state })).state).toEqual({ kind: 'queued' });
    },
  );

  test.each(UNTOUCHED)('that an earlier try has moved is sent again while it %s', (_, more) => {
    expect(redriveRow(head, rowWith({ epoch: 1, ...more }), job, NOON)).toEqual({ kind: 'send', epoch: 1 });
  });

  test.each(TOUCHED)('that an earlier try has moved is left to its run once it %s', (_, more) => {
    expect(redriveRow(head, rowWith({ epoch: 1, ...more }), job, NOON)).toEqual({ kind: 'gone-on' });
  });
});

describe('the row of an edit of what never was a job', () => {
  test('is a first row, marked as made by the redrive', () => {
    expect(moved(null, malformed)).toEqual({
      ...firstRow(job, { sequenceNumber: null, enqueuedAt: NOON }),
      redriveOf: 'msg-1',
    });
  });

  test.each(UNTOUCHED)('is sent again while it %s', (_, more) => {
    expect(redriveRow(malformed, rowWith(more), job, NOON)).toEqual({ kind: 'send', epoch: 0 });
  });

  test.each(TOUCHED)('is left to its run once it %s', (_, more) => {
    expect(redriveRow(malformed, rowWith(more), job, NOON)).toEqual({ kind: 'gone-on' });
  });

  test('is not that of another job with its id', () => {
    const other = rowWith({ digest: digestOf(leadJob('job-1', 'other@example.com')) });
    expect(redriveRow(malformed, other, job, NOON)).toEqual({
      kind: 'refuse',
      message: 'the id job-1 belongs to another job; give the edit an id of its own',
    });
  });
});

describe('a redrive that is taken back', () => {
  test.each<[string, Partial<JobRow>, number | null]>([
    ['is queued', {}, null],
    ['waits for the call before', { state: { kind: 'waiting', reason: 'order', until: NOON + 9 } }, NOON + 9],
  ])('ends in its letter again if its row %s', (_, more, quietUntil) => {
    const row = rowWith({ epoch: 1, ...more });
    const state = { kind: 'dead-lettered', at: NOON, letterId: 'job-1', quietUntil };
    expect(withdrawnRow(head, row, NOON)).toEqual({ ...row, state });
  });

  test.each(TOUCHED)('is none once its row %s', (_, more) => {
    expect(withdrawnRow(head, rowWith({ epoch: 1, ...more }), NOON)).toBeNull();
  });

  test('is none where no redrive has moved the row, or it is gone', () => {
    expect(withdrawnRow(head, rowWith(), NOON)).toBeNull();
    expect(withdrawnRow(head, null, NOON)).toBeNull();
  });

  test('of an edit is that of the row it has made, and of no other with its id', () => {
    expect(withdrawnRow(malformed, rowWith({ redriveOf: 'msg-1' }), NOON)).toMatchObject({
      state: { kind: 'dead-lettered', letterId: 'msg-1' },
    });
    expect(withdrawnRow(malformed, rowWith({ redriveOf: 'msg-2' }), NOON)).toBeNull();
    expect(withdrawnRow(malformed, rowWith({ epoch: 1 }), NOON)).toBeNull();
  });
});

describe('a redrive that a run has picked up', () => {
  test.each(TOUCHED)('is one whose row %s', (_, more) => {
    expect(isTaken(head, rowWith({ epoch: 1, ...more }))).toBe(true);
    expect(isTaken(malformed, rowWith({ redriveOf: 'msg-1', ...more }))).toBe(true);
  });

  test.each(UNTOUCHED)('is none whose row %s', (_, more) => {
    expect(isTaken(head, rowWith({ epoch: 1, ...more }))).toBe(false);
  });

  test('is none where the row is of the letter’s own epoch, of somebody else, gone, or ended in the letter', () => {
    expect(isTaken(head, rowWith({ starts: 1 }))).toBe(false);
    expect(isTaken(malformed, rowWith({ epoch: 1, starts: 1 }))).toBe(false);
    expect(isTaken(head, null)).toBe(false);
    expect(isTaken(head, rowWith({ epoch: 1, state: dead() }))).toBe(false);
    expect(isTaken(head, rowWith({ epoch: 1, state: dead(null, 'job-1#1') }))).toBe(true);
  });
});
