import { describe, expect, test } from 'vitest';
import {
  type ClaimRequest,
  checkClaim,
  checkStart,
  startsBefore,
} from '../../../shared/ledger/claim-rules.ts';
import {
  type DeadLetterDecision,
  FORGOTTEN_DIGEST,
  type JobRow,
  type JobState,
} from '../../../shared/ledger/row.ts';

const NOW = Date.parse('2026-11-22T18:00:00Z');

const request = (over: Partial<ClaimRequest> = {}): ClaimRequest => ({
  jobId: 'j1',
  epoch: 0,
  digest: 'd1',
  now: NOW,
  soleInstance: null,
  ...over,
});

const rowIn = (state: JobState, over: Partial<JobRow> = {}): JobRow => ({
  jobId: 'j1',
  epoch: 0,
  operation: 'syncLead',
  digest: 'd1',
  orderingKey: 'lead:EMAIL:a@example.com',
  batch: null,
  enqueuedAt: NOW,
  sequenceNumber: '1',
  attempts: [],
  attemptsDropped: 0,
  counted: 0,
  starts: 0,
  state,
  lateOutcome: null,
  deleteAt: null,
  ...over,
});

const running = (leaseUntil: number, intentAt: number | null = null, owner = 'a.1'): JobState => ({
  kind: 'running',
  owner,
  leaseUntil,
  intentAt,
});

