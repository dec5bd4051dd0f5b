import { civilDay, daySpan } from './day.ts';
import type { BudgetState } from './state.ts';
import { CLOCK_SPREAD_MS } from './worker-clock.ts';

/**
 * How long before and after midnight it is not certain which day Marketo counts a call in: the clocks' two seconds,
 * and a second from the permit to the server.
 */
export const DAY_MARGIN_MS = CLOCK_SPREAD_MS + 1_000;

/** The day that has surely begun. */
export const settledDay = (now: number): string => civilDay(now - DAY_MARGIN_MS);

/** When the next day's quota may be used: a moment after midnight, because a fast clock reaches it too early. */
export const quotaOpensAt = (day: string): number => daySpan(day).end + DAY_MARGIN_MS;

/**
 * Moves the state to today, never back. Calls around midnight are charged to both days, since either may be the one
 * Marketo charged. `times` are the logged calls on the own clock.
 */
export function rollDay(state: BudgetState, times: readonly number[], now: number): BudgetState {
  const today = settledDay(now);
  if (today <= state.day) return state;
  const from = daySpan(today).start - DAY_MARGIN_MS;
  return { ...state, day: today, spent: times.filter((at) => at >= from).length };
}
