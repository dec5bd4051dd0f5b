import { expect, test } from 'vitest';
import { withoutNil } from '../../../../shared/marketo/rest/without-nil.ts';

test('a child that is null is not there, as SOAP leaves out what is nil', () => {
  expect(withoutNil({ id: 1, error: null, key: { name: 'a', value: null } })).toEqual({
    id: 1,
    key: { name: 'a' },
  });
});

test('an element that loses every child is null itself, and its parent keeps it', () => {
  expect(withoutNil({ result: { tags: null } })).toEqual({ result: null });
});

test('rows are kept in their places, and false, 0 and empty texts are values', () => {
  expect(withoutNil([{ a: null, b: 1 }, { c: false, d: 0, e: '' }, []])).toEqual([
    { b: 1 },
    { c: false, d: 0, e: '' },
    [],
  ]);
});
