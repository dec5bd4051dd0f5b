import { describe, expect, test } from 'vitest';
import { failureIn, partsOf, payloadAt, payloadsAt } from '../../../../shared/marketo/packing/answers.ts';
import { recordOf } from '../../../support/record-outcome.ts';

describe('what stands in an answer', () => {
  const result = { result: { list: { item: [1, 2], none: null }, one: { item: 3 } } };

  test('is found by its names, and is undefined where there is nothing', () => {
    expect(payloadAt(result, 'list', 'item')).toEqual([1, 2]);
    expect(payloadAt(result)).toBe(result.result);
    expect(payloadAt(result, 'list', 'other')).toBeUndefined();
    expect(payloadAt(result, 'one', 'item', 'deeper')).toBeUndefined();
    expect(payloadAt(null)).toBeUndefined();
  });

  test('is nothing that every object has', () => {
    expect(payloadAt(result, 'toString')).toBeUndefined();
  });

  test('is a list, however many came', () => {
    expect(payloadsAt(result, 'list', 'item')).toEqual([1, 2]);
    expect(payloadsAt(result, 'one', 'item')).toEqual([3]);
    expect(payloadsAt(result, 'list', 'none')).toEqual([]);
    expect(payloadsAt(result, 'none', 'item')).toEqual([]);
  });
});

describe('a list in parts', () => {
  test('has each in its place', () => {
    expect(partsOf([1, 2, 3], [1, 2])).toEqual([[1], [2, 3]]);
  });

  test.each<[string, readonly number[], readonly number[]]>([
    ['is shorter than they are', [1, 2], [1, 2]],
    ['is longer than they are', [1, 2, 3], [1, 1]],
    ['would have a part of nobody', [1], [0, 1]],
    ['is empty', [], [1]],
  ])('is none where it %s', (_, list, counts) => {
    expect(partsOf(list, counts)).toBeNull();
  });
});

describe('the failure of records', () => {
  const fault = { kind: 'decided', code: 1006, message: 'no' } as const;

  test('is a fault of who brought one that was not sent, and of nobody else', () => {
    expect(failureIn([recordOf({ ok: false, fault })])).toEqual({ kind: 'fault', fault });
    expect(failureIn([recordOf({ ok: false, fault }), recordOf()])).toBeNull();
    expect(failureIn([recordOf({ ok: false })])).toBeNull();
    expect(failureIn([recordOf({ fault })])).toBeNull();
    expect(failureIn([recordOf()])).toBeNull();
  });

  test('is asked again where one of them was refused with others', () => {
    const refused = recordOf({ ok: false, ofRequest: true });
    expect(failureIn([refused])).toEqual({ kind: 'again-halved' });
    expect(failureIn([recordOf({ ok: false }), refused])).toEqual({ kind: 'again-halved' });
    expect(failureIn([recordOf({ ofRequest: true })])).toBeNull();
  });
});
