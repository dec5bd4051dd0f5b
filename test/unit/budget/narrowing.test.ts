import { describe, expect, test } from 'vitest';
import { openUpstream, PROBE_OVERDUE_MS } from '../../../shared/budget/holds.ts';
import { narrowings } from '../../../shared/budget/narrowing.ts';
import { PACE } from '../../../shared/budget/pace.ts';
import type { BudgetState, Lease } from '../../../shared/budget/state.ts';
import { LIMITS, NOON, stateWith } from './states.ts';

const MINUTE_MS = 60_000;
const of = (state: BudgetState, now = NOON) => narrowings(state, LIMITS, now);
const leases = (count: number, more: Partial<Lease> = {}) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`l${i}`, { until: NOON + 1_000 + i, ...more }]),
  );
const underWay = { stamp: { worker: 'w', at: NOON } };

describe('the narrowings of the account', () => {
  test('are none while everything is as usual, calls under way included', () => {
    expect(of(stateWith({ leases: leases(9, underWay) }))).toEqual([]);
  });

  test('name one call at a time after an upstream hold, with the probe that looks into it', () => {
    const held = { ...openUpstream(stateWith(), NOON, 'down') };
    expect(of(held, NOON + MINUTE_MS - 1)).toEqual([]);
    const probeAt = NOON + 2 * MINUTE_MS;
    const upstream = { since: NOON, until: NOON + MINUTE_MS, message: '', probeAt, openings: 1 };
    const over = { ...held, holds: { upstream } };
    expect(of(over, NOON + MINUTE_MS)).toMatchObject([
      { of: 'slots', limit: 1, reason: 'upstream', until: probeAt },
    ]);
    expect(of(over, probeAt)).toMatchObject([{ reason: 'upstream', until: null }]);
  });

  test('name one call at a time when the probe of the credentials is overdue', () => {
    const credentials = { since: NOON, until: null, message: '', probeAt: NOON, openings: 1 };
    const held = stateWith({ holds: { credentials } });
    expect(of(held, NOON + PROBE_OVERDUE_MS - 1)).toEqual([]);
    expect(of(held, NOON + PROBE_OVERDUE_MS)).toMatchObject([{ limit: 1, reason: 'credentials' }]);
  });

  test('name the slots of calls that were never answered, until the last is free', () => {
    const some = stateWith({ leases: leases(2) });
    expect(of(some)).toMatchObject([
      { of: 'slots', limit: 7, reason: 'concurrency', until: NOON + 1_001, isStandstill: false },
    ]);
    expect(of(some, NOON + 1_000)).toMatchObject([{ limit: 8 }]);
    expect(of(some, NOON + 1_001)).toEqual([]);
  });

  test('say that nothing can go where such calls hold every slot', () => {
    expect(of(stateWith({ leases: leases(8) }))[0]?.isStandstill).toBe(false);
    expect(of(stateWith({ leases: leases(9) }))[0]).toMatchObject({
      limit: 0,
      isStandstill: true,
    });
  });

  test('name a lowered pace and fewer slots, each with the time when it is as usual again', () => {
    const cuts = { rate: { left: 75, at: NOON }, slots: { left: 6, at: NOON } };
    const end = { rate: NOON + 24 * PACE.growMs, slots: NOON + 3 * PACE.growMs };
    const found = (now: number) => of(stateWith({ cuts }), now);
    expect(found(NOON)).toMatchObject([
      { of: 'rate', limit: 75, reason: 'rate', until: end.rate },
      { of: 'slots', limit: 6, reason: 'concurrency', until: end.slots },
    ]);
    expect(found(NOON + PACE.growMs)).toMatchObject([
      { limit: 76, until: end.rate },
      { limit: 7, until: end.slots },
    ]);
    expect(found(end.slots)).toMatchObject([{ of: 'rate', limit: 78 }]);
    expect(found(end.rate - 1)).toMatchObject([{ of: 'rate', limit: 98 }]);
    expect(found(end.rate)).toEqual([]);
  });

  test('put a standstill first', () => {
    const cuts = { rate: { left: 75, at: NOON }, slots: { left: 6, at: NOON } };
    const both = stateWith({ cuts, leases: leases(6) });
    expect(of(both).map(({ isStandstill }) => isStandstill)).toEqual([true, false, false]);
  });
});

describe('the words of a narrowing', () => {
  const words = (state: BudgetState, now = NOON) => of(state, now).map(({ message }) => message);

  test('say what is waited for, and that it costs more than one slot', () => {
    const held = openUpstream(stateWith(), NOON, 'down');
    expect(of(held, NOON + MINUTE_MS)).toEqual([
      {
        of: 'slots',
        limit: 1,
        reason: 'upstream',
        until: null,
        message: 'no call has been answered since the hold: one call at a time, until one is answered',
        isStandstill: false,
      },
    ]);
    const credentials = { since: NOON, until: null, message: '', probeAt: NOON, openings: 1 };
    expect(words(stateWith({ holds: { credentials } }), NOON + PROBE_OVERDUE_MS)).toEqual([
      'no probe was made for too long: one call at a time, until one is answered',
    ]);
  });

  test('count the calls without an answer', () => {
    expect(words(stateWith({ leases: leases(1) }))).toEqual([
      'Marketo may still be working on a call that was never answered',
    ]);
    expect(words(stateWith({ leases: leases(3) }))).toEqual([
      'Marketo may still be working on 3 calls that were never answered',
    ]);
  });

  test('of a cut are the same for rate and slots', () => {
    const message =
      'Marketo refused calls as too many: somebody else uses the same limits; one more each 17 s without';
    const cuts = { rate: { left: 75, at: NOON }, slots: { left: 6, at: NOON } };
    expect(words(stateWith({ cuts }))).toEqual([message, message]);
  });
});

test('a cut names no slots where there is one anyhow', () => {
  const cuts = { rate: { left: 75, at: NOON }, slots: { left: 1, at: NOON } };
  const found = narrowings(stateWith({ cuts }), { ...LIMITS, concurrency: 1 }, NOON);
  expect(found.map((one) => one.of)).toEqual(['rate']);
});

test('a standstill comes before the one call that is let through to find out', () => {
  const held = { ...openUpstream(stateWith(), NOON - MINUTE_MS, 'down'), leases: leases(9) };
  expect(of(held).map(({ reason, isStandstill }) => [reason, isStandstill])).toEqual([
    ['concurrency', true],
    ['upstream', false],
  ]);
});
