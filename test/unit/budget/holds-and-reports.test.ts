import { describe, expect, test } from 'vitest';
import { admit } from '../../../shared/budget/admit.ts';
import { holdsInForce, openUpstream, pause, withHold } from '../../../shared/budget/holds.ts';
import { PACE } from '../../../shared/budget/pace.ts';
import type { AccountSignal, CallReport } from '../../../shared/budget/port.ts';
import { probeFailed } from '../../../shared/budget/probe.ts';
import { applyReport } from '../../../shared/budget/report.ts';
import type { BudgetState, Hold } from '../../../shared/budget/state.ts';
import { LIMITS, MIDNIGHT, NOON, stateWith } from './states.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const terms = { limits: LIMITS, serverDoneMs: 180_000 };
const endless: Hold = { since: NOON, until: null, message: '', probeAt: null, openings: 1 };
const throttled: AccountSignal = { kind: 'rate-limited', message: '20023' };
const spent: AccountSignal = { kind: 'quota-exhausted', message: '20015' };
const refused: AccountSignal = { kind: 'credentials-refused', message: '20014' };
const denied: AccountSignal = { kind: 'access-denied', message: '603' };

const report = (state: BudgetState, signal: AccountSignal, at: number, more: Partial<CallReport> = {}) =>
  applyReport(
    state,
    {
      leaseId: 'lease',
      operation: 'syncLead',
      jobIds: ['job'],
      sentAt: at,
      endedAt: at,
      replied: true,
      signal,
      ...more,
    },
    at,
    terms,
  );
const ask = (state: BudgetState, at: number) =>
  admit(state, at, LIMITS, { leaseId: 'l', leaseMs: 1, probe: false, clock: { worker: 'w', aheadOf: {} } });

describe('a new hold', () => {
  const all = { quota: endless, rate: endless, credentials: endless, upstream: endless, operator: endless };

  test('leaves the others as they are', () => {
    for (const reason of ['quota', 'rate', 'credentials', 'upstream', 'operator'] as const) {
      const { [reason]: _absent, ...others } = all;
      expect(withHold(stateWith({ holds: others }), reason, endless).holds).toEqual(all);
    }
  });

  test('of each kind does, as it is opened', () => {
    const held = pause(stateWith(), NOON, 'paused');
    const kept = (state: BudgetState) => Object.keys(state.holds).sort();
    expect(kept(openUpstream(held, NOON, 'down'))).toEqual(['operator', 'upstream']);
    expect(kept(report(held, throttled, NOON + 1))).toEqual(['operator', 'rate']);
    expect(kept(report(held, spent, NOON + 1))).toEqual(['operator', 'quota']);
    expect(kept(report(held, refused, NOON + 1))).toEqual(['credentials', 'operator']);
  });
});

describe('a hold without an end', () => {
  test.each(['credentials', 'operator'] as const)('of %s is in force for ever', (reason) => {
    const state = stateWith({ holds: { [reason]: endless } });
    expect(holdsInForce(state, NOON + 10 * 365 * 24 * HOUR_MS)).toHaveLength(1);
  });

  test('of the credentials does not open while it is probed, however often that fails', () => {
    let state = report(stateWith(), refused, NOON);
    for (let minute = 1; minute < 24 * 60; minute += 1) {
      const now = NOON + minute * MINUTE_MS;
      expect(holdsInForce(state, now)).toMatchObject([{ reason: 'credentials', until: null }]);
      state = probeFailed(state, 'credentials', now, 'still');
    }
  });

  test('is worth another look in a minute, never in the past', () => {
    const state = stateWith({ holds: { operator: endless } });
    expect(ask(state, NOON + HOUR_MS)).toEqual({
      kind: 'wait',
      until: NOON + HOUR_MS + MINUTE_MS,
      because: 'operator',
    });
  });

  test('is looked at again when its probe is made, if that is later', () => {
    const probeAt = NOON + 3 * MINUTE_MS;
    const state = stateWith({ holds: { credentials: { ...endless, probeAt } } });
    expect(ask(state, NOON)).toMatchObject({ until: probeAt });
    expect(ask(state, NOON + 150_000)).toMatchObject({ until: NOON + 150_000 + MINUTE_MS });
  });
});

describe('an unanswered call', () => {
  test('keeps its own slot and touches no other', () => {
    const stamp = { worker: 'w', at: NOON };
    const leases = {
      lease: { until: NOON + 1, stamp },
      other: { until: NOON + 2, stamp },
      third: { until: NOON + 3 },
    };
    const next = report(stateWith({ leases }), { kind: 'neutral' }, NOON, { replied: false });
    expect(next.leases).toEqual({ ...leases, lease: { until: NOON + 182_000 } });
  });
});

