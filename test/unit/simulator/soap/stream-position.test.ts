import { describe, expect, test } from 'vitest';
import { page } from '../../../../simulator/soap/stream-position.ts';

const ROWS = ['a', 'b', 'c', 'd', 'e'];

describe('page', () => {
  test('walks through every row once', () => {
    const first = page(ROWS, 'q', null, 2);
    const second = page(ROWS, 'q', first.position, 2);
    const third = page(ROWS, 'q', second.position, 2);
    expect([first, second, third].map(({ rows, remaining }) => [rows.join(''), remaining])).toEqual([
      ['ab', 3],
      ['cd', 1],
      ['e', 0],
    ]);
  });

  test('faults with 20123 behind the last row', () => {
    const { position } = page(ROWS, 'q', null, 5);
    expect(() => page(ROWS, 'q', position, 5)).toThrow(expect.objectContaining({ code: 20123 }));
  });

  test('goes on behind the last row when there is a new one', () => {
    const { position } = page(ROWS, 'q', null, 5);
    expect(page([...ROWS, 'f'], 'q', position, 5).rows).toEqual(['f']);
  });

  test('gives an empty first page for no rows', () => {
    expect(page([], 'q', null, 5)).toMatchObject({ rows: [], remaining: 0 });
  });

  test.each([
    ['garbage', 'x'],
    ["another query's position", page(ROWS, 'other', null, 2).position],
  ])('faults with 20122 for %s', (_, position) => {
    expect(() => page(ROWS, 'q', position, 2)).toThrow(expect.objectContaining({ code: 20122 }));
  });
});
