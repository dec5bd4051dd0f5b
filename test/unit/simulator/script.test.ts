import { describe, expect, test } from 'vitest';
import { parseRules, type Rule, Script } from '../../../simulator/script.ts';

const drop: Rule['do'] = { kind: 'drop' };

/** The kinds of action that a script answers a series of operations with. */
function play(rules: Rule[], operations: string[], random = () => 0.5): string[] {
  const script = new Script(rules, random);
  return operations.map((operation) => script.cueFor(operation, `<body of="${operation}"/>`).action.kind);
}

describe('Script', () => {
  test('lets everything proceed without rules', () => {
    expect(play([], ['getLead'])).toEqual(['proceed']);
  });

  test('acts once, unless told', () => {
    expect(play([{ do: drop }], ['a', 'a'])).toEqual(['drop', 'proceed']);
    expect(play([{ times: 2, do: drop }], ['a', 'a', 'a'])).toEqual(['drop', 'drop', 'proceed']);
    expect(play([{ times: 'always', do: drop }], ['a', 'a', 'a'])).toEqual(['drop', 'drop', 'drop']);
  });

  test('matches by operation', () => {
    expect(play([{ match: { operation: 'b' }, do: drop }], ['a', 'b'])).toEqual(['proceed', 'drop']);
  });

  test('matches by a part of the body', () => {
    expect(play([{ match: { contains: 'of="b"' }, do: drop }], ['a', 'b'])).toEqual(['proceed', 'drop']);
  });

  test('matches the nth of those that fit the rest', () => {
    expect(play([{ match: { operation: 'b', nth: 2 }, do: drop }], ['b', 'a', 'b', 'b'])).toEqual([
      ...['proceed', 'proceed', 'drop', 'proceed'],
    ]);
  });

  test('matches a part by chance', () => {
    const rules: Rule[] = [{ match: { chance: 0.5 }, times: 'always', do: drop }];
    expect(play(rules, ['a'], () => 0.49)).toEqual(['drop']);
    expect(play(rules, ['a'], () => 0.5)).toEqual(['proceed']);
  });

  test('takes the first rule that fits and is not used up', () => {
    expect(play([{ do: drop }, { do: { kind: 'stall' } }], ['a', 'a', 'a'])).toEqual([
      'drop',
      'stall',
      'proceed',
    ]);
  });

  test('delays whatever it does', () => {
    expect(new Script([{ delayMs: 7 }], Math.random).cueFor('a', '')).toEqual({
      delayMs: 7,
      action: { kind: 'proceed' },
    });
  });
});

describe('parseRules', () => {
  test('takes rules that came as JSON', () => {
    expect(parseRules([{ match: { nth: 1 }, do: { kind: 'fault', code: 20015 } }])).toHaveLength(1);
  });

  test.each([
    ['no array', {}],
    ['an unknown action', [{ do: { kind: 'explode' } }]],
    ['an unknown key', [{ mach: {} }]],
    ['a fault without a code', [{ do: { kind: 'fault' } }]],
  ])('refuses %s', (_, input) => {
    expect(() => parseRules(input)).toThrow();
  });
});
