import { describe, expect, test } from 'vitest';
import { type ClaimRequest, checkClaim } from '../../../shared/ledger/claim-rules.ts';
import type { JobRow, JobState } from '../../../shared/ledger/row.ts';

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

  test('acknowledges what has ended', () => {
    const completed = rowIn({ kind: 'completed', at: NOW, result: null, resultDropped: false });
    const dead = rowIn({ kind: 'dead-lettered', at: NOW, letterId: 'j1', quietUntil: null });
    expect(checkClaim(completed, request())).toEqual({ kind: 'acknowledge', why: 'completed' });
    expect(checkClaim(dead, request())).toEqual({ kind: 'acknowledge', why: 'dead-lettered' });
  });

  test('holds the group of a dead letter while Marketo may still be at its call', () => {
    const dead = rowIn({ kind: 'dead-lettered', at: NOW, letterId: 'j1', quietUntil: NOW + 1 });
    expect(checkClaim(dead, request())).toEqual({ kind: 'hide', until: NOW + 1, why: 'quiet' });
    expect(checkClaim(dead, request({ now: NOW + 1 }))).toMatchObject({ kind: 'acknowledge' });
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
});
