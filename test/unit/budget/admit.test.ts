import { describe, expect, test } from 'vitest';
import { type Admission, admit } from '../../../shared/budget/admit.ts';
import { CLOCK_SPREAD_MS, STAMP_MS } from '../../../shared/budget/call-log.ts';
import { DAY_MARGIN_MS } from '../../../shared/budget/day.ts';
import { AHEAD_MS } from '../../../shared/budget/limits.ts';
import { type BudgetState, quietEnd, REMEMBERED_MS, takenSlots } from '../../../shared/budget/state.ts';
import type { AccountLimits } from '../../../shared/config/limits.ts';
import { LIMITS, MIDNIGHT, NOON, stateWith } from './states.ts';

const own = { worker: 'own', aheadOf: {} };
let leaseCount = 0;

function ask(state: BudgetState, now: number, limits: AccountLimits = LIMITS, probe = false): Admission {
  leaseCount += 1;
  return admit(state, now, limits, { leaseId: `lease-${leaseCount}`, leaseMs: 60_000, probe, clock: own });
}

/** Takes permits as soon as they are given, each slot given back at once, until `untilAt`. */
function takeUntil(untilAt: number, limits: AccountLimits = LIMITS) {
  const taken: number[] = [];
  for (let now = NOON, state = stateWith(); ; ) {
    const admission = ask(state, now, limits);
    if (admission.kind === 'granted') {
      taken.push(admission.at);
      state = { ...admission.next, leases: {} };
    } else if (admission.until < untilAt) now = admission.until;
    else return { taken, state, wait: admission };
  }
}

const stamps = (count: number, at: number): number[] => Array.from({ length: count }, () => at);

describe('the rate', () => {
  test('gives 99 permits in a window and lets the 100th wait until the window and the guard have passed', () => {
    const { taken, wait, state } = takeUntil(NOON + 20_250 - AHEAD_MS);
    expect(taken).toHaveLength(99);
    expect(wait).toEqual({ kind: 'wait', until: NOON + 20_250 - AHEAD_MS / 2, because: 'rate' });
    expect(ask(state, NOON + 20_249 - AHEAD_MS).kind).toBe('wait');
    expect(ask(state, NOON + 20_250 - AHEAD_MS)).toMatchObject({ kind: 'granted', at: NOON + 20_250 });
    expect(ask(state, NOON + 20_251)).toMatchObject({ kind: 'granted', at: NOON + 20_251 });
  });

  test('gives half of them in a burst, the others in small groups a little apart', () => {
    const { taken } = takeUntil(NOON + 20_250 - AHEAD_MS);
    expect(taken.filter((at) => at === NOON)).toHaveLength(49);
    const groups = [...Map.groupBy(taken.slice(49), (at) => at).values()];
    expect(Math.max(...groups.map((group) => group.length))).toBeLessThanOrEqual(4);
  });

  test('takes the share off the rate', () => {
    expect(takeUntil(NOON + 20_250 - AHEAD_MS, { ...LIMITS, share: 0.5 }).taken).toHaveLength(49);
    expect(takeUntil(NOON + 20_250 - AHEAD_MS, { ...LIMITS, share: 0.001 }).taken).toHaveLength(1);
  });

  test('lets the calls of a worker with an unknown clock count two seconds longer', () => {
    const state = stateWith({ calls: { other: stamps(99, NOON) } });
    const end = NOON + 20_250 + CLOCK_SPREAD_MS;
    expect(ask(state, end - AHEAD_MS - 1).kind).toBe('wait');
    expect(ask(state, end - AHEAD_MS)).toMatchObject({ kind: 'granted', at: end });
  });

  test('ages them by the lead that is known', () => {
    const state = stateWith({ calls: { other: stamps(99, NOON) } });
    const wanted = {
      leaseId: 'x',
      leaseMs: 1,
      probe: false,
      clock: { worker: 'own', aheadOf: { other: 30 } },
    };
    const end = NOON + 20_280;
    expect(admit(state, end - AHEAD_MS - 1, LIMITS, wanted).kind).toBe('wait');
    expect(admit(state, end - AHEAD_MS, LIMITS, wanted)).toMatchObject({ kind: 'granted', at: end });
  });

  test('counts no permit before the newest one of its own, though the clock went back', () => {
    const state = stateWith({ calls: { own: [NOON] } });
    expect(ask(state, NOON - 60_000)).toMatchObject({ kind: 'granted', at: NOON - STAMP_MS });
  });

  test('spaces permits at a pace that was cut, and not at the usual one', () => {
    const slowed = stateWith({ cuts: { rate: { left: 75, at: NOON } } });
    const first = ask(slowed, NOON);
    if (first.kind !== 'granted') throw new Error('expected a permit');
    expect(ask(first.next, NOON)).toMatchObject({ kind: 'wait', because: 'rate' });
    const calm = ask(stateWith(), NOON);
    if (calm.kind !== 'granted') throw new Error('expected a permit');
    expect(ask(calm.next, NOON).kind).toBe('granted');
  });
});

