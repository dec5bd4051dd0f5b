import { NO_CAUTION } from './caution.ts';
import { settledDay } from './day-roll.ts';
import type { BudgetState } from './state.ts';

/** The account before its first write (version 0: the first write makes it 1). */
export const initialState = (now: number): BudgetState => ({
  version: 0,
  writeToken: '',
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
