import { type BudgetState, initialState } from '../../../shared/budget/state.ts';
import type { AccountLimits } from '../../../shared/config/limits.ts';

/** Noon in Chicago, in winter. */
export const NOON = Date.parse('2026-11-23T18:00:00.000Z');
export const MIDNIGHT = Date.parse('2026-11-24T06:00:00.000Z');

export const LIMITS: AccountLimits = {
  ratePerWindow: 100,
  windowMs: 20_000,
  concurrency: 10,
  dailyQuota: 10_000,
  share: 1,
};

export const stateWith = (more: Partial<BudgetState> = {}, now: number = NOON): BudgetState => ({
  ...initialState(now),
  ...more,
});