describe('checkClaim', () => {
  test('takes a job that nobody has seen', () => {
    expect(checkClaim(null, request())).toEqual({ kind: 'take', as: 'fresh' });
  });

  test('takes a queued job', () => {
    expect(checkClaim(rowIn({ kind: 'queued' }), request())).toEqual({ kind: 'take', as: 'fresh' });
  });

  test('leaves a waiting job until its time, and takes it then', () => {
    const row = rowIn({ kind: 'waiting', reason: 'backoff', until: NOW + 60_000 });
    expect(checkClaim(row, request())).toEqual({ kind: 'hide', until: NOW + 60_000, why: 'waiting' });
    expect(checkClaim(row, request({ now: NOW + 60_000 }))).toEqual({ kind: 'take', as: 'fresh' });
  });

  test('takes a waiting job that SQS delivers up to a second early', () => {
    const row = rowIn({ kind: 'waiting', reason: 'backoff', until: NOW + 1_000 });
    expect(checkClaim(row, request())).toEqual({ kind: 'take', as: 'fresh' });
  });

  test('keeps away from a job whose run lives, and takes it when the lease has ended', () => {
    expect(checkClaim(rowIn(running(NOW + 1)), request())).toEqual({
      kind: 'hide',
      until: NOW + 1,
      why: 'busy',
    });
    expect(checkClaim(rowIn(running(NOW)), request())).toEqual({ kind: 'take', as: 'fresh' });
  });

  test('finds a job in doubt whose claim ended over an open intent', () => {
    expect(checkClaim(rowIn(running(NOW, NOW - 5)), request())).toEqual({ kind: 'take', as: 'in-doubt' });
    expect(checkClaim(rowIn(running(NOW + 1, NOW - 5)), request())).toMatchObject({ why: 'busy' });
  });

  test('voids the claim of another instance where only one can live, and respects its own', () => {
    const row = rowIn(running(NOW + 1e6, null, 'old.1'));
    expect(checkClaim(row, request({ soleInstance: 'new' }))).toEqual({ kind: 'take', as: 'fresh' });
    expect(checkClaim(row, request({ soleInstance: 'old' }))).toMatchObject({ why: 'busy' });
  });

  test('an old instance with an open intent leaves its job in doubt', () => {
    const row = rowIn(running(NOW + 1e6, NOW, 'old.1'));
    expect(checkClaim(row, request({ soleInstance: 'new' }))).toEqual({ kind: 'take', as: 'in-doubt' });
  });

  test('says of what has ended since when it has', () => {
    const completed = rowIn({ kind: 'completed', at: NOW, result: null, resultDropped: false });
    const dead = rowIn({ kind: 'dead-lettered', at: NOW, letterId: 'j1', quietUntil: null });
    expect(checkClaim(completed, request())).toEqual({ kind: 'ended', batch: null, at: NOW });
    expect(checkClaim(dead, request())).toEqual({ kind: 'ended', batch: null, at: NOW });
  });

  test('holds the group of a dead letter while Marketo may still be at its call', () => {
    const dead = rowIn({ kind: 'dead-lettered', at: NOW, letterId: 'j1', quietUntil: NOW + 1 });
    expect(checkClaim(dead, request())).toEqual({ kind: 'hide', until: NOW + 1, why: 'quiet' });
    expect(checkClaim(dead, request({ now: NOW + 1 }))).toMatchObject({ kind: 'ended' });
  });

  test('acknowledges a message of another epoch that a redrive has passed', () => {
    const row = rowIn({ kind: 'queued' }, { epoch: 1 });
    expect(checkClaim(row, request({ epoch: 0 }))).toEqual({ kind: 'acknowledge', why: 'other-epoch' });
    expect(checkClaim(row, request({ epoch: 1 }))).toMatchObject({ kind: 'take' });
  });

  test.each([
    ['queued', rowIn({ kind: 'queued' }, { epoch: 1 }), 2],
    ['completed', rowIn({ kind: 'completed', at: NOW, result: null, resultDropped: false }), 1],
    ['unknown', null, 1],
  ] as const)('calls an epoch that no redrive has given to a job that is %s malformed', (_, row, epoch) => {
    expect(checkClaim(row, request({ epoch }))).toMatchObject({
      kind: 'malformed',
      message: expect.stringContaining('leave it out'),
    });
  });

  test('calls the same id with other contents a conflict, whatever became of the first', () => {
    const completed = rowIn({ kind: 'completed', at: NOW, result: null, resultDropped: false });
    expect(checkClaim(completed, request({ digest: 'd2' }))).toEqual({ kind: 'conflict' });
    expect(checkClaim(rowIn({ kind: 'queued' }), request({ digest: 'd2' }))).toEqual({ kind: 'conflict' });
  });

  test('acknowledges a message of a parked job before its time, and takes it at its time', () => {
    const body = { kind: 'inline', text: '{}' } as const;
    const parked = rowIn({ kind: 'parked', until: NOW + 61_000, body, groupId: 'g' });
    expect(checkClaim(parked, request())).toEqual({ kind: 'acknowledge', why: 'parked' });
    expect(checkClaim(parked, request({ now: NOW + 61_000 }))).toMatchObject({ kind: 'take' });
    // Within a minute it may be the warden's message on a slow clock.
    expect(checkClaim(parked, request({ now: NOW + 1_000 }))).toMatchObject({ kind: 'take' });
  });

  test('calls a job poison at its fifth start without a settle, and not at its fourth', () => {
    expect(checkClaim(rowIn(running(NOW), { starts: 4 }), request())).toEqual({ kind: 'take', as: 'poison' });
    expect(checkClaim(rowIn(running(NOW), { starts: 3 }), request())).toEqual({ kind: 'take', as: 'fresh' });
  });

  test('an open intent outranks poison: what may have been sent is in doubt, not merely deadly', () => {
    expect(checkClaim(rowIn(running(NOW, NOW), { starts: 9 }), request())).toMatchObject({ as: 'in-doubt' });
  });

  test('hides a waiting job that SQS delivers a moment more than it is known to be early, and takes it then', () => {
    const waiting = (aheadMs: number) => rowIn({ kind: 'waiting', reason: 'backoff', until: NOW + aheadMs });
    expect(checkClaim(waiting(1_501), request()).kind).toBe('hide');
    expect(checkClaim(waiting(1_500), request()).kind).toBe('take');
  });

  test('keeps a parked job’s message from a minute before its time on', () => {
    const body = { kind: 'inline', text: '{}' } as const;
    const parked = (aheadMs: number) => rowIn({ kind: 'parked', until: NOW + aheadMs, body, groupId: 'g' });
    expect(checkClaim(parked(60_001), request()).kind).toBe('acknowledge');
    expect(checkClaim(parked(60_000), request()).kind).toBe('take');
  });

  test('lets the ended row of a forgotten job stand for whatever comes under its id', () => {
    const dead: JobState = { kind: 'dead-lettered', at: NOW, letterId: 'j1', quietUntil: null };
    const forgotten = rowIn(dead, { digest: FORGOTTEN_DIGEST });
    expect(checkClaim(forgotten, request({ digest: 'd2' })).kind).toBe('ended');
    expect(checkClaim(rowIn(dead), request({ digest: 'd2' }))).toEqual({ kind: 'conflict' });
  });

  test('says how often a job was redriven whose message claims more, and of one that nobody knows: never', () => {
    const says = (row: JobRow | null, epoch: number) => checkClaim(row, request({ epoch }));
    expect(says(rowIn({ kind: 'queued' }, { epoch: 2 }), 3)).toMatchObject({
      message: expect.stringContaining('says 3, the job has been redriven 2 times'),
    });
    expect(says(null, 3)).toMatchObject({ message: expect.stringContaining('redriven 0 times') });
  });

  test('tells how often a decided job has been tried to settle', () => {
    expect(checkClaim(rowIn(decidedState()), request())).toMatchObject({ kind: 'decided', tries: 0 });
    expect(checkClaim(rowIn(decidedState(2)), request())).toMatchObject({ kind: 'decided', tries: 2 });
  });
});

