import { describe, expect, test } from 'vitest';
import { holdsInForce, pause } from '../../../shared/budget/holds.ts';
import { PACE } from '../../../shared/budget/pace.ts';
import type { AccountSignal, CallReport } from '../../../shared/budget/port.ts';
import { askForQuotaProbe } from '../../../shared/budget/probe.ts';
import { applyReport } from '../../../shared/budget/report.ts';
import type { BudgetState } from '../../../shared/budget/state.ts';
import { LIMITS, MIDNIGHT, NOON, stateWith } from './states.ts';

const MINUTE_MS = 60_000;
const terms = { limits: LIMITS, serverDoneMs: 180_000 };

const reportOf = (signal: AccountSignal, more: Partial<CallReport> = {}): CallReport => ({
  leaseId: 'lease',
  operation: 'syncLead',
  jobIds: ['job'],
  sentAt: NOON,
  endedAt: NOON + 500,
  replied: true,
  signal,
  ...more,
});

/** Reports a call that was sent at `at` and answered at the same moment. */
const answered = (state: BudgetState, signal: AccountSignal, at = NOON, more: Partial<CallReport> = {}) =>
  applyReport(state, reportOf(signal, { sentAt: at, endedAt: at, ...more }), at, terms);

const fine: AccountSignal = { kind: 'fine' };
const down: AccountSignal = { kind: 'upstream-failure', message: 'HTTP 503' };
const spent: AccountSignal = { kind: 'quota-exhausted', message: '20015' };
const throttled: AccountSignal = { kind: 'rate-limited', message: '20023' };
const refused: AccountSignal = { kind: 'credentials-refused', message: '20014' };
const denied: AccountSignal = { kind: 'access-denied', message: '603' };

function times(count: number, state: BudgetState, signal: AccountSignal, from = NOON): BudgetState {
  return Array.from({ length: count }).reduce<BudgetState>(
    (next, _, i) => answered(next, signal, from + i, { jobIds: [`job-${i}`] }),
    state,
  );
}

describe('the lease', () => {
  const held = stateWith({ leases: { lease: { until: NOON + 1_000 }, other: { until: NOON + 1_000 } } });

  test('is given back by a reply', () => {
    expect(answered(held, fine).leases).toEqual({ other: { until: NOON + 1_000 } });
  });

  test('is kept until the server must be done when no reply came', () => {
    const next = answered(held, down, NOON, { replied: false });
    expect(next.leases['lease']?.until).toBeGreaterThanOrEqual(NOON + 180_000);
  });

  test('is given back when nothing was sent', () => {
    expect(answered(held, down, NOON, { replied: false, sentAt: null }).leases['lease']).toBeUndefined();
  });

  test('is no concern of a report without one', () => {
    expect(answered(held, down, NOON, { leaseId: '', replied: false }).leases).toEqual(held.leases);
  });
});

describe('the log of calls', () => {
  const stamp = { worker: 'a', at: NOON };
  const logged = stateWith({
    calls: { a: [NOON - 5, NOON, NOON + 9], b: [NOON] },
    leases: { lease: { until: NOON + 60_000, stamp } },
  });

  test('counts a call from when it left, if that was later than its permit', () => {
    const next = answered(logged, fine, NOON + 400);
    expect(next.calls).toEqual({ a: [NOON - 5, NOON + 9, NOON + 400], b: [NOON] });
  });

  test('stays as it is for a call that never left, and for one that left within 150 ms of its permit', () => {
    expect(answered(logged, fine, NOON + 150).calls).toEqual(logged.calls);
    expect(answered(logged, down, NOON + 400, { sentAt: null }).calls).toEqual(logged.calls);
  });
});

describe('the jobs of a day', () => {
  const shared = { jobIds: ['a', 'b', 'c'] };

  test('are counted by the calls that Marketo has worked on, several to a call', () => {
    const once = answered(stateWith(), fine, NOON, shared);
    expect(answered(once, fine, NOON + 1).carried).toBe(4);
  });

  test('are not those of a call that was refused, or that stood outside the limits, or of another day', () => {
    expect(answered(stateWith(), throttled, NOON, shared).carried).toBe(0);
    expect(answered(stateWith(), fine, NOON, { ...shared, leaseId: '' }).carried).toBe(0);
    expect(answered(stateWith(), fine, NOON - 86_400_000, shared).carried).toBe(0);
  });
});

