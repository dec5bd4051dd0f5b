import type { CallLog, Stamp } from './call-log.ts';
import { settledDay } from './day.ts';

/** Why the account is closed to every job. */
export const HOLD_REASONS = ['quota', 'rate', 'credentials', 'upstream', 'operator'] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

/** Times in epoch ms; `until` null: until somebody or a probe lifts it. */
export interface Hold {
  readonly since: number;
  readonly until: number | null;
  /** What Marketo said, or what the operator should read. No secret, no personal data. */
  readonly message: string;
  /** When the warden should probe next; null where probing makes no sense (rate, operator). */
  readonly probeAt: number | null;
  /** How often it was opened again without an hour of peace between: doubles the length of `upstream`. */
  readonly openings: number;
}

/** A slot of the concurrency limit, and the one trace of a call whose worker was killed. */
export interface Lease {
  /** When the slot is free again, also if nobody gives it back. */
  readonly until: number;
  /** When Marketo must be done with what the permit was for; absent: at `until`. So long the lease stays to be seen. */
  readonly quiet?: number;
  /** Where its permit stands in `calls`. */
  readonly stamp?: Stamp;
}

/** Until when a call of this lease may still be running at Marketo, whatever became of its worker. */
export const quietEnd = (lease: Lease): number => Math.max(lease.until, lease.quiet ?? lease.until);

/** The leases that take a slot now; the others are only remembered. */
export const takenSlots = (state: BudgetState, now: number): number =>
  Object.values(state.leases).filter((lease) => lease.until > now).length;

/** Narrows rate and slots after a throttle answer; decays with time. 0 is none, 3 the most. */
export interface Caution {
  readonly level: number;
  readonly changedAt: number;
}

/** The one document of the account. Everything in it is plain data; the arithmetic is in `admit` and `report`. */
export interface BudgetState {
  /** The civil day in America/Chicago, YYYY-MM-DD. Only moves forward. */
  readonly day: string;
  /** Permits given this civil day. */
  readonly spent: number;
  readonly calls: CallLog;
  readonly leases: Readonly<Record<string, Lease>>;
  readonly holds: Readonly<Partial<Record<HoldReason, Hold>>>;
  readonly caution: Caution;
  /** Transient failures in a row across the account, and the operations of five "access denied" in a row (REST). */
  readonly failuresInRow: number;
  readonly deniedInRow: readonly string[];
  /** When `upstream` was last opened and how often within the hour. */
  readonly upstreamOpenedAt: number | null;
  readonly upstreamOpenings: number;
}

/** The account before its first write. */
export const initialState = (now: number): BudgetState => ({
  day: settledDay(now),
  spent: 0,
  calls: {},
  leases: {},
  holds: {},
  caution: { level: 0, changedAt: 0 },
  failuresInRow: 0,
  deniedInRow: [],
  upstreamOpenedAt: null,
  upstreamOpenings: 0,
});
