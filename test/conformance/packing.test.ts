import { describe, expect, test } from 'vitest';
import { MIXES } from './packing/mixes.ts';
import { play } from './packing/worlds.ts';

describe.each(['soap', 'rest'] as const)('over %s', (over) => {
  test.each(MIXES.map((mix) => [mix.name, mix] as const))(
    '%s: packed they come to the same as one by one',
    async (_, mix) => {
      const [alone, packed] = await Promise.all([play(mix, over, 'one by one'), play(mix, over, 'packed')]);
      expect(packed.verdicts).toEqual(alone.verdicts);
      expect(packed.state).toEqual(alone.state);
      expect(packed.calls).toBe(mix.calls[over]);
    },
  );
});

test('no two mixes have one name', () => {
  expect(new Set(MIXES.map(({ name }) => name)).size).toBe(MIXES.length);
});
