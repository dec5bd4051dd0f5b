import { describe, expect, test } from 'vitest';
import type { Wait } from '../../../shared/budget/port.ts';
import { createStagger } from '../../../shared/budget/stagger.ts';
import { NOON } from './states.ts';

const waitFor = (because: Wait['because']): Wait => ({ kind: 'wait', until: NOON + 250, because });

describe('the stagger of short waits', () => {
  test.each(['rate', 'concurrency'] as const)('puts off a wait because of %s', (because) => {
    expect(
      createStagger(
        () => 0.5,
        () => NOON,
      )(waitFor(because)).until,
    ).toBe(NOON + 250 + 75);
  });

  test('leaves a hold alone', () => {
    expect(
      createStagger(
        () => 0.5,
        () => NOON,
      )(waitFor('operator')),
    ).toEqual(waitFor('operator'));
  });

  test('puts one worker off by the same for a while, and then by another part', () => {
    const parts = [0.1, 0.9];
    let now = NOON;
    const stagger = createStagger(
      () => parts.shift() ?? 0,
      () => now,
    );
    const putOff = (at: number) => {
      now = at;
      return stagger(waitFor('rate')).until - NOON - 250;
    };
    expect([putOff(NOON), putOff(NOON + 150), putOff(NOON + 151)]).toEqual([15, 15, 135]);
  });
});