describe('the log of calls', () => {
  test('does not grow: what has left the window is dropped with the next permit', () => {
    let state = stateWith();
    let most = 0;
    for (let i = 0; i < 1_000; i += 1) {
      const admission = ask({ ...state, leases: {} }, NOON + i * 1_000);
      if (admission.kind !== 'granted') throw new Error(admission.because);
      state = admission.next;
      most = Math.max(most, Object.values(state.calls).flat().length);
    }
    expect(most).toBeLessThanOrEqual(21);
  });

  test('forgets a worker that has called nothing within the window', () => {
    const admission = ask(stateWith({ calls: { gone: [NOON - 60_000] } }), NOON);
    expect(admission.kind === 'granted' && Object.keys(admission.next.calls)).toEqual(['w']);
  });
});

describe('the thresholds', () => {
  test('a call sent in the very moment a hold began knows nothing that the hold does not', () => {
    const held = report(stateWith(), refused, NOON);
    expect(report(held, refused, NOON)).toEqual(held);
    expect(report(held, refused, NOON + 1).holds.credentials?.openings).toBe(2);
  });

  test('an opening of upstream counts as another for an hour, to the millisecond', () => {
    const opened = openUpstream(stateWith(), NOON, 'down');
    expect(openUpstream(opened, NOON + HOUR_MS, 'down').holds.upstream?.openings).toBe(2);
    expect(openUpstream(opened, NOON + HOUR_MS + 1, 'down').holds.upstream?.openings).toBe(1);
  });

  test('an upstream hold that ends now is over: the next failure opens it again', () => {
    const failed: AccountSignal = { kind: 'upstream-failure', message: 'down' };
    const opened = openUpstream(stateWith(), NOON, 'down');
    const end = NOON + MINUTE_MS;
    expect(report(opened, failed, end - 1)).toEqual(opened);
    expect(report(opened, failed, end).holds.upstream?.openings).toBe(2);
  });

  test('five denials over two operations close the account; four do not, nor five over one', () => {
    const deniedOver = (operations: readonly string[]) =>
      operations.reduce((state, operation, i) => report(state, denied, NOON + i, { operation }), stateWith());
    expect(deniedOver(['a', 'a', 'a', 'b']).holds).toEqual({});
    expect(deniedOver(['a', 'a', 'a', 'a', 'a']).holds).toEqual({});
    expect(deniedOver(['a', 'a', 'a', 'a', 'b']).holds.credentials).toBeDefined();
  });

  test('a row of denials is kept to ten', () => {
    const state = Array.from({ length: 30 }).reduce<BudgetState>(
      (next, _, i) => report(next, denied, NOON + i),
      stateWith(),
    );
    expect(state.deniedInRow).toHaveLength(10);
  });

  test('a 20015 of the first two hours may be yesterday’s: it is probed each quarter of an hour', () => {
    const midnight = MIDNIGHT;
    const early = report(stateWith({}, midnight), spent, midnight + 2 * HOUR_MS - 1).holds.quota;
    expect(early).toMatchObject({ until: midnight, probeAt: midnight + 2 * HOUR_MS - 1 + 15 * MINUTE_MS });
    const late = report(stateWith({}, midnight), spent, midnight + 2 * HOUR_MS).holds.quota;
    expect(late).toMatchObject({ until: midnight + 24 * HOUR_MS });
  });
});

describe('the pace after a 20023', () => {
  const seen = (count: number, at = NOON - 1_000) => ({ w: Array.from({ length: count }, () => at) });
  const left = (state: BudgetState) => report(state, throttled, NOON).cuts.rate?.left;

  test.each([60, 80, 99])('goes below the %d calls of ours that were in the window', (count) => {
    expect(left(stateWith({ calls: seen(count) }))).toBe(Math.floor(count * PACE.kept));
  });

  test('is half of what it was where none of ours was in the window', () => {
    expect(left(stateWith())).toBe(49);
  });

  test('counts the calls of all workers, from a window before its own up to it', () => {
    const calls = { a: [NOON - 20_000, NOON - 19_999, NOON], b: Array(78).fill(NOON - 1), c: [NOON + 1] };
    expect(left(stateWith({ calls }))).toBe(Math.floor(80 * PACE.kept));
  });

  test('takes the share for the whole', () => {
    const half = { ...terms, limits: { ...LIMITS, share: 0.5 } };
    const answer: CallReport = {
      leaseId: '',
      operation: 'o',
      jobIds: [],
      sentAt: NOON,
      endedAt: NOON,
      replied: true,
      signal: throttled,
    };
    const next = applyReport(stateWith({ calls: seen(49) }), answer, NOON, half);
    expect(next.cuts.rate?.left).toBe(Math.floor(49 * PACE.kept));
  });
});
