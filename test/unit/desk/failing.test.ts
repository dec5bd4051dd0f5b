import { describe, expect, test } from 'vitest';
import { fieldsIn, isAlsoOf, isOfOneRecord, type Verdict, verdictOn } from '../../../shared/desk/failing.ts';
import type { Failure } from '../../../shared/marketo/faults/classify.ts';
import type { Fault, FaultClass } from '../../../shared/marketo/faults/fault.ts';
import type { Call } from '../../../shared/marketo/transport.ts';
import { leadCall } from '../../support/passengers.ts';

const fault = (code: number | null, message = 'no'): Fault => ({
  kind: 'marketo',
  code,
  message,
  httpStatus: 500,
});

const failure = (faultClass: FaultClass, over: Partial<Failure> = {}): Failure => ({
  kind: 'failed',
  class: faultClass,
  code: null,
  message: 'no',
  httpStatus: 500,
  ran: 'maybe',
  sent: true,
  replied: true,
  ...over,
});

const calls = (count: number): readonly Call[] =>
  Array.from({ length: count }, (_, n) => leadCall(`l${n}@example.com`));

const verdict = (faultClass: FaultClass, count = 3, over: Partial<Failure> = {}): Verdict =>
  verdictOn(fault(null), failure(faultClass, over), calls(count));

describe('the fault of a call that several share', () => {
  test.each([
    'quota-exhausted',
    'rate-limited',
    'concurrency-limited',
    'daily-allowance',
    'expired-signature',
    'credentials',
  ] as const)('is everybody’s where it says nothing of what was asked: %s', (faultClass) => {
    expect(verdict(faultClass, 300)).toEqual({ kind: 'everybody', company: null });
  });

  test.each([
    'too-large',
    'sync-failed',
    'unknown',
    'internal',
    'invalid-request',
    'not-found',
    'record-failed',
    'end-of-stream',
    'malformed',
    'expired',
    'poison',
  ] as const)('is somebody’s where it is about what was asked: %s', (faultClass) => {
    expect(verdict(faultClass)).toEqual({ kind: 'somebody' });
  });

  test.each(['too-large', 'sync-failed', 'unknown', 'internal'] as const)(
    'is somebody’s by what kind it is, and not by what it is said of: %s',
    (faultClass) => {
      expect(verdict(faultClass, 3, { code: 603 })).toEqual({ kind: 'somebody' });
    },
  );

  test.each([
    [300, 30],
    [31, 30],
    [30, 15],
    [3, 1],
    [1, 1],
  ])('without an answer is everybody’s, and of %i no more than %i share the next call', (shared, company) => {
    expect(verdict('transient', shared)).toEqual({ kind: 'everybody', company });
    expect(verdict('in-doubt', shared)).toEqual({ kind: 'everybody', company });
  });

  test('that was never sent says nothing of how many may share a call', () => {
    expect(verdict('transient', 300, { sent: false })).toEqual({ kind: 'everybody', company: null });
  });

  test.each([
    ['malformed', 'somebody'],
    ['foreign', 'somebody'],
    ['html', 'everybody'],
    ['truncated', 'everybody'],
  ] as const)('is of an answer that cannot be read (%s): %s’s', (what, kind) => {
    const unreadable: Fault = { kind: 'unreadable', what, httpStatus: 200, message: 'no' };
    expect(verdictOn(unreadable, failure('transient'), calls(3)).kind).toBe(kind);
  });

  test.each([603, 610, 20111, 20113, 1013])('is alike for all of a lane where its code is %i', (code) => {
    const all = verdictOn(fault(code), failure('invalid-request', { code }), calls(3));
    expect(all).toEqual({ kind: 'alike', positions: new Set([0, 1, 2]) });
  });

  test.each([20105, 1006])('is that of those with the field that it names, in any spelling: %i', (code) => {
    const message = "Field 'Shoe' not found";
    const three = [leadCall('a@example.com'), leadCall('b@example.com', ' SHOE '), leadCall('c@example.com')];
    const named = verdictOn(fault(code, message), failure('invalid-request', { code, message }), three);
    expect(named).toEqual({ kind: 'alike', positions: new Set([1]) });
    const other = failure('invalid-request', { code: 20104, message });
    expect(verdictOn(fault(20104, message), other, three)).toEqual({ kind: 'somebody' });
  });

  test('is nobody’s for a value that is spelt like the field that it names', () => {
    const message = "Field 'Ann' not found";
    const named = verdictOn(
      fault(1006, message),
      failure('invalid-request', { code: 1006, message }),
      calls(2),
    );
    expect(named).toEqual({ kind: 'somebody' });
  });

  test('finds the attribute of an object that it names', () => {
    const message = "Field 'shoe' not found";
    const carOf = (name: string): Call => ({
      operation: 'syncMObjects',
      params: {
        operation: 'UPSERT',
        mObjectList: { mObject: [{ type: 'Car', attribList: { attrib: [{ name, value: '1' }] } }] },
      },
      workspace: null,
    });
    const named = verdictOn(fault(1006, message), failure('invalid-request', { code: 1006, message }), [
      carOf('Colour'),
      carOf('Shoe'),
    ]);
    expect(named).toEqual({ kind: 'alike', positions: new Set([1]) });
  });
});

describe('the fault of one alone', () => {
  const own: readonly FaultClass[] = [
    'invalid-request',
    'not-found',
    'record-failed',
    'end-of-stream',
    'sync-failed',
    'unknown',
  ];
  const notOwn: readonly FaultClass[] = [
    'quota-exhausted',
    'rate-limited',
    'concurrency-limited',
    'daily-allowance',
    'expired-signature',
    'credentials',
    'transient',
    'too-large',
    'in-doubt',
    'internal',
    'malformed',
    'expired',
    'poison',
  ];

  test.each(own)('is its own where another try would be answered alike: %s', (faultClass) => {
    expect(isOfOneRecord(failure(faultClass))).toBe(true);
  });

  test.each(notOwn)('is not its own: %s', (faultClass) => {
    expect(isOfOneRecord(failure(faultClass))).toBe(false);
  });

  test('is another’s, too, where it is about their lane', () => {
    const ofLane = failure('not-found', { code: 1013 });
    expect(isAlsoOf(fault(1013), ofLane, leadCall('a@example.com'))).toBe(true);
    expect(isAlsoOf(fault(1004), failure('not-found', { code: 1004 }), leadCall('a@example.com'))).toBe(
      false,
    );
    const record: Fault = { kind: 'record', code: 1013, message: 'no', httpStatus: 200, failed: 1, total: 1 };
    expect(isAlsoOf(record, ofLane, leadCall('a@example.com'))).toBe(false);
  });

  test('is another’s, too, where that has every field that it names', () => {
    const of = (message: string) => failure('invalid-request', { code: 1006, message });
    const call = leadCall('a@example.com', 'Shoe');
    expect(isAlsoOf(fault(1006), of("Field 'shoe' not found"), call)).toBe(true);
    expect(isAlsoOf(fault(1006), of("Field 'shoe' not found, Field 'hat' not found"), call)).toBe(false);
    expect(isAlsoOf(fault(1006), of('nothing is named'), call)).toBe(false);
  });

  test('names fields only under the codes that are about fields', () => {
    const message = "Field ' Shoe' not found";
    expect(fieldsIn({ code: 1006, message })).toEqual(['shoe']);
    expect(fieldsIn({ code: 1003, message })).toEqual([]);
    expect(fieldsIn({ code: null, message })).toEqual([]);
  });
});