describe('a call that Marketo counts in nothing', () => {
  const stamp = { worker: 'a', at: NOON };
  const leases = { lease: { until: NOON + 60_000, stamp } };
  const logged = stateWith({ spent: 7, calls: { a: [NOON - 5, NOON], b: [NOON] }, leases });
  const uncharged = { uncharged: true } as const;

  test('is taken out of the day and of the window', () => {
    const next = answered(logged, down, NOON + 400, uncharged);
    expect(next.calls).toEqual({ a: [NOON - 5], b: [NOON] });
    expect(next).toMatchObject({ spent: 6, leases: {} });
  });

  test('leaves no empty log of its worker behind', () => {
    const next = answered({ ...logged, calls: { a: [NOON], b: [NOON] } }, down, NOON + 400, uncharged);
    expect(next.calls).toEqual({ b: [NOON] });
  });

  test('stays in a day that is not its own', () => {
    const earlier = { lease: { until: NOON, stamp: { worker: 'a', at: NOON - 24 * 60 * MINUTE_MS } } };
    expect(answered({ ...logged, leases: earlier }, down, NOON, uncharged).spent).toBe(7);
  });

  test('is counted as before where its lease is gone', () => {
    const next = answered({ ...logged, leases: {} }, down, NOON, uncharged);
    expect(next).toMatchObject({ spent: 7, calls: logged.calls });
  });
});

describe('a 20015', () => {
  test('closes the account until the reset of the day it was sent in, to be probed a minute later', () => {
    expect(answered(stateWith(), spent).holds.quota).toMatchObject({
      since: NOON,
      until: MIDNIGHT,
      probeAt: MIDNIGHT + MINUTE_MS,
    });
  });

  test('closes nothing if the day it was sent in is over', () => {
    const report = reportOf(spent, { sentAt: MIDNIGHT - 1_000, endedAt: MIDNIGHT + MINUTE_MS });
    expect(applyReport(stateWith(), report, MIDNIGHT + MINUTE_MS, terms).holds).toEqual({});
    expect(answered(stateWith(), spent, MIDNIGHT + 180 * MINUTE_MS).holds.quota?.until).toBe(
      MIDNIGHT + 24 * 60 * MINUTE_MS,
    );
  });

  test('is not lifted by a reply, only by a probe', () => {
    expect(answered(answered(stateWith(), spent), fine, NOON + 1).holds.quota).toBeDefined();
  });
});

describe('a throttle answer', () => {
  test('20023 closes the account for a moment and takes a part off the pace', () => {
    const next = answered(stateWith({ calls: { w: Array(99).fill(NOON - 1) } }), throttled);
    expect(next.holds.rate).toMatchObject({ since: NOON, until: NOON + PACE.pauseMs });
    expect(next.cuts).toEqual({ rate: { left: Math.floor(99 * PACE.kept), at: NOON } });
  });

  test('20023 to a call sent before the cut or in its pause changes nothing; to a later one it cuts again', () => {
    const held = answered(stateWith(), throttled);
    expect(answered(held, throttled, NOON - 1)).toEqual(held);
    expect(answered(held, throttled, NOON + PACE.pauseMs)).toEqual(held);
    const later = NOON + PACE.pauseMs + 1;
    const again = answered(held, throttled, later);
    expect(again.holds.rate?.until).toBe(later + PACE.pauseMs);
    expect(again.cuts.rate?.left).toBeLessThan(held.cuts.rate?.left ?? 0);
  });

  test('nine 20023 that were in flight together cut once', () => {
    const sent = Array.from({ length: 9 }, (_, i) => NOON - 900 + 100 * i);
    const held = sent.reduce(
      (state, sentAt, i) =>
        applyReport(state, reportOf(throttled, { sentAt, endedAt: NOON + i }), NOON + i, terms),
      stateWith(),
    );
    expect(held.cuts).toEqual(answered(stateWith(), throttled).cuts);
  });

  test('20024 takes one slot for all the calls that were under way, and closes nothing', () => {
    const once = answered(stateWith(), { kind: 'concurrency-limited' });
    expect(once.cuts).toEqual({ slots: { left: 8, at: NOON } });
    expect(once.holds).toEqual({});
    expect(answered(once, { kind: 'concurrency-limited' }, NOON - 1)).toEqual(once);
    expect(answered(once, { kind: 'concurrency-limited' }, NOON + 1).cuts.slots?.left).toBe(7);
  });

  test('of one kind leaves the cut of the other', () => {
    const both = answered(answered(stateWith(), { kind: 'concurrency-limited' }), throttled);
    expect(Object.keys(both.cuts).sort()).toEqual(['rate', 'slots']);
  });
});

