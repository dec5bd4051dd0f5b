import { describe, expect, test } from 'vitest';
import { DEFAULT_BACKOFF } from '../../../shared/config/limits.ts';
import type { Attempt } from '../../../shared/job/attempt.ts';
import type { Failure } from '../../../shared/marketo/faults/classify.ts';
import type { FaultClass } from '../../../shared/marketo/faults/fault.ts';
import { type Circumstances, decide } from '../../../shared/run/decide.ts';

const NOW = 1_000_000;

const failure = (faultClass: FaultClass, over: Partial<Failure> = {}): Failure => ({
  kind: 'failed',
  class: faultClass,
  code: null,
  message: 'm',
  httpStatus: 500,
  ran: 'maybe',
  sent: true,
  replied: true,
  ...over,
});

const attempt = (faultClass: FaultClass | null): Attempt => ({
  callId: 'call-1',
  at: 0,
  durationMs: 1,
  class: faultClass,
  code: null,
  httpStatus: 500,
  message: '',
  counted: true,
});

const at = (over: Partial<Circumstances> = {}): Circumstances => ({
  job: {},
  attempts: [],
  counted: 0,
  now: NOW,
  quietUntil: null,
  openedHold: false,
  quotaResetsAt: NOW + 3_600_000,
  backoff: DEFAULT_BACKOFF,
  random: () => 0.5,
  ...over,
});

