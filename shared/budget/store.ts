import type { BudgetState } from './state.ts';

/**
 * Where the account's budget lives: one document, replaced by compare-and-swap on its version.
 * Nothing here decides anything; `admit` and the reducers in this folder do.
 */
export interface BudgetStore {
  /** A strongly consistent read; null if the account has never been written. */
  read(): Promise<BudgetState | null>;
  /**
   * Writes `next` if the stored version is `next.version - 1` (or nothing is stored and `next.version` is 1).
   * `conflict` brings what is stored instead. A write whose reply was lost is recognised by `next.writeToken`
   * and answered `written`.
   */
  replace(next: BudgetState): Promise<Replaced>;
}

export type Replaced =
  | { readonly kind: 'written' }
  | { readonly kind: 'conflict'; readonly stored: BudgetState | null };