describe('the upstream', () => {
  test('closes for a minute at the fifth failure in a row, not at the fourth', () => {
    expect(times(4, stateWith(), down).holds).toEqual({});
    expect(times(5, stateWith(), down).holds.upstream).toMatchObject({
      until: NOON + 4 + MINUTE_MS,
      openings: 1,
    });
  });

  test('does not close if a reply came in between', () => {
    const broken = answered(times(4, stateWith(), down), fine, NOON + 10);
    expect(times(4, broken, down, NOON + 20).holds).toEqual({});
  });

  test('closes again at the first failure after the hold, for twice as long each time, up to 15 minutes', () => {
    let state = times(5, stateWith(), down);
    const lengths: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      const end = state.holds.upstream?.until ?? 0;
      state = answered(state, down, end);
      lengths.push(((state.holds.upstream?.until ?? 0) - end) / MINUTE_MS);
    }
    expect(lengths).toEqual([2, 4, 8, 15, 15, 15]);
  });

  test('starts with one minute again after an hour of peace', () => {
    const state = answered(times(5, stateWith(), down), fine, NOON + 10);
    const later = times(5, state, down, NOON + 2 * 60 * MINUTE_MS);
    expect(later.holds.upstream?.openings).toBe(1);
  });

  test('is not closed any longer by failures of calls that were under way', () => {
    const held = times(5, stateWith(), down);
    expect(answered(held, down, NOON - 1)).toEqual(held);
    expect(answered(held, down, NOON + 1_000)).toEqual(held);
  });

  test('is opened by a reply to a call sent after it was closed, not by one sent before', () => {
    const held = times(5, stateWith(), down);
    const early = answered(held, fine, NOON - 1);
    expect(early.holds.upstream).toBeDefined();
    expect(early.failuresInRow).toBe(5);
    const late = answered(held, fine, NOON + 1_000);
    expect(late.holds).toEqual({});
    expect(late.failuresInRow).toBe(0);
  });

  test('closes at once when the endpoint is gone, with the words that came', () => {
    const gone = answered(stateWith(), { kind: 'endpoint-gone', message: 'removed on 2026-07-31' });
    expect(gone.holds.upstream?.message).toBe('removed on 2026-07-31');
    const again = answered(gone, { kind: 'endpoint-gone', message: 'again' }, NOON + 1);
    expect(again).toEqual(gone);
  });
});

describe('the credentials', () => {
  test('close the account without an end when they are refused', () => {
    const held = answered(stateWith(), refused);
    expect(held.holds.credentials).toMatchObject({ until: null, probeAt: NOON + MINUTE_MS });
    expect(answered(held, refused, NOON - 1)).toEqual(held);
  });

  test('close it at five denials in a row over two operations, not over one', () => {
    const one = times(9, stateWith(), denied);
    expect(one.holds).toEqual({});
    expect(answered(one, denied, NOON + 10, { operation: 'getLead' }).holds.credentials).toBeDefined();
    const four = answered(times(3, stateWith(), denied), denied, NOON + 10, { operation: 'getLead' });
    expect(four.holds).toEqual({});
    const broken = answered(four, fine, NOON + 11);
    expect(answered(broken, denied, NOON + 12).holds).toEqual({});
  });

  test('open it again when a call sent after the hold is answered', () => {
    const held = answered(stateWith(), refused);
    expect(answered(held, fine, NOON - 1).holds.credentials).toBeDefined();
    expect(answered(held, fine, NOON + 1).holds).toEqual({});
  });
});

