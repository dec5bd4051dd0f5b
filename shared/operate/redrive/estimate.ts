import { quotaOpensAt, settledDay } from '../../budget/day.ts';
import { holdsInForce } from '../../budget/holds.ts';
import { effectiveLimits, sharedLimits } from '../../budget/limits.ts';
import { type BudgetState, type HoldReason, initialState } from '../../budget/state.ts';
import { goneOf } from '../../budget/usage.ts';
import type { AccountLimits } from '../../config/limits.ts';
import type { OperatePorts } from '../ports.ts';

/** What a redrive would cost and when it would be through, if nothing else were waiting. Times in epoch ms. */
export interface RedriveEstimate {
  readonly calls: number;
  /** Calls that are left of today's quota, and the whole quota of a day. */
  readonly left: number;
  readonly quota: number;
  /** The hold that keeps them waiting now; `until` null: until somebody lifts it. */
  readonly hold: { readonly reason: HoldReason; readonly until: number | null } | null;
  /** Null while a hold has no end. */
  readonly doneAt: number | null;
}

/** The estimate for so many calls as the account stands now. */
export async function readEstimate(
  { budgetStore, limits, clock }: Pick<OperatePorts, 'budgetStore' | 'limits' | 'clock'>,
  calls: number,
): Promise<RedriveEstimate> {
  const now = clock();
  return estimateRedrive(calls, (await budgetStore.get()) ?? initialState(now), limits, now);
}

/** Pure arithmetic over the budget: rate and quota of our share, the holds, and one more day for each quota that is used up. */
export function estimateRedrive(
  calls: number,
  state: BudgetState,
  limits: AccountLimits,
  now: number,
): RedriveEstimate {
  const { quota } = sharedLimits(limits);
  const spent = state.day >= settledDay(now) ? goneOf(state, limits) : 0;
  const [hold] = holdsInForce(state, now);
  const left = hold?.reason === 'quota' ? 0 : Math.max(0, quota - spent);
  const known = {
    calls,
    left,
    quota,
    hold: hold === undefined ? null : { reason: hold.reason, until: hold.until },
  };
  if (hold !== undefined && hold.until === null) return { ...known, doneAt: null };
  const startsAt = Math.max(now, hold?.until ?? now);
  const rate = effectiveLimits(limits, state.cuts, startsAt);
  const available = settledDay(startsAt) > settledDay(now) ? quota : left;
  const { at, remaining } = lastDay(calls, available, quota, startsAt);
  return { ...known, doneAt: at + Math.ceil((remaining / rate.calls) * rate.windowMs) };
}

/** The day on which the last of the calls is made, and how many are made on it. */
function lastDay(
  calls: number,
  available: number,
  quota: number,
  startsAt: number,
): { at: number; remaining: number } {
  let [at, remaining, today] = [startsAt, calls, available];
  while (remaining > today) {
    remaining -= today;
    today = quota;
    at = quotaOpensAt(settledDay(at));
  }
  return { at, remaining };
}