test('drops a pause that is over with the next permit, and no other hold', () => {
  const over = { since: NOON - 3_000, until: NOON - 1_500, message: '20023', probeAt: null, openings: 1 };
  const admission = ask(stateWith({ holds: { rate: over, upstream: over } }), NOON);
  expect(admission.kind === 'granted' && admission.next.holds).toEqual({ upstream: over });
});

/** Leases of calls that are under way. */
const underWay = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `under-way-${i}`,
      { until: NOON + 60_000, stamp: { worker: 'w', at: NOON } },
    ]),
  );

describe('the slots', () => {
  const taken = (count: number, until: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`taken-${i}`, { until }]));

  test('gives nine of ten and lets the tenth look again shortly', () => {
    expect(ask(stateWith({ leases: taken(8, NOON + 60_000) }), NOON).kind).toBe('granted');
    const wait = ask(stateWith({ leases: taken(9, NOON + 60_000) }), NOON);
    expect(wait).toEqual({ kind: 'wait', until: NOON + 250, because: 'concurrency' });
  });

  test('takes back the slots of workers that were killed, at their end and not before', () => {
    const state = stateWith({ leases: taken(9, NOON + 100) });
    expect(ask(state, NOON + 99)).toMatchObject({ kind: 'wait', until: NOON + 100 });
    const admission = ask(state, NOON + 100);
    expect(admission.kind === 'granted' && Object.keys(admission.next.leases)).toHaveLength(1);
  });

  test('gives their slots to others while their leases are only remembered', () => {
    const stamp = { worker: 'killed', at: NOON - 1 };
    const leases = Object.fromEntries(
      Object.entries(taken(9, NOON + 100)).map(([id, lease]) => [id, { ...lease, stamp }]),
    );
    expect(ask(stateWith({ leases }), NOON + 99)).toMatchObject({ kind: 'wait', because: 'concurrency' });
    const admission = ask(stateWith({ leases }), NOON + 100);
    expect(admission.kind === 'granted' && Object.keys(admission.next.leases)).toHaveLength(10);
  });

  test('lets a lease last two seconds longer than asked, for clocks that are ahead', () => {
    const admission = admit(stateWith(), NOON, LIMITS, {
      leaseId: 'mine',
      leaseMs: 1_000,
      probe: false,
      clock: own,
    });
    expect(admission.kind === 'granted' && admission.next.leases).toMatchObject({
      mine: { until: NOON + 3_000 },
    });
  });

  test('gives one call at a time after a hold that five failures in a row have opened', () => {
    const upstream = { since: NOON - 2, until: NOON - 1, message: '', probeAt: null, openings: 1 };
    const failing = { failuresInRow: 5, holds: { upstream }, leases: underWay(1) };
    expect(ask(stateWith(failing), NOON)).toMatchObject({ kind: 'wait', because: 'concurrency' });
    expect(ask(stateWith({ ...failing, failuresInRow: 4 }), NOON).kind).toBe('granted');
  });
});

