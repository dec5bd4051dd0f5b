import type { AccountLimits } from '../config/limits.ts';
import {
  type CallLog,
  CLOCK_SPREAD_MS,
  callsAfter,
  callTimes,
  STAMP_MS,
  stampAt,
  type WorkerClock,
} from './call-log.ts';
import { DAY_MARGIN_MS, daySpan, quotaOpensAt, settledDay } from './day.ts';
import { type HoldInForce, holdsInForce, isUnprobed, onProbation } from './holds.ts';
import { type EffectiveLimits, effectiveLimits, sharedLimits } from './limits.ts';
import { isOthersTurn, withoutOverdue } from './overdue.ts';
import type { Wait } from './port.ts';
import { type BudgetState, isUnanswered, type Lease, rememberedUntil } from './state.ts';
import { goneOf } from './usage.ts';

/** One permit, please. `leaseId` is unique per permit; `leaseMs` must outlast the call's total deadline. */
export interface Wanted {
  readonly leaseId: string;
  readonly leaseMs: number;
  /** How long Marketo may take over the request; absent: the transport's usual time. */
  readonly doneMs?: number | undefined;
  /** Passes the holds that a probe can lift. */
  readonly probe: boolean;
  readonly clock: WorkerClock;
}

export type Admission = { readonly kind: 'granted'; readonly next: BudgetState; readonly at: number } | Wait;

/** For a slot there is no known time: another worker may give one back at any moment. */
const LOOK_AGAIN_MS = 250;
/** A hold without an end is worth another look after this long. */
const HOLD_LOOK_MS = 60_000;

/**
 * Gives one permit against all three limits, or says until when to wait and because of what. Several permits are several
 * calls of this, each on the state the last one left, and one write of the end.
 * Total: any state, any clock. No permit counts from before the newest call that this worker itself has logged.
 */
export function admit(state: BudgetState, now: number, limits: AccountLimits, wanted: Wanted): Admission {
  const times = callTimes(state.calls, wanted.clock, now);
  const today = withoutExpiredLeases(rollDay(state, times, now), now);
  const keep = effectiveLimits(limits, today.cuts, now);
  // The newest stands rounded up in the log.
  const newest = Math.max(now, (times.at(-1) ?? now) - STAMP_MS);
  const at = inPace(times, newest, keep);
  const wait =
    waitForHold(today, now, wanted.probe) ??
    waitForQuota(today, keep, limits) ??
    waitForRate(at, newest, now, keep) ??
    waitForTurn(today, now, wanted) ??
    waitForSlot(today, now, slotsFor(today, now, keep, limits, wanted.probe));
  if (wait !== null) return wait;
  return { kind: 'granted', at, next: withPermit(today, now, at, keep, wanted) };
}

/**
 * Moves the state to today, never back. Calls around midnight are charged to both days, since either may be the one
 * Marketo charged. `times` are the logged calls on the own clock.
 */
function rollDay(state: BudgetState, times: readonly number[], now: number): BudgetState {
  const today = settledDay(now);
  if (today <= state.day) return state;
  const from = daySpan(today).start - DAY_MARGIN_MS;
  return { ...state, day: today, spent: times.filter((at) => at >= from).length, carried: 0 };
}

function waitForHold(state: BudgetState, at: number, probe: boolean): Wait | null {
  const hold = holdsInForce(state, at).find(
    ({ reason }) => !probe || reason === 'operator' || reason === 'rate',
  );
  return hold === undefined ? null : { kind: 'wait', until: lookAgainAt(hold, at), because: hold.reason };
}

const lookAgainAt = (hold: HoldInForce, at: number): number =>
  hold.until ?? Math.max(hold.probeAt ?? 0, at + HOLD_LOOK_MS);

function waitForQuota(state: BudgetState, keep: EffectiveLimits, limits: AccountLimits): Wait | null {
  if (goneOf(state, limits) < keep.quota) return null;
  return { kind: 'wait', until: quotaOpensAt(state.day), because: 'quota' };
}

/** From when the next call may count, and no earlier than `from`. */
function inPace(times: readonly number[], from: number, keep: EffectiveLimits): number {
  const full = (times.at(-keep.calls) ?? Number.NEGATIVE_INFINITY) + keep.windowMs;
  const isPaced = times.filter((time) => time > from - keep.windowMs).length >= keep.unpaced;
  const paced = isPaced ? (times.at(-keep.together) ?? Number.NEGATIVE_INFINITY) + keep.paceMs : full;
  return Math.max(from, Math.ceil(full), Math.ceil(paced));
}