describe('decide', () => {
  test('completes a success', () => {
    expect(decide({ kind: 'succeeded', result: 1 }, at())).toEqual({ kind: 'complete', result: 1 });
  });

  test('completes the end of a stream with an empty page', () => {
    expect(decide(failure('end-of-stream'), at())).toEqual({ kind: 'complete', result: null });
  });

  test('defers a spent quota to its reset', () => {
    const until = NOW + 3_600_000;
    expect(decide(failure('quota-exhausted'), at())).toEqual({ kind: 'defer', until, reason: 'quota' });
  });

  test('defers a rate answer one window', () => {
    expect(decide(failure('rate-limited'), at())).toEqual({
      kind: 'defer',
      until: NOW + 20_000,
      reason: 'rate',
    });
  });

  test.each([
    [0, 1_000],
    [0.999_999, 5_000],
  ])('defers a concurrency answer by 1 to 5 s (chance %d)', (chance, delay) => {
    const decided = decide(failure('concurrency-limited'), at({ random: () => chance }));
    expect(decided).toEqual({ kind: 'defer', until: NOW + delay, reason: 'concurrency' });
  });

  test.each(['quota-exhausted', 'rate-limited', 'concurrency-limited'] as const)(
    '%s never dead-letters, whatever was spent before',
    (faultClass) => {
      const spent = at({ counted: 99, job: { maxAttempts: 1 } });
      expect(decide(failure(faultClass), spent).kind).toBe('defer');
    },
  );

  test('retries a transient fault with full jitter that doubles with every failure in a row', () => {
    const first = decide(failure('transient'), at());
    const fourth = decide(failure('transient'), at({ attempts: [1, 2, 3].map(() => attempt('transient')) }));
    expect(first).toEqual({ kind: 'retry', until: NOW + 1_000, counted: true });
    expect(fourth).toEqual({ kind: 'retry', until: NOW + 8_000, counted: true });
  });

  test('dead-letters a transient fault on the last attempt, and not before', () => {
    expect(decide(failure('transient'), at({ counted: 11 })).kind).toBe('dead-letter');
    expect(decide(failure('transient'), at({ counted: 10 })).kind).toBe('retry');
    expect(decide(failure('transient'), at({ counted: 2, job: { maxAttempts: 3 } })).kind).toBe(
      'dead-letter',
    );
  });

  test('what was never sent spends no attempt, however often it happens', () => {
    const unsent = failure('transient', { sent: false, replied: false, ran: 'no' });
    expect(decide(unsent, at({ counted: 11 }))).toMatchObject({ kind: 'retry', counted: false });
  });

  test('a retry of a call without an answer waits until Marketo must be done with the first', () => {
    const silent = failure('transient', { replied: false, httpStatus: null });
    expect(decide(silent, at({ quietUntil: NOW + 180_000 }))).toMatchObject({ until: NOW + 180_000 });
    expect(decide(failure('transient'), at({ quietUntil: NOW + 180_000 }))).toMatchObject({
      until: NOW + 1_000,
    });
  });

  test('retries 20106 once after about 30 s, then dead-letters', () => {
    expect(decide(failure('sync-failed'), at())).toMatchObject({ kind: 'retry', until: NOW + 30_000 });
    const again = at({ attempts: [attempt('sync-failed')] });
    expect(decide(failure('sync-failed'), again).kind).toBe('dead-letter');
  });

  test('retries an unknown code three times, then dead-letters', () => {
    const earlier = (n: number) => at({ attempts: Array.from({ length: n }, () => attempt('unknown')) });
    expect(decide(failure('unknown'), earlier(2)).kind).toBe('retry');
    expect(decide(failure('unknown'), earlier(3)).kind).toBe('dead-letter');
  });

  test.each(['sync-failed', 'unknown', 'internal'] as const)(
    'counts no failure of another class as one of %s',
    (faultClass) => {
      const others = ['transient', 'rate-limited', 'in-doubt', null] as const;
      const attempts = [...others, ...others].map(attempt);
      expect(decide(failure(faultClass), at({ attempts })).kind).toBe('retry');
    },
  );

  test('counts the failures of a class over all attempts, whatever came in between', () => {
    const between = ['unknown', 'transient', 'unknown', null, 'unknown'] as const;
    expect(decide(failure('unknown'), at({ attempts: between.map(attempt) })).kind).toBe('dead-letter');
  });

  test('begins its backoff anew after a success: that breaks the row of failures', () => {
    const failed = [attempt('transient'), attempt('transient'), attempt('transient')];
    const until = (attempts: readonly Attempt[]) => decide(failure('transient'), at({ attempts }));
    expect(until([...failed, attempt(null)])).toMatchObject({ until: NOW + 1_000 });
    expect(until([...failed, attempt(null), attempt('transient')])).toMatchObject({ until: NOW + 2_000 });
    expect(until([attempt(null), ...failed])).toMatchObject({ until: NOW + 8_000 });
    expect(until(failed)).toMatchObject({ until: NOW + 8_000 });
  });

  test('gives our own bug three attempts', () => {
    const earlier = (n: number) => at({ attempts: Array.from({ length: n }, () => attempt('internal')) });
    expect(decide(failure('internal'), earlier(1)).kind).toBe('retry');
    expect(decide(failure('internal'), earlier(2)).kind).toBe('dead-letter');
  });

  test('dead-letters what is in doubt unless the sender says that a repeat is harmless', () => {
    expect(decide(failure('in-doubt'), at()).kind).toBe('dead-letter');
    expect(decide(failure('in-doubt'), at({ job: { onInDoubt: 'dead-letter' } })).kind).toBe('dead-letter');
    expect(decide(failure('in-doubt'), at({ job: { onInDoubt: 'retry' } })).kind).toBe('retry');
  });

  test('dead-letters the job that opened the credentials hold and defers every other', () => {
    expect(decide(failure('credentials'), at({ openedHold: true })).kind).toBe('dead-letter');
    expect(decide(failure('credentials'), at())).toMatchObject({ kind: 'defer', reason: 'credentials' });
  });

  test('defers what was refused under a hold of the credentials to their next probe', () => {
    expect(decide(failure('credentials'), at())).toEqual({
      kind: 'defer',
      until: NOW + 60_000,
      reason: 'credentials',
    });
  });

  test('writes into a letter what the answer said, and until when its group waits', () => {
    const silent = failure('in-doubt', { code: 7, message: 'no answer', httpStatus: null, replied: false });
    expect(decide(silent, at({ quietUntil: NOW + 180_000 }))).toEqual({
      kind: 'dead-letter',
      class: 'in-doubt',
      code: 7,
      message: 'no answer',
      httpStatus: null,
      counted: true,
      quietUntil: NOW + 180_000,
    });
  });

  test.each<[string, Partial<Failure>]>([
    ['answered', { replied: true }],
    ['never sent', { sent: false, replied: false, ran: 'no' }],
  ])('lets nobody wait for a call that was %s', (_, how) => {
    const quietUntil = NOW + 180_000;
    expect(decide(failure('invalid-request', how), at({ quietUntil }))).toMatchObject({ quietUntil: null });
  });

  test('waits for a call without an answer also where a gateway asked for less', () => {
    const silent = failure('transient', { waitMs: 1_000, replied: false });
    expect(decide(silent, at({ quietUntil: NOW + 180_000 }))).toMatchObject({ until: NOW + 180_000 });
  });

  test.each(['invalid-request', 'not-found', 'record-failed', 'malformed', 'expired', 'poison'] as const)(
    'dead-letters %s at once',
    (faultClass) => {
      expect(decide(failure(faultClass), at())).toMatchObject({ kind: 'dead-letter', class: faultClass });
    },
  );
});

