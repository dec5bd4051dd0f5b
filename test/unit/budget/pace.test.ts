import { describe, expect, test } from 'vitest';
import {
  cutEndsAt,
  cutLimit,
  cutRate,
  cutSlots,
  isNewsOfRate,
  isNewsOfSlots,
  PACE,
} from '../../../shared/budget/pace.ts';
import { NOON } from './states.ts';

const USUAL = 99;
const { growMs, pauseMs } = PACE;
/** A rate answer with so many calls of ours in the window, at a pace of `left`. */
const cutOf = (seen: number, left = USUAL) => cutRate({ left, at: NOON }, USUAL, NOON, seen).left;

describe('a limit that was cut', () => {
  const cut = { left: 90, at: NOON };

  test('is one higher after each stretch without an answer, up to the usual one', () => {
    const at = (ms: number) => cutLimit(cut, USUAL, NOON + ms);
    expect([at(0), at(growMs - 1), at(growMs), at(2 * growMs)]).toEqual([90, 90, 91, 92]);
    expect([at(9 * growMs - 1), at(9 * growMs), at(900 * growMs)]).toEqual([98, 99, 99]);
  });

  test('has grown by nothing yet on a clock behind the one that cut it', () => {
    expect(cutLimit(cut, USUAL, NOON - 10 * growMs)).toBe(90);
  });

  test('is never less than one, nor more than the usual one that somebody has lowered since', () => {
    expect(cutLimit({ left: 0, at: NOON }, USUAL, NOON)).toBe(1);
    expect(cutLimit(cut, 40, NOON)).toBe(40);
  });

  test('is the usual one where nobody cut it', () => {
    expect(cutLimit(undefined, USUAL, NOON)).toBe(USUAL);
  });

  test('ends at the very moment at which it is the usual one again', () => {
    const end = cutEndsAt(cut, USUAL);
    expect([cutLimit(cut, USUAL, end - 1), cutLimit(cut, USUAL, end)]).toEqual([98, 99]);
  });
});

describe('a rate answer', () => {
  test('takes a twentieth off the pace, as it has grown since the last one', () => {
    expect(cutOf(99)).toBe(Math.floor(99 * PACE.kept));
    const cut = { left: 60, at: NOON };
    const later = NOON + 10 * growMs;
    expect(cutRate(cut, USUAL, later, 99)).toEqual({ left: Math.floor(70 * PACE.kept), at: later });
  });

  test('goes below the calls that were in the window, where those were fewer', () => {
    expect(cutOf(70)).toBe(Math.floor(70 * PACE.kept));
  });

  test('never takes more than half of the pace at once', () => {
    expect(cutOf(10)).toBe(49);
    expect(cutOf(0, 20)).toBe(10);
  });

  test('leaves one call', () => {
    expect(cutOf(1, 1)).toBe(1);
  });

  test('on a window of three calls is made up for within a minute', () => {
    const cut = cutRate(undefined, 2, NOON, 2);
    expect(cut.left).toBe(1);
    expect(cutLimit(cut, 2, NOON + 60_000)).toBe(2);
  });

  test('at full load is made up for within two minutes, but for a hundredth', () => {
    const cut = cutRate(undefined, USUAL, NOON, USUAL);
    expect(cutLimit(cut, USUAL, NOON + 120_000)).toBeGreaterThanOrEqual(0.99 * USUAL - 1);
  });
});

test('a concurrency answer takes one slot, and never the last', () => {
  expect(cutSlots(undefined, 9, NOON)).toEqual({ left: 8, at: NOON });
  expect(cutSlots({ left: 5, at: NOON }, 9, NOON + 2 * growMs).left).toBe(6);
  expect(cutSlots({ left: 1, at: NOON }, 9, NOON).left).toBe(1);
});

describe('an answer tells something new', () => {
  const cut = { left: 50, at: NOON };

  test('of the rate, if its call was sent after the pause of the last cut', () => {
    const tells = (sentAt: number) => isNewsOfRate({ rate: cut }, sentAt);
    expect([tells(NOON - 1), tells(NOON + pauseMs), tells(NOON + pauseMs + 1)]).toEqual([false, false, true]);
    expect(isNewsOfRate({ slots: cut }, NOON)).toBe(true);
  });

  test('of the slots, if its call was sent after the last cut', () => {
    const tells = (sentAt: number) => isNewsOfSlots({ slots: cut }, sentAt);
    expect([tells(NOON), tells(NOON + 1)]).toEqual([false, true]);
    expect(isNewsOfSlots({ rate: cut }, NOON)).toBe(true);
  });
});