describe('calls that were never answered', () => {
  const upstream = { since: NOON - 2, until: NOON - 1, message: '', probeAt: NOON, openings: 1 };
  const probation = { failuresInRow: 5, holds: { upstream } };
  const lost = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`lost${i}`, { until: NOON + 180_000 }] as const),
    );

  test('are not the one call at a time that finds out whether Marketo answers', () => {
    expect(ask(stateWith({ ...probation, leases: lost(2) }), NOON).kind).toBe('granted');
    const withOne = { ...lost(2), ...underWay(1) };
    expect(ask(stateWith({ ...probation, leases: withOne }), NOON).kind).toBe('wait');
  });

  test('hold their slots all the same, because Marketo may still count them', () => {
    expect(ask(stateWith({ leases: lost(8) }), NOON).kind).toBe('granted');
    expect(ask(stateWith({ leases: lost(9) }), NOON)).toMatchObject({ kind: 'wait', because: 'concurrency' });
  });

  test('leave the probe a slot of its own, and no second one', () => {
    expect(ask(stateWith({ leases: lost(9) }), NOON, LIMITS, true).kind).toBe('granted');
    expect(ask(stateWith({ leases: lost(10) }), NOON, LIMITS, true).kind).toBe('wait');
    const narrow = { ...LIMITS, concurrency: 1 };
    expect(ask(stateWith({ leases: lost(1) }), NOON, narrow, true).kind).toBe('wait');
  });

  test('do not keep a probe behind a job that finds out, nor behind fewer slots', () => {
    expect(ask(stateWith({ ...probation, leases: underWay(1) }), NOON, LIMITS, true).kind).toBe('granted');
    const cuts = { slots: { left: 2, at: NOON } };
    expect(ask(stateWith({ cuts, leases: lost(4) }), NOON, LIMITS, true).kind).toBe('granted');
  });

  test('leave one call at a time to an overdue probe of the credentials', () => {
    const credentials = { since: 0, until: null, message: '', probeAt: NOON - 3_600_000, openings: 1 };
    const overdue = stateWith({ holds: { credentials } });
    expect(ask(overdue, NOON).kind).toBe('granted');
    expect(ask({ ...overdue, leases: underWay(1) }, NOON).kind).toBe('wait');
  });
});

describe('the day', () => {
  test('gives the last permit of the quota, and then none until a moment after midnight', () => {
    const last = ask(stateWith({ spent: 9_999 }), NOON);
    if (last.kind !== 'granted') throw new Error('expected a permit');
    expect(last.next.spent).toBe(10_000);
    const until = MIDNIGHT + DAY_MARGIN_MS;
    expect(ask(last.next, NOON)).toEqual({ kind: 'wait', until, because: 'quota' });
    expect(ask(last.next, until - 1)).toMatchObject({ kind: 'wait', because: 'quota' });
    const next = ask(last.next, until);
    expect(next.kind === 'granted' && next.next).toMatchObject({ day: '2026-11-24', spent: 1 });
  });

  test('charges calls around midnight to the new day too', () => {
    const calls = { own: [MIDNIGHT - DAY_MARGIN_MS - 1, MIDNIGHT - 1, MIDNIGHT + 1] };
    const admission = ask(stateWith({ calls, spent: 7 }), MIDNIGHT + DAY_MARGIN_MS);
    expect(admission.kind === 'granted' && admission.next.spent).toBe(3);
  });

  test('never goes back, whatever the clock says', () => {
    const admission = ask(stateWith({ day: '2026-11-24', spent: 5 }), NOON);
    expect(admission.kind === 'granted' && admission.next).toMatchObject({ day: '2026-11-24', spent: 6 });
  });
});

describe('the holds', () => {
  const hold = { since: NOON - 1, until: NOON + 5_000, message: '', probeAt: null, openings: 1 };

  test.each(['quota', 'rate', 'credentials', 'upstream', 'operator'] as const)(
    '%s closes the account until its end',
    (reason) => {
      const state = stateWith({ holds: { [reason]: hold } });
      expect(ask(state, NOON)).toEqual({ kind: 'wait', until: NOON + 5_000, because: reason });
      expect(ask(state, NOON + 5_000).kind).toBe('granted');
    },
  );

  test.each([
    ['quota', 'granted'],
    ['credentials', 'granted'],
    ['upstream', 'granted'],
    ['rate', 'wait'],
    ['operator', 'wait'],
  ] as const)('a probe under a hold of %s: %s', (reason, kind) => {
    expect(ask(stateWith({ holds: { [reason]: hold } }), NOON, LIMITS, true).kind).toBe(kind);
  });

  test('a probe does not pass the spent quota', () => {
    expect(ask(stateWith({ spent: 10_000 }), NOON, LIMITS, true).kind).toBe('wait');
  });
});

