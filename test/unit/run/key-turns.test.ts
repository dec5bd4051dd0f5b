import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createKeyTurns, type KeyTurn } from '../../../shared/run/key-turns.ts';

const begun = (turns: readonly KeyTurn[]): readonly boolean[] => turns.map((turn) => turn.hasBegun());

describe('key turns', () => {
  test('let one of a key at a time begin, in the order in which they came', async () => {
    const turns = createKeyTurns();
    const [first, second, third] = [turns.ask(['a']), turns.ask(['a']), turns.ask(['a'])];
    await first.begun;
    expect(begun([first, second, third])).toEqual([true, false, false]);
    first.leave();
    await second.begun;
    expect(begun([second, third])).toEqual([true, false]);
    second.leave();
    await third.begun;
    expect(third.hasBegun()).toBe(true);
  });

  test('let those of other keys begin side by side', () => {
    const turns = createKeyTurns();
    expect(begun([turns.ask(['a']), turns.ask(['b']), turns.ask(['c', 'd'])])).toEqual([true, true, true]);
  });

  test('let one of several keys begin only when each of them is free', () => {
    const turns = createKeyTurns();
    const [a, b, both] = [turns.ask(['a']), turns.ask(['b']), turns.ask(['b', 'a', 'a'])];
    a.leave();
    expect(both.hasBegun()).toBe(false);
    b.leave();
    expect(both.hasBegun()).toBe(true);
    both.leave();
    expect(turns.ask(['a', 'b']).hasBegun()).toBe(true);
  });

  test('pass over one that gave its place up before it could begin', () => {
    const turns = createKeyTurns();
    const [first, gone, third] = [turns.ask(['a']), turns.ask(['a', 'b']), turns.ask(['b'])];
    expect(third.hasBegun()).toBe(false);
    gone.leave();
    expect(third.hasBegun()).toBe(true);
    gone.leave();
    expect(begun([first, third])).toEqual([true, true]);
  });

  test('never have two of one key begun at once, and all of them begin in the end', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const some = fc.array(fc.array(key, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(some, fc.infiniteStream(fc.nat()), (wants, chance) => {
        const turns = createKeyTurns();
        let waiting = wants.map((keys) => ({ keys: [...new Set(keys)], turn: turns.ask(keys) }));
        while (waiting.length > 0) {
          const under = waiting.filter(({ turn }) => turn.hasBegun());
          const keys = under.flatMap((one) => one.keys);
          expect(under.length).toBeGreaterThan(0);
          expect(new Set(keys).size).toBe(keys.length);
          const ends = under[chance.next().value % under.length];
          ends?.turn.leave();
          waiting = waiting.filter((one) => one !== ends);
        }
      }),
    );
  });
});