describe('what a server before Marketo asks for', () => {
  const notNow = (over: Partial<Failure> = {}) => failure('transient', { waitMs: 30_000, ...over });

  test('is waited for, and spends no attempt, even the last', () => {
    const last = at({ counted: 11 });
    expect(decide(notNow(), last)).toMatchObject({ kind: 'retry', counted: false });
    expect(decide(failure('transient'), last)).toMatchObject({ kind: 'dead-letter', class: 'transient' });
  });

  test('is kept to, a little spread, and never comes back at once', () => {
    const until = (waitMs: number, random: number) => {
      const disposition = decide(notNow({ waitMs }), at({ random: () => random }));
      return disposition.kind === 'retry' ? disposition.until - NOW : null;
    };
    expect([until(60_000, 0), until(60_000, 1)]).toEqual([60_000, 63_000]);
    expect([until(0, 0), until(0, 1)]).toEqual([1_000, 2_000]);
  });

  test('is in doubt on an unsafe operation if it may have run, and waited for if its sender allows it', () => {
    const doubt = failure('in-doubt', { waitMs: 30_000 });
    expect(decide(doubt, at())).toMatchObject({ kind: 'dead-letter', class: 'in-doubt' });
    expect(decide(doubt, at({ job: { onInDoubt: 'retry' } }))).toMatchObject({
      kind: 'retry',
      counted: false,
    });
  });
});

describe('what another try cannot change', () => {
  test('a request that is too large is dead-lettered as invalid at its first answer', () => {
    expect(decide(failure('too-large', { ran: 'no' }), at())).toMatchObject({
      kind: 'dead-letter',
      class: 'invalid-request',
    });
  });

  test('an answer past the bound is final whatever its sender says of repeats', () => {
    const huge = failure('in-doubt', { final: true });
    expect(decide(huge, at())).toMatchObject({ kind: 'dead-letter', class: 'in-doubt' });
    expect(decide(huge, at({ job: { onInDoubt: 'retry' } }))).toMatchObject({
      kind: 'dead-letter',
      class: 'invalid-request',
    });
  });

  test('credentials that are refused for one operation alone end its job in words that say so', () => {
    expect(decide(failure('credentials'), at({ refusedAlone: true }))).toMatchObject({
      kind: 'dead-letter',
      class: 'invalid-request',
      message: expect.stringContaining('only for this operation'),
    });
    expect(decide(failure('credentials'), at())).toMatchObject({ kind: 'defer', reason: 'credentials' });
  });
});
