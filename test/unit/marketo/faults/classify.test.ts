import { describe, expect, test } from 'vitest';
import { TRANSPORTS, type TransportName } from '../../../../shared/config/transports.ts';
import { classify } from '../../../../shared/marketo/faults/classify.ts';
import type { Fault } from '../../../../shared/marketo/faults/fault.ts';
import { accountSignal as signalOf } from '../../../../shared/run/account-signal.ts';

const ADOBE = 'https://123-abc-456.mktoapi.com/soap/mktows/3_1';

const accountSignal = (fault: Fault | null, url = ADOBE, transport: TransportName = 'soap') =>
  signalOf(fault, url, {
    endpointGone: TRANSPORTS[transport].endpointGone,
    renewCredentials: 'renew it there',
  });

const soap = (code: number | null): Fault => ({
  kind: 'marketo',
  code,
  message: 'm',
  httpStatus: 500,
});
const network = (sent: boolean): Fault => ({ kind: 'network', sent, reason: 'reset', message: 'm' });
const unreadable: Fault = { kind: 'unreadable', what: 'html', httpStatus: 502, message: 'm' };

describe('classify', () => {
  test.each([
    [20015, 'quota-exhausted'],
    [20016, 'expired-signature'],
    [20023, 'rate-limited'],
    [20024, 'concurrency-limited'],
    [10001, 'transient'],
    [20106, 'sync-failed'],
    [20013, 'credentials'],
    [20105, 'invalid-request'],
    [20103, 'not-found'],
    [20123, 'end-of-stream'],
    [29999, 'unknown'],
    [null, 'unknown'],
  ])('SOAP %s on a safe operation is %s', (code, faultClass) => {
    expect(classify(soap(code), false)).toMatchObject({ class: faultClass, code });
  });

  test.each([10001, 20011, 20106, 29999, null])('SOAP %s on an unsafe operation is in doubt', (code) => {
    expect(classify(soap(code), true).class).toBe('in-doubt');
  });

  test.each([20013, 20014, 20015, 20016, 20023, 20024, 20105, 20103, 20110])(
    'SOAP %s proves that nothing ran, also on an unsafe operation',
    (code) => {
      const failure = classify(soap(code), true);
      expect(failure.class).not.toBe('in-doubt');
      expect(failure.class).toBe(classify(soap(code), false).class);
    },
  );

  test('an unreadable answer is transient on a safe operation and in doubt on an unsafe one', () => {
    expect(classify(unreadable, false)).toMatchObject({ class: 'transient', sent: true, replied: true });
    expect(classify(unreadable, true).class).toBe('in-doubt');
  });

  test('a lost connection is in doubt on an unsafe operation only if a byte had left', () => {
    expect(classify(network(true), true).class).toBe('in-doubt');
    expect(classify(network(false), true)).toMatchObject({ class: 'transient', ran: 'no', sent: false });
    expect(classify(network(true), false).class).toBe('transient');
  });

  test('an unknown host was never reached; a 404 page proves nothing about an unsafe call', () => {
    const gone = (httpStatus: number | null): Fault => ({ kind: 'gone', httpStatus, message: 'm' });
    expect(classify(gone(null), true)).toMatchObject({ class: 'transient', sent: false });
    expect(classify(gone(404), true).class).toBe('in-doubt');
    expect(classify(gone(404), false).class).toBe('transient');
  });

  const gateway = (httpStatus: number, retryAfterMs: number | null = null): Fault => ({
    kind: 'gateway',
    httpStatus,
    retryAfterMs,
    message: 'm',
  });

  test.each([413, 414])('HTTP %i is too large, and proves that nothing ran', (status) => {
    for (const unsafe of [false, true])
      expect(classify(gateway(status), unsafe)).toMatchObject({ class: 'too-large', ran: 'no' });
  });

  test('HTTP 429 proves that nothing ran, 503 does not; both say how long to wait, at most an hour', () => {
    expect(classify(gateway(429, 5_000), true)).toMatchObject({
      class: 'transient',
      ran: 'no',
      waitMs: 5_000,
    });
    expect(classify(gateway(503, 5_000), true)).toMatchObject({ class: 'in-doubt', waitMs: 5_000 });
    expect(classify(gateway(503, 5_000), false)).toMatchObject({ class: 'transient', waitMs: 5_000 });
    expect(classify(gateway(429), false).waitMs).toBe(60_000);
    expect(classify(gateway(429, 86_400_000), false).waitMs).toBe(3_600_000);
  });

  test('an answer past the bound is final, and in doubt on an unsafe operation', () => {
    const huge: Fault = { kind: 'unreadable', what: 'too-large', httpStatus: 200, message: 'm' };
    expect(classify(huge, false)).toMatchObject({ class: 'invalid-request', ran: 'maybe', final: true });
    expect(classify(huge, true)).toMatchObject({ class: 'in-doubt', final: true });
  });

  test('a FAILED record without a code is a record failure; a skipped one has the class of its code', () => {
    const record = (code: number | null): Fault => ({
      kind: 'record',
      failed: 1,
      total: 1,
      code,
      message: 'm',
      httpStatus: 200,
    });
    expect(classify(record(null), true).class).toBe('record-failed');
    expect(classify(record(1006), true).class).toBe('invalid-request');
  });

  test('of several records the code says nothing, or a redrive would send those that are done once more', () => {
    const records = (code: number, failed: number): Fault => ({
      kind: 'record',
      code,
      message: 'm',
      httpStatus: 200,
      failed,
      total: 3,
    });
    expect(classify(records(1006, 2), false).class).toBe('record-failed');
    expect(classify(records(1016, 2), false).class).toBe('record-failed');
    expect(classify(records(1006, 3), false).class).toBe('record-failed');
    // Nothing is done: the whole may be tried again.
    expect(classify(records(1016, 3), false).class).toBe('transient');
  });

  test('a bug of ours after an unsafe call has left is in doubt, before it is merely internal', () => {
    const bug = (sent: boolean): Fault => ({ kind: 'internal', sent, message: 'm' });
    expect(classify(bug(true), true).class).toBe('in-doubt');
    expect(classify(bug(false), true).class).toBe('internal');
  });
});