test('a neutral answer changes nothing but the lease', () => {
  const failing = stateWith({ failuresInRow: 3, deniedInRow: ['getLead'] });
  expect(answered(failing, { kind: 'neutral' })).toEqual(failing);
  expect(holdsInForce(failing, NOON)).toEqual([]);
});

describe('an answer that changes nothing', () => {
  test('leaves the very same document', () => {
    const state = pause(stateWith(), NOON, 'maintenance');
    expect(answered(state, fine, NOON, { leaseId: '' })).toBe(state);
    expect(answered(state, { kind: 'neutral' }, NOON, { leaseId: '' })).toBe(state);
  });
});

describe('what was sent before a hold began', () => {
  const sentBefore = NOON - 1;

  test('says nothing of the quota that the hold does not', () => {
    const held = answered(stateWith(), spent);
    expect(answered(held, spent, sentBefore)).toEqual(held);
    expect(answered(held, spent, NOON + 1).holds.quota?.openings).toBe(2);
  });

  test('says nothing of an upstream hold that has ended since', () => {
    const held = times(5, stateWith(), down, NOON - 4);
    const later = NOON + 2 * MINUTE_MS;
    const late = (signal: AccountSignal) =>
      applyReport(held, reportOf(signal, { leaseId: '', sentAt: NOON - 1, endedAt: later }), later, terms);
    expect(late(down)).toBe(held);
    expect(late({ kind: 'endpoint-gone', message: 'gone' })).toBe(held);
  });

  test('adds no denial to the row', () => {
    const held = answered(stateWith(), refused);
    expect(answered(held, denied, sentBefore)).toEqual(held);
  });
});

describe('a 20024', () => {
  test('to a call sent in the very moment of the last one takes no slot again', () => {
    const once = answered(stateWith(), { kind: 'concurrency-limited' });
    expect(answered(once, { kind: 'concurrency-limited' })).toEqual(once);
  });
});

describe('a good answer', () => {
  test('ends the row of denials and of failures', () => {
    const state = stateWith({ deniedInRow: ['getLead'], failuresInRow: 3, failedCalls: ['abcdef'] });
    expect(answered(state, fine)).toMatchObject({ deniedInRow: [], failuresInRow: 0, failedCalls: [] });
  });

  test('carries a proof of the credentials on only where they are in question', () => {
    const proven = { provenAt: { credentials: NOON } };
    const at = NOON + MINUTE_MS;
    const provenAfter = (state: Partial<BudgetState>) => answered(stateWith(state), fine, at).provenAt;
    expect(provenAfter({ ...proven, deniedInRow: ['getLead'] })).toEqual({ credentials: at });
    expect(provenAfter({ ...proven, failuresInRow: 1 })).toEqual({ credentials: NOON });
    expect(provenAfter({ deniedInRow: ['getLead'] })).toBeUndefined();
  });
});

describe('a quota hold', () => {
  test('that is opened again counts it, keeps its beginning and a question that is open', () => {
    const held = answered(stateWith(), spent);
    expect(held.holds.quota).toMatchObject({ since: NOON, openings: 1 });
    expect(held.holds.quota).not.toHaveProperty('asked');
    const asked = askForQuotaProbe(held);
    expect(answered(asked, spent, NOON + 9).holds.quota).toMatchObject({
      since: NOON,
      openings: 2,
      asked: true,
    });
  });
});

describe('a gateway’s answer to a job that is in the row already', () => {
  test('does not open a hold again that has just run out', () => {
    const notNow: AccountSignal = { ...down, oncePerJob: true };
    const held = times(5, stateWith(), notNow);
    const after = NOON + 2 * MINUTE_MS;
    const same = answered(held, notNow, after, { leaseId: '', jobIds: ['job-0'] });
    expect(same).toBe(held);
    expect(answered(held, notNow, after, { jobIds: ['other'] }).holds.upstream?.openings).toBe(2);
  });
});
