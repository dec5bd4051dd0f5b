import { describe, expect, test } from 'vitest';
import { clamped } from '../../../shared/budget/clamp.ts';
import { PACE } from '../../../shared/budget/pace.ts';
import type { BudgetState, Hold } from '../../../shared/budget/state.ts';
import { MIDNIGHT, NOON, stateWith } from './states.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const AHEAD = NOON + HOUR_MS;
const repaired = (state: Partial<BudgetState>) => clamped(stateWith(state), NOON);
const hold = (more: Partial<Hold>): Hold => ({
  since: AHEAD,
  until: null,
  message: '',
  probeAt: null,
  openings: 1,
  ...more,
});

describe('a stamp that cannot be real', () => {
  test('of a call counts as of now, and the log stays ascending', () => {
    const calls = { a: [NOON - 1, NOON + 6_000, AHEAD], b: [NOON] };
    expect(repaired({ calls }).calls).toEqual({ a: [NOON - 1, NOON, NOON + 6_000], b: [NOON] });
  });

  test('of a lease moves its end by as much, and no lease outlives its function', () => {
    const stamp = { worker: 'a', at: AHEAD };
    const leases = { mine: { until: AHEAD + 90_000, stamp }, lost: { until: NOON + 24 * HOUR_MS } };
    const next = repaired({ leases }).leases;
    expect(next['mine']).toEqual({ until: NOON + 90_000, stamp: { worker: 'a', at: NOON } });
    expect(next['lost']?.until).toBe(NOON + 15 * MINUTE_MS + 6_000);
  });

  test('of a hold is brought back to where such a hold could end', () => {
    const holds = {
      quota: hold({ until: MIDNIGHT + 24 * HOUR_MS, probeAt: MIDNIGHT + 25 * HOUR_MS }),
      rate: hold({ until: AHEAD + 20_000 }),
      credentials: hold({ probeAt: AHEAD + MINUTE_MS }),
      upstream: hold({ until: AHEAD + MINUTE_MS, probeAt: AHEAD + MINUTE_MS }),
      operator: hold({}),
    };
    expect(repaired({ holds }).holds).toMatchObject({
      quota: { since: NOON, until: MIDNIGHT, probeAt: MIDNIGHT + MINUTE_MS },
      rate: { since: NOON, until: NOON + PACE.pauseMs },
      credentials: { since: NOON, until: null, probeAt: NOON + MINUTE_MS },
      upstream: { since: NOON, until: NOON + 15 * MINUTE_MS, probeAt: NOON + MINUTE_MS },
      operator: { since: NOON, until: null },
    });
  });

  test('of the day brings it back to today with what was spent', () => {
    expect(repaired({ day: '2026-12-24', spent: 7 })).toMatchObject({ day: '2026-11-23', spent: 7 });
  });

  test('of a cut, an opening or a proof counts as of now', () => {
    const next = repaired({
      cuts: { rate: { left: 9, at: AHEAD }, slots: { left: 2, at: AHEAD } },
      upstreamOpenedAt: AHEAD,
      provenAt: { credentials: AHEAD, upstream: AHEAD },
    });
    expect(next).toMatchObject({
      cuts: { rate: { left: 9, at: NOON }, slots: { left: 2, at: NOON } },
      upstreamOpenedAt: NOON,
      provenAt: { credentials: NOON, upstream: NOON },
    });
  });
});

test('a document whose stamps are all real stays the very same', () => {
  const state = stateWith({
    calls: { a: [NOON - 1, NOON + 6_000] },
    leases: { a: { until: NOON + 15 * MINUTE_MS } },
    holds: { quota: hold({ since: NOON, until: MIDNIGHT, probeAt: MIDNIGHT + MINUTE_MS }) },
    cuts: { rate: { left: 9, at: NOON + 6_000 }, slots: { left: 2, at: NOON + 6_000 } },
    provenAt: { upstream: NOON },
  });
  expect(clamped(state, NOON)).toBe(state);
});

describe('a stamp that may be real', () => {
  const untouched = (state: Partial<BudgetState>, now = NOON) => {
    const given = stateWith(state);
    expect(clamped(given, now)).toBe(given);
  };

  test('of a hold stays, also if that could last longer', () => {
    untouched({ holds: { rate: hold({ since: NOON, until: NOON + 5_000 }) } });
    untouched({ holds: { rate: hold({ since: NOON, until: NOON + PACE.pauseMs }) } });
    untouched({ holds: { upstream: hold({ since: NOON - 1, until: NOON + MINUTE_MS, probeAt: NOON + 1 }) } });
    untouched({ holds: { credentials: hold({ since: NOON - HOUR_MS, probeAt: NOON - 30_000 }) } });
    untouched({ holds: { quota: hold({ since: NOON, until: NOON + HOUR_MS }) } });
  });

  test('is up to six seconds ahead: two clocks, and the second of a date', () => {
    const latest = NOON + PACE.pauseMs + 6_000;
    untouched({ holds: { rate: hold({ since: NOON, until: latest }) } });
    const ahead = repaired({ holds: { rate: hold({ since: NOON, until: latest + 1 }) } });
    expect(ahead.holds.rate?.until).toBe(NOON + PACE.pauseMs);
  });

  test('of a day is one before, or the next one within those seconds', () => {
    untouched({ day: '2026-11-20' });
    untouched({ day: '2026-11-24' }, MIDNIGHT - 6_000);
    const given = stateWith({ day: '2026-11-24' });
    expect(clamped(given, MIDNIGHT - 6_001).day).toBe('2026-11-23');
  });

  test('is none that is absent', () => {
    untouched({ provenAt: {}, upstreamOpenedAt: null, holds: { operator: hold({ since: NOON }) } });
  });
});
