import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_BACKOFF } from '../../shared/config/limits.ts';
import { parseJob } from '../../shared/job/parse-job.ts';
import { seededRandom } from '../../shared/kernel/random.ts';
import { classify } from '../../shared/marketo/faults/classify.ts';
import { FAULT_CLASSES, type Fault } from '../../shared/marketo/faults/fault.ts';
import { accountSignal } from '../../shared/run/account-signal.ts';
import { backoffMs } from '../../shared/run/backoff.ts';
import { decide } from '../../shared/run/decide.ts';
import { visibilityMs } from '../../shared/run/settlement.ts';
import { syncLeadJob } from '../support/work-world.ts';

const message = fc.string();
const code = fc.option(fc.integer(), { nil: null });
const httpStatus = fc.integer({ min: 100, max: 599 });

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constant('marketo' as const), code, message, httpStatus }),
  fc.record({
    kind: fc.constant('record' as const),
    code,
    message,
    httpStatus,
    failed: fc.constant(1),
    total: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({
    kind: fc.constant('unreadable' as const),
    what: fc.constantFrom(
      'html' as const,
      'text' as const,
      'json' as const,
      'truncated' as const,
      'empty' as const,
      'foreign' as const,
    ),
    httpStatus,
    message,
  }),
  fc.record({ kind: fc.constant('identity' as const), message, httpStatus }),
  fc.record({
    kind: fc.constant('gone' as const),
    httpStatus: fc.option(httpStatus, { nil: null }),
    message,
  }),
  fc.record({
    kind: fc.constant('network' as const),
    sent: fc.boolean(),
    reason: fc.constantFrom('refused' as const, 'reset' as const, 'timeout' as const, 'other' as const),
    message,
  }),
  fc.record({ kind: fc.constant('internal' as const), sent: fc.boolean(), message }),
);

const attempt = fc.record({
  callId: fc.string(),
  at: fc.integer(),
  durationMs: fc.nat(),
  class: fc.option(fc.constantFrom(...FAULT_CLASSES), { nil: null }),
  code,
  httpStatus: fc.option(httpStatus, { nil: null }),
  message,
  counted: fc.boolean(),
});

const circumstances = fc.record({
  job: fc.record(
    {
      maxAttempts: fc.integer({ min: 1, max: 100 }),
      onInDoubt: fc.constantFrom('retry' as const, 'dead-letter' as const),
    },
    { requiredKeys: [] },
  ),
  attempts: fc.array(attempt, { maxLength: 30 }),
  counted: fc.nat(120),
  now: fc.integer({ min: 0, max: 4e12 }),
  quietUntil: fc.option(fc.integer({ min: 0, max: 4e12 }), { nil: null }),
  openedHold: fc.boolean(),
  quotaResetsAt: fc.integer({ min: 0, max: 4e12 }),
  backoff: fc.constant(DEFAULT_BACKOFF),
  random: fc.integer().map(seededRandom),
});

describe('classify and decide', () => {
  test('no fault and no history makes them throw, and every fault has a class of the list', () => {
    fc.assert(
      fc.property(fault, fc.boolean(), circumstances, (given, unsafe, at) => {
        const failure = classify(given, unsafe);
        expect(FAULT_CLASSES).toContain(failure.class);
        expect(['complete', 'retry', 'defer', 'dead-letter']).toContain(decide(failure, at).kind);
        expect(
          accountSignal(given, 'https://a', { endpointGone: () => 'gone', renewCredentials: 'renew' }).kind,
        ).toBeTypeOf('string');
      }),
    );
  });

  test('an unsafe call that may have run is never retried unless its sender allows it', () => {
    fc.assert(
      fc.property(fault, circumstances, (given, at) => {
        const failure = classify(given, true);
        const decided = decide(failure, at);
        if (failure.ran === 'maybe' && at.job.onInDoubt !== 'retry') expect(decided.kind).not.toBe('retry');
        // Only what proves that nothing ran may wait for another send.
        if (decided.kind === 'defer') expect(failure.ran).toBe('no');
      }),
    );
  });

  test('a throttle answer never spends an attempt and never dead-letters, whatever went before', () => {
    const throttles = fc.constantFrom(20015, 20023, 20024);
    fc.assert(
      fc.property(throttles, fc.boolean(), circumstances, (number, unsafe, at) => {
        const given: Fault = {
          kind: 'marketo',
          code: number,
          message: '',
          httpStatus: 500,
        };
        expect(decide(classify(given, unsafe), at).kind).toBe('defer');
      }),
    );
  });

  test('a job ends: no fault is retried past its maxAttempts once it was sent', () => {
    fc.assert(
      fc.property(fault, fc.boolean(), circumstances, (given, unsafe, at) => {
        const decided = decide(classify(given, unsafe), at);
        if (decided.kind === 'retry' && decided.counted) {
          expect(at.counted + 1).toBeLessThan(at.job.maxAttempts ?? 12);
        }
      }),
    );
  });
});

describe('backoffMs', () => {
  test('is never negative, never past the cap and never past base x 2^(attempt-1)', () => {
    fc.assert(
      fc.property(fc.integer({ min: -5, max: 5_000 }), fc.integer(), (attempt, seed) => {
        const delay = backoffMs(attempt, DEFAULT_BACKOFF, seededRandom(seed));
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(DEFAULT_BACKOFF.capMs);
        expect(delay).toBeLessThanOrEqual(Math.ceil(DEFAULT_BACKOFF.baseMs * 2 ** Math.max(0, attempt - 1)));
      }),
    );
  });
});

describe('visibilityMs', () => {
  test('never goes beyond an hour and never below zero', () => {
    const instant = fc.integer({ min: 0, max: 4e12 });
    fc.assert(
      fc.property(
        fc.option(instant, { nil: null }),
        fc.boolean(),
        instant,
        fc.nat(2_000),
        (until, held, now, count) => {
          const ms = visibilityMs(
            { kind: 'hide', until, held, quota: count % 2 === 0 },
            now,
            count,
            count * 60_000,
          );
          expect(ms).toBeGreaterThanOrEqual(0);
          expect(ms).toBeLessThanOrEqual(3_600_000);
        },
      ),
    );
  });
});

describe('parseJob', () => {
  test('no body makes it throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary' })), (body) => {
        expect(['job', 'malformed']).toContain(parseJob(body).kind);
      }),
    );
  });

  test('no params make it throw', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (params) => {
        expect(['job', 'malformed']).toContain(
          parseJob(JSON.stringify({ ...syncLeadJob('j1'), params })).kind,
        );
      }),
    );
  });

  test('a job with one key changed is a job or says why not', () => {
    const keys = fc.constantFrom(
      ...Object.keys(syncLeadJob('j1')),
      'workspace',
      'expiresAt',
      'epoch',
      '__proto__',
    );
    fc.assert(
      fc.property(keys, fc.jsonValue(), (key, value) => {
        const parsed = parseJob(JSON.stringify({ ...syncLeadJob('j1'), [key]: value }));
        if (parsed.kind === 'malformed') expect(parsed.message.length).toBeGreaterThan(5);
      }),
    );
  });
});
