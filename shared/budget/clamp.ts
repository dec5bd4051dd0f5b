import { MINUTE_MS } from '../kernel/clock.ts';
import { CLOCK_SPREAD_MS } from './call-log.ts';
import { civilDay, daySpan, settledDay } from './day.ts';
import { LONGEST_UPSTREAM_MS } from './holds.ts';
import { type Cuts, PACE } from './pace.ts';
import { QUOTA_PROBE_MARGIN_MS } from './probe.ts';
import { type BudgetState, HOLD_REASONS, type Hold, type HoldReason, type Lease } from './state.ts';

/** Two clocks that are both a little off, in opposite directions, and the second of a `Date`. */
const MOST_AHEAD_MS = 3 * CLOCK_SPREAD_MS;
/** No function runs longer, and no call outlives its function. */
const LONGEST_LEASE_MS = 15 * 60_000;

/**
 * The document without the stamps that cannot be real, because they lie in the future: a worker whose clock was ahead has left
 * them, and the account would stand still until then. Only for a reader whose own clock is known to be right.
 */
export function clamped(state: BudgetState, now: number): BudgetState {
  const at = (stamp: number): number => (stamp > now + MOST_AHEAD_MS ? now : stamp);
  const next: BudgetState = {
    ...state,
    day: state.day > civilDay(now + MOST_AHEAD_MS) ? settledDay(now) : state.day,
    calls: Object.fromEntries(
      Object.entries(state.calls).map(([worker, stamps]) => [worker, stamps.map(at).sort((a, b) => a - b)]),
    ),
    leases: Object.fromEntries(
      Object.entries(state.leases).map(([id, lease]) => [id, clampedLease(lease, now, at)]),
    ),
    holds: Object.fromEntries(
      HOLD_REASONS.flatMap((reason) => {
        const hold = state.holds[reason];
        return hold === undefined ? [] : [[reason, clampedHold(reason, hold, now)] as const];
      }),
    ),
    cuts: clampedCuts(state.cuts, at),
    ...(state.overdue === undefined ? {} : { overdue: mapValues(state.overdue, at) }),
    upstreamOpenedAt: state.upstreamOpenedAt === null ? null : at(state.upstreamOpenedAt),
    ...(state.provenAt === undefined ? {} : { provenAt: clampedProof(state.provenAt, at) }),
  };
  return JSON.stringify(next) === JSON.stringify(state) ? state : next;
}

const mapValues = (stamps: Readonly<Record<string, number>>, at: (stamp: number) => number) =>
  Object.fromEntries(Object.entries(stamps).map(([worker, stamp]) => [worker, at(stamp)]));

const clampedCuts = ({ rate, slots }: Cuts, at: (stamp: number) => number): Cuts => ({
  ...(rate === undefined ? {} : { rate: { ...rate, at: at(rate.at) } }),
  ...(slots === undefined ? {} : { slots: { ...slots, at: at(slots.at) } }),
});

type Proof = NonNullable<BudgetState['provenAt']>;

const clampedProof = ({ credentials, upstream }: Proof, at: (stamp: number) => number): Proof => ({
  ...(credentials === undefined ? {} : { credentials: at(credentials) }),
  ...(upstream === undefined ? {} : { upstream: at(upstream) }),
});

/** By as much as its permit was ahead, and never longer than any call runs. */
function clampedLease(lease: Lease, now: number, at: (stamp: number) => number): Lease {
  const { stamp } = lease;
  const aheadMs = stamp === undefined ? 0 : stamp.at - at(stamp.at);
  const until = Math.min(lease.until - aheadMs, now + LONGEST_LEASE_MS + MOST_AHEAD_MS);
  return { ...lease, until, ...(stamp === undefined ? {} : { stamp: { ...stamp, at: at(stamp.at) } }) };
}

function clampedHold(reason: HoldReason, hold: Hold, now: number): Hold {
  const within = (time: number | null, longestMs: number): number | null =>
    time !== null && time > now + longestMs + MOST_AHEAD_MS ? now + longestMs : time;
  const since = within(hold.since, 0) ?? hold.since;
  const toMidnightMs = daySpan(civilDay(now)).end - now;
  switch (reason) {
    case 'rate':
      return { ...hold, since, until: within(hold.until, PACE.pauseMs) };
    case 'upstream':
      return {
        ...hold,
        since,
        until: within(hold.until, LONGEST_UPSTREAM_MS),
        probeAt: within(hold.probeAt, MINUTE_MS),
      };
    case 'credentials':
      return { ...hold, since, probeAt: within(hold.probeAt, MINUTE_MS) };
    case 'quota':
      return {
        ...hold,
        since,
        until: within(hold.until, toMidnightMs),
        probeAt: within(hold.probeAt, toMidnightMs + QUOTA_PROBE_MARGIN_MS),
      };
    case 'operator':
      return { ...hold, since };
  }
}
