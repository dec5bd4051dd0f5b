import type { AccountLimits } from '../config/limits.ts';
import { HOUR_MS, MINUTE_MS } from '../kernel/clock.ts';
import { daySpan, settledDay } from './day.ts';
import { holdsInForce } from './holds.ts';
import { sharedLimits } from './limits.ts';
import type { BudgetState } from './state.ts';

/** Marketo's own count of a day's calls, by everybody. */
export interface Usage {
  /** The civil day in America/Chicago, YYYY-MM-DD. */
  readonly day: string;
  readonly total: number;
}

/** Four calls an hour; what others spend in between is at most a few hundred. */
const EVERY_MS = 15 * MINUTE_MS;
/** Nobody says in which zone its day ends, nor how late a call is in it: near midnight it may be the other day's. */
const NEAR_MIDNIGHT_MS = HOUR_MS;

/** Whether Marketo should be asked for its count now. While nothing of ours is called, what others spend takes nothing from anybody. */
export function isUsageDue(state: BudgetState, now: number): boolean {
  const { start, end } = daySpan(settledDay(now));
  const isNearMidnight = now < start + NEAR_MIDNIGHT_MS || now > end - NEAR_MIDNIGHT_MS;
  const isNews = state.spent > (state.usage?.day === state.day ? state.usage.spent : 0);
  const isOpen = holdsInForce(state, now).length === 0;
  return isNews && isOpen && !isNearMidnight && now - (state.usage?.at ?? 0) >= EVERY_MS;
}

/** What others have spent by a count of Marketo's. It only grows within a day: a count may be behind, and never ahead. */
export function withUsage(state: BudgetState, { day, total }: Usage, at: number): BudgetState {
  const known = knownOthers(state);
  const others = day === state.day ? Math.max(known, total - state.spent) : known;
  return { ...state, usage: { day: state.day, others, spent: state.spent, at } };
}

const knownOthers = ({ usage, day }: BudgetState): number => (usage?.day === day ? usage.others : 0);

/** Calls of the day by other integrations, when Marketo was last asked; null: it was not asked today. */
export const othersOf = (state: BudgetState, day: string): number | null =>
  state.usage?.day === day ? state.usage.others : null;

/** How many calls of our part of the day are gone: our own, and what others have taken beyond theirs. */
export function goneOf(state: BudgetState, limits: AccountLimits): number {
  const theirPart = limits.dailyQuota - sharedLimits(limits).quota;
  return state.spent + Math.max(0, knownOthers(state) - theirPart);
}