/**
 * Whoever waits asks again before the permit counts: at that moment there would be none left. Not as soon as it may be given,
 * either: half of that time later there is more than one to be had, and one write takes them all.
 */
const waitForRate = (at: number, newest: number, now: number, { aheadMs }: EffectiveLimits): Wait | null =>
  at <= Math.max(newest, now + aheadMs) ? null : { kind: 'wait', until: at - aheadMs / 2, because: 'rate' };

/** When the other one was served cannot be known either. */
function waitForTurn(state: BudgetState, now: number, { clock, probe }: Wanted): Wait | null {
  if (probe || !isOthersTurn(state, clock, now)) return null;
  return { kind: 'wait', until: now + LOOK_AGAIN_MS, because: 'concurrency' };
}

interface Slots {
  /** Of all calls that Marketo may be counting. */
  readonly inAll: number;
  /** Of the calls that are under way. */
  readonly underWay: number;
}

/**
 * While it is open whether the account works, one call at a time finds out: one whose answer never came is not under way any
 * more. A probe may take the slot that the guard band leaves free, so that it never waits behind what it is made for.
 */
function slotsFor(
  state: BudgetState,
  at: number,
  keep: EffectiveLimits,
  limits: AccountLimits,
  probe: boolean,
): Slots {
  if (probe) {
    const inAll = Math.max(keep.slots, sharedLimits(limits).slots);
    return { inAll, underWay: inAll };
  }
  const findsOut = onProbation(state) || isUnprobed(state, at);
  return { inAll: keep.slots, underWay: findsOut ? 1 : keep.slots };
}

function waitForSlot(state: BudgetState, at: number, slots: Slots): Wait | null {
  const leases = Object.values(state.leases).filter((lease) => lease.until > at);
  const underWay = leases.filter((lease) => !isUnanswered(lease));
  if (leases.length < slots.inAll && underWay.length < slots.underWay) return null;
  const ends = leases.map((lease) => lease.until);
  return { kind: 'wait', until: Math.min(at + LOOK_AGAIN_MS, ...ends), because: 'concurrency' };
}

function withPermit(
  state: BudgetState,
  now: number,
  at: number,
  keep: EffectiveLimits,
  wanted: Wanted,
): BudgetState {
  const { leaseId, leaseMs, doneMs, clock } = wanted;
  const stamp = { worker: clock.worker, at: stampAt(at) };
  // The spread: a clock that is ahead must not take the slot back early.
  const lease: Lease = {
    until: at + leaseMs + CLOCK_SPREAD_MS,
    stamp,
    ...(doneMs === undefined ? {} : { doneMs }),
  };
  const own = [...(state.calls[clock.worker] ?? []), stamp.at];
  return {
    ...withoutOverdue(state, clock, now),
    holds: withoutPause(state.holds),
    spent: state.spent + 1,
    calls: withoutOldCalls({ ...state.calls, [clock.worker]: own }, clock, now, keep.windowMs),
    leases: { ...state.leases, [leaseId]: lease },
  };
}

/** A pause that is over says nothing any more, and its words would be written with every permit. */
function withoutPause({ rate: _over, ...holds }: BudgetState['holds']): BudgetState['holds'] {
  return holds;
}

/** What has left the window on this clock, with what it knows of the others', has left it on every clock. */
const withoutOldCalls = (calls: CallLog, clock: WorkerClock, at: number, windowMs: number): CallLog =>
  callsAfter(calls, clock, at - Math.max(windowMs, 2 * DAY_MARGIN_MS));

/** A lease that goes here was its worker's who was killed: that there was one is remembered. */
function withoutExpiredLeases(state: BudgetState, at: number): BudgetState {
  const isLive = ([, lease]: readonly [string, Lease]): boolean => rememberedUntil(lease) > at;
  const all = Object.entries(state.leases);
  const forgotten = all.filter((entry) => !isLive(entry)).flatMap(([, { stamp }]) => stamp?.at ?? []);
  const leases = Object.fromEntries(all.filter(isLive));
  if (forgotten.length === 0) return { ...state, leases };
  return { ...state, leases, forgottenAt: Math.max(state.forgottenAt ?? 0, ...forgotten) };
}
