import { describe, expect, test } from 'vitest';
import type { HoldInForce } from '../../../shared/budget/holds.ts';
import type { Narrowing } from '../../../shared/budget/narrowing.ts';
import { jobJson } from '../../../shared/operate/job-json.ts';
import { blockerOf, type Surroundings, waitingOf } from '../../../shared/operate/waiting.ts';
import { jobRow, SOME_TIME } from '../../support/rows.ts';

const hold = (changes: Partial<HoldInForce> = {}): HoldInForce => ({
  reason: 'quota',
  since: SOME_TIME,
  until: SOME_TIME + 60_000,
  message: '',
  probeAt: null,
  ...changes,
});
const around = (changes: Partial<Surroundings> = {}): Surroundings => ({
  now: SOME_TIME,
  holds: [],
  narrowings: [],
  blocker: null,
  ...changes,
});
const backoff = (ms: number) =>
  jobRow({ state: { kind: 'waiting', reason: 'backoff', until: SOME_TIME + ms } });
const running = jobRow({
  state: { kind: 'running', owner: 'run.1', leaseUntil: SOME_TIME + 1, intentAt: null },
});

describe('waitingOf', () => {
  test('gives no reason for a queued job while nothing is in its way', () => {
    expect(waitingOf(jobRow(), around())).toBeNull();
  });

  test('reads from the hold why queued and running jobs wait', () => {
    const closed = around({ holds: [hold()] });
    expect(waitingOf(jobRow(), closed)).toEqual({ reason: 'quota', until: SOME_TIME + 60_000 });
    expect(waitingOf(running, closed)).toEqual({ reason: 'quota', until: SOME_TIME + 60_000 });
    expect(waitingOf(running, around())).toBeNull();
  });

  test('names the longer of a backoff and a hold', () => {
    const closed = around({ holds: [hold()] });
    expect(waitingOf(backoff(1_000), closed)?.reason).toBe('quota');
    expect(waitingOf(backoff(90_000), closed)).toEqual({ reason: 'backoff', until: SOME_TIME + 90_000 });
    expect(
      waitingOf(backoff(90_000), around({ holds: [hold({ reason: 'operator', until: null })] })),
    ).toEqual({ reason: 'operator', until: null });
  });

  test('takes a job whose wait is over for queued', () => {
    expect(waitingOf(backoff(0), around())).toBeNull();
    expect(jobJson(backoff(0), around(), null).state).toBe('queued');
    expect(jobJson(backoff(1), around(), null).state).toBe('waiting');
  });

  test('lets a job behind another wait as long as that one', () => {
    const blocked = around({ blocker: backoff(5_000) });
    expect(waitingOf(jobRow({ jobId: 'job-2' }), blocked)).toEqual({
      reason: 'order',
      until: SOME_TIME + 5_000,
    });
    expect(waitingOf(jobRow({ jobId: 'job-2' }), around({ blocker: running }))).toEqual({
      reason: 'order',
      until: null,
    });
  });

  test('gives a parked job its notBefore, whatever holds the account', () => {
    const parked = jobRow({
      state: {
        kind: 'parked',
        until: SOME_TIME + 9,
        body: { kind: 'inline', text: '' },
        groupId: 'g',
      },
    });
    expect(waitingOf(parked, around({ holds: [hold()] }))).toEqual({
      reason: 'notBefore',
      until: SOME_TIME + 9,
    });
    expect(jobJson(parked, around(), null).state).toBe('waiting');
  });

  test('gives no reason for what has ended, also under a hold', () => {
    const ended = jobRow({
      state: { kind: 'completed', at: SOME_TIME, result: null, resultDropped: false },
    });
    expect(waitingOf(ended, around({ holds: [hold()] }))).toBeNull();
  });
});

describe('a narrowed account', () => {
  const narrowing: Narrowing = {
    of: 'slots',
    limit: 1,
    reason: 'upstream',
    until: SOME_TIME + 9_000,
    message: '',
    isStandstill: false,
  };
  const narrow = around({ narrowings: [narrowing] });

  test('is the reason of a queued job, with its end', () => {
    expect(waitingOf(jobRow(), narrow)).toEqual({ reason: 'upstream', until: SOME_TIME + 9_000 });
    expect(waitingOf(backoff(0), narrow)?.reason).toBe('upstream');
  });

  test('comes after the hold, the job’s own wait and the job before it', () => {
    expect(waitingOf(jobRow(), { ...narrow, holds: [hold()] })?.reason).toBe('quota');
    expect(waitingOf(backoff(1_000), narrow)?.reason).toBe('backoff');
    const behind = { ...narrow, blocker: jobRow({ jobId: 'before' }) };
    expect(waitingOf(jobRow({ jobId: 'job-2' }), behind)).toEqual({
      reason: 'order',
      until: SOME_TIME + 9_000,
    });
  });

  test('is the reason of a running job only where nothing can be sent', () => {
    expect(waitingOf(running, narrow)).toBeNull();
    const standstill = around({ narrowings: [{ ...narrowing, reason: 'concurrency', isStandstill: true }] });
    expect(waitingOf(running, standstill)?.reason).toBe('concurrency');
  });
});

describe('blockerOf', () => {
  const at = (jobId: string, sequenceNumber: string | null, more: object = {}) =>
    jobRow({ jobId, sequenceNumber, ...more });

  test('is the nearest earlier job of the key that has not ended', () => {
    const rows = [at('a', '9'), at('b', '10'), at('c', '11'), at('d', '12')];
    expect(blockerOf(at('c', '11'), rows)?.jobId).toBe('b');
    expect(blockerOf(at('a', '9'), rows)).toBeNull();
  });

  test('passes over the ended and the parked, which hold no place', () => {
    const ended = {
      state: { kind: 'completed', at: 1, result: null, resultDropped: false },
    };
    const parked = {
      state: { kind: 'parked', until: 1, body: { kind: 'inline', text: '' }, groupId: 'g' },
    };
    const rows = [at('a', '9'), at('b', '10', ended), at('c', '11', parked)];
    expect(blockerOf(at('d', '12'), rows)?.jobId).toBe('a');
  });

  test('goes by time where a sequence number is not known', () => {
    const earlier = at('a', null, { enqueuedAt: SOME_TIME - 1 });
    expect(blockerOf(at('b', '5'), [earlier])?.jobId).toBe('a');
    expect(blockerOf(earlier, [at('b', '5')])).toBeNull();
  });
});
