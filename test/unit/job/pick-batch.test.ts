import { describe, expect, test } from 'vitest';
import { type Named, pickBatch } from '../../../shared/job/pick-batch.ts';

/** `a1` is the first entry of the name `a`. */
const entries = (...ids: readonly string[]): readonly (Named & { readonly id: string })[] =>
  ids.map((id) => ({ id, names: [id.slice(0, 1)] }));

const pick = (ids: readonly string[], busy: readonly string[] = [], most = 10) => {
  const { batch, rest } = pickBatch(entries(...ids), new Set(busy), most);
  return { batch: batch.map(({ id }) => id), rest: rest.map(({ id }) => id) };
};

describe('pickBatch', () => {
  test('takes the oldest, at most one of a name', () => {
    expect(pick(['a1', 'b1', 'a2', 'c1', 'b2'])).toEqual({ batch: ['a1', 'b1', 'c1'], rest: ['a2', 'b2'] });
  });

  test('passes over what has a busy name, and everything behind it under that name', () => {
    expect(pick(['a1', 'b1', 'a2'], ['a'])).toEqual({ batch: ['b1'], rest: ['a1', 'a2'] });
  });

  test('takes no more than it is told, and leaves the rest in order', () => {
    expect(pick(['a1', 'b1', 'a2', 'c1', 'd1'], [], 2)).toEqual({
      batch: ['a1', 'b1'],
      rest: ['a2', 'c1', 'd1'],
    });
  });

  test('lets nothing overtake an entry under the second of its names', () => {
    const waiting = [{ names: ['a', 'x'] }, { names: ['x', 'y'] }, { names: ['y'] }, { names: ['z'] }];
    const { batch, rest } = pickBatch(waiting, new Set(['a']), 10);
    expect(batch).toEqual([{ names: ['z'] }]);
    expect(rest).toEqual(waiting.slice(0, 3));
  });
});
