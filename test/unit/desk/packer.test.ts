import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFull, nextLoad } from '../../../shared/desk/packer.ts';
import { type NamedPassenger, passenger } from '../../support/passengers.ts';

const split = (...waiting: readonly [NamedPassenger, ...NamedPassenger[]]) => {
  const { load, left } = nextLoad(waiting);
  return [load.map(({ name }) => name).join(''), left.map(({ name }) => name).join('')];
};

describe('the next load', () => {
  test('is everybody, in the order of their arrival, where there is room', () => {
    expect(split(passenger('a'), passenger('b'), passenger('c'))).toEqual(['abc', '']);
  });

  test('holds no more records than the call has room for, and lets a smaller one in behind a larger', () => {
    const room = { records: 3, bytes: 1_000_000 };
    const of = (name: string, records: number) => passenger(name, { freight: { records, room } });
    expect(split(of('a', 2), of('b', 2), of('c', 1))).toEqual(['ac', 'b']);
  });

  test('holds no more bytes than the call has room for, what parts them included', () => {
    const of = (name: string, bytes: number) =>
      passenger(name, { freight: { bytes, room: { records: 300, bytes: 203 } } });
    expect(split(of('a', 101), of('b', 100))).toEqual(['ab', '']);
    expect(split(of('a', 101), of('b', 101))).toEqual(['a', 'b']);
    expect(split(of('a', 60), of('b', 60), of('c', 90))).toEqual(['ab', 'c']);
  });

  test('never holds one value twice', () => {
    const same = { freight: { values: ['EMAIL:x@example.com'] } };
    expect(split(passenger('a', same), passenger('b', same), passenger('c'))).toEqual(['ac', 'b']);
  });

  test('never holds one ordering key twice, whatever the records are known by', () => {
    expect(split(passenger('a', { key: 'k' }), passenger('b', { key: 'k' }), passenger('c'))).toEqual([
      'ac',
      'b',
    ]);
  });

  test('lets nobody pass by one who stays and has a key or a value in common with it', () => {
    const room = { records: 2, bytes: 1_000_000 };
    const large = passenger('b', { key: 'k', freight: { records: 2, room } });
    const behind = passenger('c', { key: 'k', freight: { room } });
    expect(split(passenger('a', { freight: { room } }), large, behind)).toEqual(['a', 'bc']);
  });

  test('holds no more than any of its passengers may have for company', () => {
    const few = { company: 2 };
    expect(split(passenger('a', few), passenger('b'), passenger('c'))).toEqual(['ab', 'c']);
    expect(split(passenger('a'), passenger('b'), passenger('c', few))).toEqual(['ab', 'c']);
    expect(split(passenger('a', { company: 1 }), passenger('b'))).toEqual(['a', 'b']);
  });
});

describe('a lane', () => {
  const room = { records: 2, bytes: 1_000 };
  const of = (bytes: number, company = Number.POSITIVE_INFINITY) =>
    passenger('a', { company, freight: { bytes, room } });

  test('is full of as many records, bytes or passengers as may share a call', () => {
    expect(isFull([])).toBe(false);
    expect(isFull([of(1)])).toBe(false);
    expect(isFull([of(1), of(1)])).toBe(true);
    expect(isFull([of(999)])).toBe(true);
    expect(isFull([of(1, 1)])).toBe(true);
  });
});

const arbitrary = fc
  .record({
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
    values: fc.uniqueArray(fc.constantFrom('1', '2', '3', '4', '5', '6', '7', '8'), { maxLength: 3 }),
    records: fc.integer({ min: 1, max: 5 }),
    bytes: fc.integer({ min: 1, max: 400 }),
    company: fc.constantFrom(1, 2, 3, Number.POSITIVE_INFINITY),
  })
  .map(({ key, company, ...freight }) =>
    passenger('x', { key, company, freight: { ...freight, room: { records: 10, bytes: 1_000 } } }),
  );

describe('by any chance', () => {
  const waiting = fc.array(arbitrary, { minLength: 1, maxLength: 12 });

  /** Call after call, until nobody waits. */
  function loadsOf(all: readonly NamedPassenger[]): readonly (readonly NamedPassenger[])[] {
    const loads: (readonly NamedPassenger[])[] = [];
    for (let left = all; left.length > 0; ) {
      const [first, ...others] = left;
      if (first === undefined) break;
      const next = nextLoad([first, ...others]);
      loads.push(next.load);
      left = next.left;
    }
    return loads;
  }

  test('everybody travels once, and those with a key or a value in common in the order of their arrival', () => {
    fc.assert(
      fc.property(waiting, (all) => {
        const loads = loadsOf(all);
        expect(new Set(loads.flat())).toEqual(new Set(all));
        expect(loads.flat()).toHaveLength(all.length);
        const turn = new Map(loads.flatMap((load, at) => load.map((one) => [one, at] as const)));
        for (const [at, first] of all.entries()) {
          for (const second of all.slice(at + 1)) {
            const alike =
              first.key === second.key ||
              first.freight.values.some((value) => second.freight.values.includes(value));
            if (alike) expect(turn.get(first)).toBeLessThan(turn.get(second) ?? 0);
          }
        }
      }),
    );
  });

  test('no call holds more than it has room for, or more company than anybody in it may have', () => {
    fc.assert(
      fc.property(waiting, (all) => {
        for (const load of loadsOf(all)) {
          const sum = (of: (one: NamedPassenger) => number) =>
            load.reduce((total, one) => total + of(one), 0);
          expect(sum(({ freight }) => freight.records)).toBeLessThanOrEqual(10);
          expect(sum(({ freight }) => freight.bytes)).toBeLessThanOrEqual(1_000);
          for (const { company } of load) expect(load.length).toBeLessThanOrEqual(company);
        }
      }),
    );
  });
});
