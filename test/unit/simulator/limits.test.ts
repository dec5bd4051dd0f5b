import { describe, expect, test } from 'vitest';
import { type BrokenLimit, chicagoDay, LimitGate, MARKETO_LIMITS } from '../../../simulator/limits.ts';

const NOON = Date.parse('2026-11-22T18:00:00Z');

function gateWith(limits: Partial<typeof MARKETO_LIMITS> = {}): LimitGate {
  return new LimitGate({ ...MARKETO_LIMITS, ...limits });
}

/** A call that arrives, is charged if admitted, and is done at once. */
function callAt(gate: LimitGate, at: number): BrokenLimit | null {
  const admission = gate.arrive(at);
  if (admission.rejected === null) gate.charge(at);
  admission.leave();
  return admission.rejected;
}

describe('rate', () => {
  test('admits 100 calls in 20 seconds and rejects the next for its rate', () => {
    const gate = gateWith();
    const refusals = Array.from({ length: 101 }, (_, index) => callAt(gate, NOON + index));
    expect(refusals.slice(0, 100).every((refusal) => refusal === null)).toBe(true);
    expect(refusals[100]).toBe('rate');
  });

  test('slides: a call is out of the window when it is 20 seconds old, not sooner', () => {
    const gate = gateWith({ ratePerWindow: 2 });
    callAt(gate, NOON);
    callAt(gate, NOON + 5_000);
    expect(callAt(gate, NOON + 19_999)).toBe('rate');
    expect(callAt(gate, NOON + 20_000)).toBeNull();
    expect(callAt(gate, NOON + 20_001)).toBe('rate');
  });
});

describe('concurrency', () => {
  test('rejects the eleventh call at once until one leaves', () => {
    const gate = gateWith();
    const inside = Array.from({ length: 10 }, () => gate.arrive(NOON));
    expect(inside.every(({ rejected }) => rejected === null)).toBe(true);
    expect(gate.arrive(NOON).rejected).toBe('concurrency');
    inside[0]?.leave();
    expect(gate.arrive(NOON).rejected).toBeNull();
  });

  test('counts a call that leaves twice once', () => {
    const gate = gateWith({ concurrency: 2 });
    const first = gate.arrive(NOON);
    gate.arrive(NOON);
    first.leave();
    first.leave();
    expect(gate.concurrent).toBe(1);
  });

  test('remembers the most that was tried at once', () => {
    const gate = gateWith({ concurrency: 1 });
    gate.arrive(NOON);
    gate.arrive(NOON);
    expect(gate.maxConcurrencySeen).toBe(2);
  });
});

describe('quota', () => {
  test('rejects when the day is spent, and admits again on the next', () => {
    const gate = gateWith({ dailyQuota: 2 });
    callAt(gate, NOON);
    expect(callAt(gate, NOON)).toBeNull();
    expect(callAt(gate, NOON)).toBe('quota');
    expect(callAt(gate, NOON + 24 * 3_600_000)).toBeNull();
  });

  test.each([
    ['winter', '2026-11-22T05:59:59.999Z', '2026-11-22T06:00:00Z'],
    ['summer', '2026-07-22T04:59:59.999Z', '2026-07-22T05:00:00Z'],
    ['the day the clocks go forward', '2026-03-09T04:59:59.999Z', '2026-03-09T05:00:00Z'],
    ['the day the clocks go back', '2026-11-02T05:59:59.999Z', '2026-11-02T06:00:00Z'],
  ])('ends the day at midnight in Chicago: %s', (_, before, after) => {
    expect(chicagoDay(Date.parse(before))).not.toBe(chicagoDay(Date.parse(after)));
    expect(chicagoDay(Date.parse(after))).toBe(after.slice(0, 10));
  });

  test('does not reset when the clock goes back over midnight', () => {
    const gate = gateWith();
    const midnight = Date.parse('2026-11-22T06:00:00Z');
    gate.charge(midnight);
    gate.charge(midnight - 1);
    expect(gate.spent(midnight)).toEqual({ day: '2026-11-22', spent: 2, limit: 10_000 });
  });
});
