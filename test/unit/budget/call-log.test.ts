import { describe, expect, test } from 'vitest';
import {
  CLOCK_SPREAD_MS,
  callTimes,
  clockOffsets,
  moveStamp,
  stampAt,
} from '../../../shared/budget/call-log.ts';
import { NOON } from './states.ts';

const KEPT_MS = 300_000;
const by = (worker: string, at: number) => ({ worker, at });

describe('what a worker learns of the others’ clocks', () => {
  test('is the least time between a write and its reading, and never of its own', () => {
    const offsets = clockOffsets('own');
    offsets.observe(by('own', NOON), NOON);
    offsets.observe(by('other', NOON - 40), NOON);
    offsets.observe(by('other', NOON + 70), NOON + 100);
    offsets.observe(by('other', NOON + 70), NOON + 900);
    expect(offsets.aheadOf()).toEqual({ other: 30 });
  });

  test('is never more than clocks may be apart', () => {
    const offsets = clockOffsets('own');
    offsets.observe(by('late', NOON - 9_000), NOON);
    offsets.observe(by('early', NOON + 9_000), NOON);
    expect(offsets.aheadOf()).toEqual({ late: CLOCK_SPREAD_MS, early: -CLOCK_SPREAD_MS });
  });

  test('is forgotten after at most ten minutes', () => {
    const offsets = clockOffsets('own');
    offsets.observe(by('other', NOON - 30), NOON);
    offsets.observe(by('own', NOON), NOON + KEPT_MS + 1);
    expect(offsets.aheadOf()).toEqual({ other: 30 });
    offsets.observe(by('own', NOON), NOON + 2 * (KEPT_MS + 1));
    expect(offsets.aheadOf()).toEqual({});
  });
});

test('a call is logged no earlier than it was made', () => {
  expect([stampAt(NOON), stampAt(NOON + 1), stampAt(NOON + 50)]).toEqual([NOON, NOON + 50, NOON + 50]);
});

describe('the log on one clock', () => {
  const clock = { worker: 'own', aheadOf: { known: 100 } };

  test('is in the order of time, whoever made the calls', () => {
    const calls = { own: [NOON - 50, NOON - 10], known: [NOON - 140, NOON - 120], other: [NOON - 9_000] };
    expect(callTimes(calls, clock, NOON)).toEqual([NOON - 7_000, NOON - 50, NOON - 40, NOON - 20, NOON - 10]);
  });

  test('has no call that is yet to come', () => {
    expect(callTimes({ known: [NOON - 1] }, clock, NOON)).toEqual([NOON]);
  });
});

describe('a call that is moved', () => {
  const calls = { a: [NOON, NOON + 100, NOON + 300], b: [NOON] };

  test('takes its place among the later ones', () => {
    expect(moveStamp(calls, { worker: 'a', at: NOON }, NOON + 200)).toEqual({
      a: [NOON + 100, NOON + 200, NOON + 300],
      b: [NOON],
    });
  });

  test.each([
    ['it', { worker: 'a', at: NOON + 1 }],
    ['its worker', { worker: 'c', at: NOON }],
  ])('leaves a log that does not have %s the very same', (_, stamp) => {
    expect(moveStamp(calls, stamp, NOON + 200)).toBe(calls);
  });
});

test('what a worker learns is kept over two full turns', () => {
  const offsets = clockOffsets('own');
  offsets.observe(by('other', NOON - 30), NOON);
  offsets.observe(by('own', NOON), NOON + KEPT_MS);
  offsets.observe(by('own', NOON), NOON + 2 * KEPT_MS);
  expect(offsets.aheadOf()).toEqual({ other: 30 });
});
