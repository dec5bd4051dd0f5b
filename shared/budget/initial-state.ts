import { NO_CAUTION } from './caution.ts';
import { settledDay } from './day-roll.ts';
import type { BudgetState } from './state.ts';

/** The account before its first write. */
export const initialState = (now: number): BudgetState => ({
  day: settledDay(now),
  spent: 0,
  calls: {},
  leases: {},
  holds: {},
  caution: NO_CAUTION,
  failuresInRow: 0,
  deniedInRow: [],
  upstreamOpenedAt: null,
  upstreamOpenings: 0,
});
