import { FUNCTION_TIMEOUT_S } from '../config/limits.ts';
import { type CallLog, CLOCK_SPREAD_MS, type Stamp } from './call-log.ts';
import { settledDay } from './day.ts';
import type { Cuts } from './pace.ts';

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
  /** An operator wants a probe now, whatever `probeAt` says. */
  readonly asked?: true;
}

/** A slot of the concurrency limit, and the one trace of a call whose worker was killed. */
export interface Lease {
  /** When the slot is free again, also if nobody gives it back. */
  readonly until: number;
  /** Where its permit stands in `calls`; absent once the call has ended without an answer, `until` is then its quiet end. */
  readonly stamp?: Stamp;
  /** How long Marketo may take over this very request, where that is not the transport's usual time. */
  readonly doneMs?: number;
}

/**
 * How long after its permit a lease that nobody has given back is remembered, beyond the end of its slot: so long a run that
 * takes a job over can see whether the run before it, a whole invocation and its claim long, had a permit when it died.
 */
export const REMEMBERED_MS = (FUNCTION_TIMEOUT_S + 330) * 1_000;

/** Until when the lease stands in the document. */
export const rememberedUntil = ({ until, stamp }: Lease): number =>
  stamp === undefined ? until : Math.max(until, stamp.at + REMEMBERED_MS);

/** Its call has ended here without an answer: nobody waits for it any more, and Marketo may still count it. */
export const isUnanswered = ({ stamp }: Lease): boolean => stamp === undefined;

/** From when on Marketo has nothing to do any more with a request that was sent at `sentAt`, by whichever worker's clock. */
export const quietFrom = (sentAt: number, doneMs: number): number => sentAt + doneMs + CLOCK_SPREAD_MS;

/** Until when its call may still be running at Marketo, whatever became of its worker. */
export const quietEnd = ({ until, stamp, doneMs }: Lease, serverDoneMs: number): number =>
  stamp === undefined ? until : Math.max(until, quietFrom(stamp.at, doneMs ?? serverDoneMs));

/** The leases that take a slot now; the others are only remembered. */
export const takenSlots = (state: BudgetState, now: number): number =>
  Object.values(state.leases).filter((lease) => lease.until > now).length;

/** The one document of the account. Everything in it is plain data; the arithmetic is in `admit` and `report`. */
export interface BudgetState {
  /** The civil day in America/Chicago, YYYY-MM-DD. Only moves forward. */
  readonly day: string;
  /** Permits given this civil day. */
  readonly spent: number;
  /** Jobs that the calls of this civil day have done or refused: several may share one. */
  readonly carried: number;
  readonly calls: CallLog;
  readonly leases: Readonly<Record<string, Lease>>;
  /** Of the leases that nobody gave back and that stand here no more: when the newest permit was given. Absent: there were none. */
  readonly forgottenAt?: number;
  readonly holds: Readonly<Partial<Record<HoldReason, Hold>>>;
  readonly cuts: Cuts;
  /** Who wrote this, and when by that worker's own clock: what the others learn its clock from. Absent before the first write. */
  readonly writer?: Stamp;
  /** Workers that were given nothing for long, and when each has last said so by its own clock. Absent: none. */
  readonly overdue?: Readonly<Record<string, number>>;
  /** Transient failures in a row across the account, and the operations of five "access denied" in a row (REST). */
  readonly failuresInRow: number;
  /** Of that row the first calls that have no job in common, each as the digests of its jobs. Absent: none. */
  readonly failedCalls?: readonly string[];
  readonly deniedInRow: readonly string[];
  /** What others, and we, had spent of the day when Marketo was last asked for its own count (`at`, epoch ms). Absent: never asked. */
  readonly usage?: {
    readonly day: string;
    readonly others: number;
    readonly spent: number;
    readonly at: number;
  };
  /** When `upstream` was last opened and how often within the hour. */
  readonly upstreamOpenedAt: number | null;
  readonly upstreamOpenings: number;
  /** When a probe last showed that the account works, though a hold of this reason had closed it. */
  readonly provenAt?: Readonly<Partial<Record<'credentials' | 'upstream', number>>>;
  /** A worker has found its clock that far ahead of the store's (negative: behind), and sends nothing. `at` by the store's. */
  readonly clockOff?: { readonly aheadMs: number; readonly at: number };
}

/** The account before its first write. */
export const initialState = (now: number): BudgetState => ({
  day: settledDay(now),
  spent: 0,
  carried: 0,
  calls: {},
  leases: {},
  holds: {},
  cuts: {},
  failuresInRow: 0,
  deniedInRow: [],
  upstreamOpenedAt: null,
  upstreamOpenings: 0,
});
