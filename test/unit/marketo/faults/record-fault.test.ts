import { describe, expect, test } from 'vitest';
import { classify, failedPositions, recordFault } from '../../../../shared/marketo/faults/classify.ts';
import { classOf, provesNothingRan } from '../../../../shared/marketo/faults/codes.ts';
import { shortMessage } from '../../../../shared/marketo/faults/fault.ts';
import type { RecordOutcome, RecordOutcomes } from '../../../../shared/marketo/transport.ts';

const good: RecordOutcome = { ok: true, code: null, message: '', result: null };
const bad = (message: string, code: number | null = null): RecordOutcome => ({
  ok: false,
  code,
  message,
  result: null,
});
const answer = (...records: RecordOutcomes['records']): RecordOutcomes => ({ records, inOrder: true });
const messageOf = (outcomes: RecordOutcomes) => recordFault(outcomes)?.message;

describe('the failure inside an answer that says success', () => {
  test('is none where every record is done', () => {
    expect(recordFault(answer(good, good))).toBeNull();
  });

  test('counts the failed records, and has the code that they share', () => {
    expect(recordFault(answer(bad('locked', 1004), good, bad('gone', 1004)))).toEqual({
      kind: 'record',
      code: 1004,
      message: 'locked [record 1 of 3]; gone [record 3 of 3]',
      httpStatus: 200,
      failed: 2,
      total: 3,
    });
    expect(recordFault(answer(bad('a', 1004), bad('b', 1004), bad('c', 1003)))?.code).toBeNull();
    expect(recordFault(answer(bad('a', 1003), bad('b', 1004)))?.code).toBeNull();
  });

  test('quotes each error once and names its records', () => {
    expect(messageOf(answer(bad('locked'), good, bad('locked'), bad('gone')))).toBe(
      'locked [records 1, 3 of 4]; gone [record 4 of 4]',
    );
  });

  test('needs no name for the only record', () => {
    expect(messageOf(answer(bad('locked')))).toBe('locked');
  });

  test('names no record where the answer is in no order, and counts them', () => {
    const outcomes = { ...answer(bad('locked'), good, bad('locked')), inOrder: false };
    expect(messageOf(outcomes)).toBe('locked [2 of 3 records]');
  });

  test('names twenty records, and says that there are more', () => {
    const many = (count: number) =>
      answer(bad('locked'), ...Array.from({ length: count - 1 }, () => bad('locked')));
    const named = Array.from({ length: 20 }, (_, i) => i + 1).join(', ');
    expect(messageOf(many(20))).toBe(`locked [records ${named} of 20]`);
    expect(messageOf(many(21))).toBe(`locked [records ${named}, … of 21]`);
  });

  test('quotes five errors, and counts the others', () => {
    const different = (count: number) =>
      answer(bad('e0'), ...Array.from({ length: count - 1 }, (_, i) => bad(`e${i + 1}`)), good);
    expect(messageOf(different(5))?.split('; ')).toHaveLength(5);
    expect(messageOf(different(7))?.split('; ').slice(4)).toEqual([
      'e4 [record 5 of 8]',
      'and 2 more errors',
    ]);
  });
});

describe('the positions of the failed records', () => {
  test('are those in the request, where the answer is in its order', () => {
    expect(failedPositions(answer(good, bad('a'), good, bad('b')))).toEqual(new Set([1, 3]));
  });

  test('are unknown where nothing failed or the order is not that of the request', () => {
    expect(failedPositions(answer(good))).toBeNull();
    expect(failedPositions({ ...answer(bad('a')), inOrder: false })).toBeNull();
  });
});

describe('what is known of Marketo’s side', () => {
  test('is that a failed record ran, and that refused credentials did not', () => {
    const record = {
      kind: 'record',
      code: 1004,
      message: 'm',
      httpStatus: 200,
      failed: 1,
      total: 2,
    } as const;
    expect(classify(record, false)).toMatchObject({ class: 'record-failed', ran: 'yes' });
    expect(classify({ kind: 'identity', message: 'm', httpStatus: 401 }, true)).toMatchObject({
      class: 'credentials',
      ran: 'no',
      code: null,
      httpStatus: 401,
    });
  });

  test.each<[number | null, string]>([
    [20015, 'no'],
    [20105, 'no'],
    [20103, 'no'],
    [20011, 'maybe'],
    [20106, 'maybe'],
    [99_999, 'maybe'],
    [null, 'maybe'],
  ])('is of the code %s: %s', (code, ran) => {
    expect(classify({ kind: 'marketo', code, message: 'm', httpStatus: 500 }, false).ran).toBe(ran);
    expect(provesNothingRan(code)).toBe(ran === 'no');
  });

  test('is nothing of a number that is no code, also one that every object has', () => {
    expect([classOf(null), classOf(0), classOf(-1), classOf(Number.NaN)]).toEqual(Array(4).fill('unknown'));
  });
});

test('a server’s words are cut at a thousand characters, and show it', () => {
  expect(shortMessage('x'.repeat(1_000))).toBe('x'.repeat(1_000));
  expect(shortMessage(`${'x'.repeat(1_000)}y`)).toBe(`${'x'.repeat(1_000)}…`);
});
