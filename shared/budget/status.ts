import type { AccountLimits } from '../config/limits.ts';
import { daySpan, settledDay } from './day.ts';
import { type HoldInForce, holdsInForce } from './holds.ts';
import { sharedLimits } from './limits.ts';
import { type BudgetState, takenSlots } from './state.ts';
import { goneOf, othersOf } from './usage.ts';

/** What is used of the account and what is left: Marketo's limits times the share. Times in epoch ms. */
export interface BudgetFigures {
  readonly day: string;
  /** By our own count. */
  readonly spent: number;
  /** How many jobs a call of the day was for, on average: several may share one; null before the first. */
  readonly jobsPerCall: number | null;
  /** By other integrations, when Marketo was last asked; null: it was not asked today. */
  readonly others: number | null;
  readonly limit: number;
  readonly left: number;
  readonly resetsAt: number;
  readonly rate: { readonly used: number; readonly limit: number; readonly windowMs: number };
  readonly slots: { readonly used: number; readonly limit: number };
}

export function budgetFigures(state: BudgetState, limits: AccountLimits, now: number): BudgetFigures {
  const shared = sharedLimits(limits);
  const { day, spent, gone } = today(state, limits, now);
  const calls = Object.values(state.calls).flat();
  return {
    day,
    spent,
    jobsPerCall: spent === 0 ? null : Math.round((10 * state.carried) / spent) / 10,
    others: othersOf(state, day),
    limit: shared.quota,
    left: Math.max(0, shared.quota - gone),
    resetsAt: daySpan(day).end,
    rate: {
      // A permit that was given ahead counts from its own moment.
      used: calls.filter((at) => at > now - limits.windowMs && at <= now).length,
      limit: shared.calls,
      windowMs: limits.windowMs,
    },
    slots: {
      used: takenSlots(state, now),
      limit: shared.slots,
    },
  };
}

/** Why the account is closed: the holds in force, and the quota if our own count of it is spent. Longest first. */
export function closures(state: BudgetState, limits: AccountLimits, now: number): readonly HoldInForce[] {
  const holds = holdsInForce(state, now);
  const { day, spent, gone } = today(state, limits, now);
  if (gone < sharedLimits(limits).quota || holds.some(({ reason }) => reason === 'quota')) return holds;
  const since = Math.min(now, Math.max(daySpan(day).start, ...Object.values(state.calls).flat()));
  const message =
    gone === spent
      ? `all ${spent} calls of the day are spent`
      : `all calls of the day are spent: ${spent} here, ${othersOf(state, day) ?? 0} by others`;
  const own: HoldInForce = { reason: 'quota', since, until: daySpan(day).end, message, probeAt: null };
  const isLonger = (hold: HoldInForce) => hold.until === null || hold.until >= daySpan(day).end;
  return [...holds.filter(isLonger), own, ...holds.filter((hold) => !isLonger(hold))];
}

/** The stored day moves with the next permit; until then an account at rest shows its last day's figures. */
function today(
  state: BudgetState,
  limits: AccountLimits,
  now: number,
): { readonly day: string; readonly spent: number; readonly gone: number } {
  const day = settledDay(now);
  if (day > state.day) return { day, spent: 0, gone: 0 };
  return { day: state.day, spent: state.spent, gone: goneOf(state, limits) };
}

/** A clock that is off is written each minute. */
const CLOCK_NEWS_MS = 5 * 60_000;

/** A worker that sends nothing because of its clock, if one has said so of late. */
export function clockOffOf(
  { clockOff }: BudgetState,
  now: number,
): NonNullable<BudgetState['clockOff']> | null {
  return clockOff === undefined || Math.abs(now - clockOff.at) > CLOCK_NEWS_MS ? null : clockOff;
}

/** When the day's quota will be spent at the pace of the day so far; null if it lasts to the reset. */
export function exhaustionForecast(state: BudgetState, limits: AccountLimits, now: number): number | null {
  const { day, gone } = today(state, limits, now);
  const { start, end } = daySpan(day);
  const left = sharedLimits(limits).quota - gone;
  if (left <= 0) return now;
  if (gone === 0 || now <= start) return null;
  const at = now + (left * (now - start)) / gone;
  return at < end ? at : null;
}

/** The first calls of a day say nothing of the rest of it: with fewer than this part of the quota gone it is held to last. */
const TELLING_PART = 0.01;

/** Whether the day's quota will last to its end. Near the limit every call should carry as much as it can. */
export function willLast(state: BudgetState, limits: AccountLimits, now: number): boolean {
  const { gone } = today(state, limits, now);
  return gone < sharedLimits(limits).quota * TELLING_PART || exhaustionForecast(state, limits, now) === null;
}