const DECISION: DeadLetterDecision = {
  letterId: 'j1',
  class: 'invalid-request',
  code: 20105,
  message: 'm',
  retryBody: null,
  request: null,
  response: null,
  httpStatus: 500,
  decidedAt: NOW,
  quietUntil: null,
};

const decidedState = (tries?: number): JobState => ({
  kind: 'decided',
  decision: DECISION,
  ...(tries === undefined ? {} : { tries }),
});

describe('checkStart', () => {
  const FRESH = { kind: 'take', as: 'fresh' };
  const start = (row: JobRow | null, among = Number.POSITIVE_INFINITY) => checkStart(row, request(), among);

  test('lets a job start beside others that nobody has seen, or that has stopped no worker', () => {
    expect(start(null)).toEqual(FRESH);
    expect(start(rowIn({ kind: 'queued' }))).toEqual(FRESH);
  });

  test.each<[string, Partial<JobRow>, number]>([
    ['has stopped its worker once', { starts: 1 }, 30],
    ['has stopped its worker twice', { starts: 2 }, 1],
    ['was claimed nine times and never settled', { claims: 9 }, 30],
    ['was claimed ten times and never settled', { claims: 10 }, 30],
    ['was claimed eleven times and never settled', { claims: 11 }, 1],
    ['has stopped its worker twice, however often it was claimed', { starts: 2, claims: 9 }, 1],
  ])('wants few beside a job that %s, or none', (_, known, most) => {
    const row = rowIn(running(NOW), known);
    expect(start(row)).toEqual({ kind: 'apart', most });
    expect(start(row, most + 1)).toEqual({ kind: 'apart', most });
    expect(start(row, most)).toEqual(FRESH);
  });

  test('lets any number run beside a job that was claimed eight times and never settled', () => {
    expect(start(rowIn(running(NOW), { claims: 8 }))).toEqual(FRESH);
  });

  test('wants a letter to be filed alone over which a worker has stopped, and no other', () => {
    expect(start(rowIn(decidedState(1)))).toEqual({ kind: 'apart', most: 1 });
    expect(start(rowIn(decidedState(1)), 1)).toMatchObject({ kind: 'decided' });
    expect(start(rowIn(decidedState(0)))).toMatchObject({ kind: 'decided' });
  });

  test.each<[string, JobRow, object]>([
    ['is to be a letter as poison', rowIn(running(NOW), { starts: 4 }), { as: 'poison' }],
    ['is in doubt', rowIn(running(NOW, NOW), { starts: 3 }), { as: 'in-doubt' }],
    ['is not taken at all', rowIn(running(NOW + 1), { starts: 3 }), { why: 'busy' }],
  ])('lets one that %s go on beside others: it is not called', (_, row, check) => {
    expect(start(row)).toMatchObject(check);
  });
});

describe('the starts that count', () => {
  const row = rowIn(running(NOW, null, 'run.dead'), { starts: 2 });

  test('are those of the row', () => {
    expect(startsBefore(null, request())).toBe(0);
    expect(startsBefore(row, request())).toBe(2);
  });

  test('leave out a start of a run that cannot have been the cause', () => {
    expect(startsBefore(row, request({ innocentOwner: 'run.dead' }))).toBe(1);
    expect(startsBefore(row, request({ innocentOwner: 'run.other' }))).toBe(2);
    expect(startsBefore({ ...row, starts: 0 }, request({ innocentOwner: 'run.dead' }))).toBe(0);
  });

  test('are all of them where nobody has the job', () => {
    const queued = { ...row, state: { kind: 'queued' } } as const;
    expect(startsBefore(queued, request({ innocentOwner: null }))).toBe(2);
    expect(startsBefore(queued, request())).toBe(2);
  });
});
