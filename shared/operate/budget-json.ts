import type { HoldInForce } from '../budget/holds.ts';
import { type Narrowing, narrowings } from '../budget/narrowing.ts';
import type { BudgetState, HoldReason } from '../budget/state.ts';
import { type BudgetFigures, budgetFigures, clockOffOf, closures } from '../budget/status.ts';
import type { AccountLimits } from '../config/limits.ts';
import { isoOrNull, isoTime } from '../kernel/clock.ts';

/** The account's budget: Marketo's limits times the share. */
export interface BudgetJson extends HoldsJson, Omit<BudgetFigures, 'resetsAt'> {
  readonly account: string;
  readonly resetsAt: string;
  /** What lets less through than usual while the account is open; absent while nothing does. */
  readonly narrowings?: readonly NarrowingJson[];
  /** A worker's clock is that far ahead of the store's (negative: behind), and it sends nothing; absent otherwise. */
  readonly clockOff?: { readonly aheadMs: number; readonly at: string };
}

export interface NarrowingJson extends Pick<Narrowing, 'of' | 'limit' | 'reason' | 'message'> {
  readonly until: string | null;
}

/** What closes the account: the hold that lasts longest, and all of them. */
interface HoldsJson {
  readonly hold: HoldJson | null;
  readonly holds: readonly HoldJson[];
}

interface HoldJson {
  readonly reason: HoldReason;
  readonly until: string | null;
  readonly since: string;
}

export function budgetJson(
  account: string,
  state: BudgetState,
  limits: AccountLimits,
  now: number,
): BudgetJson {
  const { day, spent, jobsPerCall, others, limit, left, resetsAt, rate, slots } = budgetFigures(
    state,
    limits,
    now,
  );
  const narrow = narrowings(state, limits, now);
  const off = clockOffOf(state, now);
  return {
    account,
    day,
    spent,
    jobsPerCall,
    others,
    limit,
    left,
    resetsAt: isoTime(resetsAt),
    rate,
    slots,
    ...holdsJson(closures(state, limits, now)),
    ...(narrow.length === 0 ? {} : { narrowings: narrow.map(narrowingJson) }),
    ...(off === null ? {} : { clockOff: { ...off, at: isoTime(off.at) } }),
  };
}

const narrowingJson = ({ of, limit, reason, until, message }: Narrowing): NarrowingJson => ({
  of,
  limit,
  reason,
  until: isoOrNull(until),
  message,
});

export function holdsJson(inForce: readonly HoldInForce[]): HoldsJson {
  const holds = inForce.map(({ reason, until, since }) => ({
    reason,
    until: isoOrNull(until),
    since: isoTime(since),
  }));
  return { hold: holds[0] ?? null, holds };
}
