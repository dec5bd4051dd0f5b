import { describe, expect, test } from 'vitest';
import { differences } from '../../../../shared/operate/redrive/difference.ts';

describe('the differences of two values', () => {
  test('are none of equals', () => {
    expect(differences({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toEqual([]);
  });

  test('say where, and what was and is there', () => {
    const before = { id: 'a', params: { list: [{ name: 'Colour', value: 'red' }], gone: 1 } };
    const after = { id: 'a', params: { list: [{ name: 'color', value: 'red' }] }, batch: 'b' };
    expect(differences(before, after)).toEqual([
      { path: 'params.list[0].name', before: 'Colour', after: 'color' },
      { path: 'params.gone', before: 1 },
      { path: 'batch', after: 'b' },
    ]);
  });

  test('of a list are what was put in and taken out, not all that has moved', () => {
    expect(differences(['a', 'b', 'c', 'd'], ['a', 'c', 'd'])).toEqual([{ path: '[1]', before: 'b' }]);
    expect(differences(['a', 'c'], ['a', 'b', 'c'])).toEqual([{ path: '[1]', after: 'b' }]);
    expect(differences(['a', 'b', 'z'], ['a', 'x', 'y', 'z'])).toEqual([
      { path: '[1]', before: 'b', after: 'x' },
      { path: '[2]', after: 'y' },
    ]);
    expect(differences(['a', 'a'], ['a'])).toEqual([{ path: '[1]', before: 'a' }]);
  });

  test('are one where the kinds differ', () => {
    expect(differences({ a: [1] }, { a: { b: 1 } })).toEqual([{ path: 'a', before: [1], after: { b: 1 } }]);
    expect(differences('text', { a: 1 })).toEqual([{ path: '', before: 'text', after: { a: 1 } }]);
    expect(differences(null, 0)).toEqual([{ path: '', before: null, after: 0 }]);
  });
});