describe('the lease of a worker that was killed', () => {
  const granted = ask(stateWith(), NOON);
  if (granted.kind === 'wait') throw new Error('no permit');
  const slotEnd = NOON + 60_000 + CLOCK_SPREAD_MS;
  const [lease] = Object.values(granted.next.leases);
  if (lease === undefined) throw new Error('no lease');

  test('gives its slot back at the end of the lease, and stays to be seen', () => {
    const one = { ...LIMITS, concurrency: 1 };
    expect(ask(granted.next, slotEnd - 1, one).kind).toBe('wait');
    const next = ask(granted.next, slotEnd, one);
    expect(next.kind === 'granted' && Object.values(next.next.leases)).toContainEqual(lease);
  });

  test('goes from the document when every claim of its run is long over', () => {
    const leasesAt = (now: number) => {
      const next = ask(granted.next, now);
      return next.kind === 'granted' ? Object.values(next.next.leases) : [];
    };
    expect(leasesAt(NOON + REMEMBERED_MS - 1)).toContainEqual(lease);
    expect(leasesAt(NOON + REMEMBERED_MS)).not.toContainEqual(lease);
  });

  test('is known to have been there when it has gone, the newest of several, and one that ended is not', () => {
    const forgottenAt = (now: number, leases: BudgetState['leases']) => {
      const next = ask({ ...granted.next, leases }, now);
      return next.kind === 'granted' ? next.next.forgottenAt : null;
    };
    const older = { ...lease, stamp: { worker: 'w', at: NOON - 5_000 } };
    const ended = { until: NOON };
    const [before, after] = [NOON + REMEMBERED_MS - 1, NOON + REMEMBERED_MS];
    expect(forgottenAt(before, { 'run.dead/1': lease, 'run.ended/1': ended })).toBeUndefined();
    expect(forgottenAt(after, { 'run.dead/1': lease, 'run.older/1': older })).toBe(lease.stamp?.at);
    expect(forgottenAt(before, { 'run.dead/1': lease, 'run.older/1': older })).toBe(NOON - 5_000);
  });

  test('takes no slot in the figures once its slot is free', () => {
    expect(takenSlots(granted.next, slotEnd - 1)).toBe(1);
    expect(takenSlots(granted.next, slotEnd)).toBe(0);
  });

  test('is quiet when Marketo must be done with it, answered or not', () => {
    expect(quietEnd(lease, 180_000)).toBe(NOON + 180_000 + CLOCK_SPREAD_MS);
    expect(quietEnd({ until: NOON + 7 }, 180_000)).toBe(NOON + 7);
  });
});

describe('the log of the calls', () => {
  test('begins with a worker’s first permit', () => {
    const admission = ask(stateWith(), NOON);
    expect(admission.kind === 'granted' && admission.next.calls).toEqual({ own: [NOON] });
  });

  test('keeps what may count for either of two days, however short the window is', () => {
    const short = { ...LIMITS, windowMs: 1_000 };
    const calls = { own: [NOON - 2 * DAY_MARGIN_MS, NOON - 2 * DAY_MARGIN_MS + 1] };
    const admission = ask(stateWith({ calls }), NOON, short);
    expect(admission.kind === 'granted' && admission.next.calls).toEqual({
      own: [NOON - 2 * DAY_MARGIN_MS + 1, NOON],
    });
  });

  test('paces nobody for calls that have left the window', () => {
    const calls = { own: [...stamps(60, NOON - 20_250), ...stamps(48, NOON)] };
    const at = (own: number[]) => {
      const admission = ask(stateWith({ calls: { own } }), NOON);
      return admission.kind === 'granted' ? admission.at : null;
    };
    expect(at(calls.own)).toBe(NOON);
    expect(at(stamps(49, NOON))).toBeGreaterThan(NOON);
  });

  test('charges the new day with what was called from three seconds before it on', () => {
    const calls = { own: [MIDNIGHT - DAY_MARGIN_MS - 1, MIDNIGHT - DAY_MARGIN_MS, MIDNIGHT] };
    const admission = ask(stateWith({ calls, spent: 100 }), MIDNIGHT + DAY_MARGIN_MS);
    expect(admission.kind === 'granted' && admission.next.spent).toBe(3);
  });
});
