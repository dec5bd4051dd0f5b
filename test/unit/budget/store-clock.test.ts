import { describe, expect, test } from 'vitest';
import { createStoreClock, provenAheadMs } from '../../../shared/budget/store-clock.ts';
import { NOON } from './states.ts';

const reply = (aheadMs: number, tookMs = 0, dateAt = NOON) => ({
  sentAt: NOON + aheadMs,
  receivedAt: NOON + aheadMs + tookMs,
  date: dateAt,
});

describe('the skew that a reply proves', () => {
  test('is none up to two seconds past the second of its date, and all of it from there', () => {
    expect(provenAheadMs(reply(3_000))).toBe(0);
    expect(provenAheadMs(reply(3_001))).toBe(2_001);
    expect(provenAheadMs(reply(-2_000))).toBe(0);
    expect(provenAheadMs(reply(-2_001))).toBe(-2_001);
  });

  test('is none where the reply took so long that the clocks may agree', () => {
    expect(provenAheadMs(reply(-10_000, 8_000))).toBe(0);
    expect(provenAheadMs(reply(-10_000, 7_999))).toBe(-2_001);
    expect(provenAheadMs(reply(0, 60_000))).toBe(0);
  });

  test('is told by both ends where the own clock was set while the reply was on its way', () => {
    expect(provenAheadMs({ sentAt: NOON + 3_600_000, receivedAt: NOON, date: NOON })).toBe(0);
  });
});

describe('the clock of the store', () => {
  test('says nothing before the first reply, and what the last one showed for ten seconds', () => {
    const clock = createStoreClock();
    expect(clock.aheadMs(NOON)).toBeNull();
    clock.observe(reply(0));
    expect(clock.aheadMs(NOON + 10_000)).toBe(0);
    expect(clock.aheadMs(NOON + 10_001)).toBeNull();
    clock.observe(reply(60_000));
    expect(clock.aheadMs(NOON + 60_000)).toBe(59_000);
  });

  test('says nothing after the own clock has jumped', () => {
    const clock = createStoreClock();
    clock.observe(reply(0));
    expect(clock.aheadMs(NOON + 3_600_000)).toBeNull();
    expect(clock.aheadMs(NOON - 3_600_000)).toBeNull();
  });

  test('learns nothing from a reply without a date', () => {
    const clock = createStoreClock();
    clock.observe({ ...reply(0), date: Number.NaN });
    expect(clock.aheadMs(NOON)).toBeNull();
  });
});
