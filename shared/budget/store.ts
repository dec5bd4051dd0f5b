import type { Changed, Copy, Reduce } from '../kernel/document.ts';
import type { BudgetState } from './state.ts';

/**
 * Where the account's budget lives: one document under compare-and-swap (see `Documents`, whose promises it keeps).
 * Nothing here decides anything; `admit` and the reducers in this folder do.
 */
export interface BudgetStore {
  /** The state alone, strongly consistent; null before the first write. */
  get(): Promise<BudgetState | null>;
  /** The same with its envelope. */
  read(): Promise<Copy<BudgetState | null>>;
  change(at: Copy<BudgetState | null>, reduce: Reduce<BudgetState>): Promise<Changed<BudgetState>>;
}
