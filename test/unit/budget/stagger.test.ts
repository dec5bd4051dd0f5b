import { describe, expect, test } from 'vitest';
import type { Wait } from '../../../shared/budget/port.ts';
import { createStagger, turnOf } from '../../../shared/budget/stagger.ts';
import { NOON } from './states.ts';

const waitFor = (because: Wait['because']): Wait => ({ kind: 'wait', until: NOON + 250, because });
const SECOND_OF_FOUR = { place: 1, of: 4 };

describe('the stagger of short waits', () => {
  const putOff = (because: Wait['because'], turn = SECOND_OF_FOUR, writeMs = 9) =>
    createStagger(
      () => 0.5,
      () => NOON,
    )(waitFor(because), turn, writeMs).until - waitFor(because).until;

  test('puts off a wait for a slot by a random part', () => {
    expect(putOff('concurrency')).toBe(75);
  });

  test('puts off a wait for a place in the window by the turn, and a little at random', () => {
    expect(putOff('rate')).toBe(58);
    expect(putOff('rate', { place: 0, of: 4 })).toBe(8);
  });

  test('keeps the turns of any number of workers apart, all within the same time', () => {
    const turns = [0, 1, 2, 3, 4, 5, 6, 7].map((place) => putOff('rate', { place, of: 8 }));
    expect(turns).toEqual([4, 29, 54, 79, 104, 129, 154, 179]);
  });

  test('goes by chance where a write takes longer than a part of a turn', () => {
    expect(putOff('rate', SECOND_OF_FOUR, 49)).toBe(58);
    expect(putOff('rate', SECOND_OF_FOUR, 50)).toBe(75);
  });

  test('leaves a hold alone', () => {
    expect(putOff('operator')).toBe(0);
  });

  test('puts one worker off by the same for a while, and then by another part', () => {
    const parts = [0.1, 0.9];
    let now = NOON;
    const stagger = createStagger(
      () => parts.shift() ?? 0,
      () => now,
    );
    const putOffAt = (at: number) => {
      now = at;
      return stagger(waitFor('concurrency'), SECOND_OF_FOUR, 9).until - NOON - 250;
    };
    expect([putOffAt(NOON), putOffAt(NOON + 150), putOffAt(NOON + 151)]).toEqual([15, 15, 135]);
  });
});

describe('the turn of a worker', () => {
  const clock = (worker: string) => ({ worker, aheadOf: { a: 0, b: 0, c: 0, gone: 0 } });
  const calls = {
    a: [NOON - 9_000, NOON - 1_000],
    b: [NOON - 3_000],
    c: [NOON - 2_000],
    gone: [NOON - 21_000],
  };
  const turn = (worker: string) => turnOf(calls, clock(worker), NOON, 20_000);

  test('comes first to who was given a permit longest ago', () => {
    expect(['b', 'c', 'a'].map(turn)).toEqual([
      { place: 0, of: 3 },
      { place: 1, of: 3 },
      { place: 2, of: 3 },
    ]);
  });

  test('comes before all to a worker without a call in the window', () => {
    expect(turn('new')).toEqual({ place: 0, of: 4 });
  });

  test('takes a call of another for as late as its clock may be wrong', () => {
    const late = { worker: 'c', aheadOf: { ...clock('c').aheadOf, b: 1_500 } };
    expect(turnOf(calls, late, NOON, 20_000)).toEqual({ place: 0, of: 3 });
  });

  test('is one of one where nobody else calls', () => {
    expect(turnOf({ a: calls.a }, clock('a'), NOON, 20_000)).toEqual({ place: 0, of: 1 });
  });
});