describe('the message of a fault', () => {
  const said = (length: number) =>
    classify({ ...soap(20110), message: 'x'.repeat(length) } as Fault, false).message;

  test('is bounded, because two hundred of them have to fit an item', () => {
    expect(said(1_000_000).length).toBeLessThan(1_100);
    expect(said(1_000)).toBe('x'.repeat(1_000));
  });
});

describe('accountSignal', () => {
  test('an answer about the content of a job says that the account is fine', () => {
    expect(accountSignal(null)).toEqual({ kind: 'fine' });
    expect(accountSignal(soap(20105))).toEqual({ kind: 'fine' });
    expect(accountSignal(soap(20103))).toEqual({ kind: 'fine' });
  });

  test.each([ADOBE, 'https://na-a.MKTOAPI.com/', 'https://mktoapi.com./soap'])(
    'a vanished endpoint of Adobe is told with the date and what says how to move: %s',
    (url) => {
      const gone = { kind: 'gone', httpStatus: 410, message: 'HTTP 410' } as const;
      const signal = accountSignal(gone, url);
      expect(signal).toMatchObject({
        kind: 'endpoint-gone',
        message: expect.stringMatching(/2026-07-31.*docs\/moving-from-soap\.md.*\(HTTP 410\)$/),
      });
    },
  );

  test.each([
    'https://soap.example.com/soap/mktows/3_1',
    'https://mktoapi.com.example.com/soap',
    'https://notmktoapi.com/soap',
    'no address',
  ])('nothing at a gateway of somebody’s own is no word about Adobe: %s', (url) => {
    const signal = accountSignal({ kind: 'gone', httpStatus: 404, message: 'HTTP 404' }, url);
    expect(signal).toMatchObject({ kind: 'endpoint-gone' });
    expect(JSON.stringify(signal)).toContain('MARKETO_SOAP_ENDPOINT');
    expect(JSON.stringify(signal)).not.toContain('Adobe');
  });

  test('nothing where REST should be names both addresses', () => {
    const gone = { kind: 'gone', httpStatus: null, message: 'no host is known' } as const;
    const signal = accountSignal(gone, 'https://abc.mktorest.com/rest', 'rest');
    expect(JSON.stringify(signal)).toMatch(/MARKETO_REST_ENDPOINT and MARKETO_IDENTITY_ENDPOINT/);
  });

  test.each([
    [soap(20015), 'quota-exhausted'],
    [soap(20023), 'rate-limited'],
    [soap(20024), 'concurrency-limited'],
    [soap(20014), 'credentials-refused'],
    [soap(10001), 'upstream-failure'],
    [network(false), 'upstream-failure'],
    [unreadable, 'upstream-failure'],
    [soap(20016), 'neutral'],
    // One job's size or characters: no word about the account.
    [{ kind: 'gateway', httpStatus: 413, retryAfterMs: null, message: 'm' }, 'neutral'],
    [{ kind: 'unreadable', what: 'too-large', httpStatus: 200, message: 'm' }, 'neutral'],
    [{ kind: 'unreadable', what: 'malformed', httpStatus: 200, message: 'm' }, 'neutral'],
    [{ kind: 'unreadable', what: 'foreign', httpStatus: 200, message: 'm' }, 'neutral'],
    [{ kind: 'unreadable', what: 'empty', httpStatus: 200, message: 'm' }, 'upstream-failure'],
  ] as const)('%j is %s', (fault, kind) => {
    expect(accountSignal(fault).kind).toBe(kind);
  });

  test('a gateway that asks to come back is evidence, once a job', () => {
    expect(accountSignal({ kind: 'gateway', httpStatus: 429, retryAfterMs: 1, message: 'm' })).toEqual({
      kind: 'upstream-failure',
      message: 'm',
      oncePerJob: true,
    });
  });

  test('refused credentials are told with the place where a new key goes', () => {
    expect(accountSignal(soap(20014))).toEqual({
      kind: 'credentials-refused',
      message: 'm; renew it there',
    });
  });
});

describe('what an answer says of the account', () => {
  const answer = (code: number): Fault => ({ kind: 'marketo', code, message: 'm', httpStatus: 200 });

  test('is a denial for REST’s 603, and for nothing else that carries the number', () => {
    expect(accountSignal(answer(603))).toEqual({ kind: 'access-denied', message: 'm' });
    const record: Fault = { kind: 'record', code: 603, message: 'm', httpStatus: 200, failed: 1, total: 1 };
    expect(accountSignal(record)).toEqual({ kind: 'fine' });
  });

  test.each([20106, 20123, 20101, 20111, 99_999])(
    'is that it works for %i, whatever its job makes of it',
    (code) => {
      expect(accountSignal(answer(code))).toEqual({ kind: 'fine' });
    },
  );

  test('is that it works where some records failed', () => {
    const some: Fault = { kind: 'record', code: null, message: 'm', httpStatus: 200, failed: 1, total: 2 };
    expect(accountSignal(some)).toEqual({ kind: 'fine' });
  });

  test('is nothing for a bug of ours, an aged signature and a request that is too large', () => {
    expect(accountSignal({ kind: 'internal', sent: true, message: 'm' })).toEqual({ kind: 'neutral' });
    expect(accountSignal(answer(20016))).toEqual({ kind: 'neutral' });
    const tooLarge: Fault = { kind: 'gateway', httpStatus: 413, retryAfterMs: null, message: 'm' };
    expect(accountSignal(tooLarge)).toEqual({ kind: 'neutral' });
  });
});
