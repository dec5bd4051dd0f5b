import type { BudgetState } from '../../shared/budget/state.ts';
import type { BudgetStore } from '../../shared/budget/store.ts';

/** What can go wrong with one write. `lost`: applied, but the caller sees an error. `failed`: neither. */
export type WriteTrouble = 'conflict' | 'lost' | 'failed' | null;

export interface MemoryBudgetTroubles {
  /** Asked before every write. */
  trouble?(): WriteTrouble;
  /** Waited for before and after the document is touched, as a network would. */
  delay?(): Promise<void>;
}

export interface MemoryBudgetStore extends BudgetStore {
  /** Writes that were tried, whether or not they succeeded. */
  readonly writes: () => number;
  readonly reads: () => number;
}

/** The account's document in memory, copied in and out as JSON so that nothing is shared. */
export function memoryBudgetStore(troubles: MemoryBudgetTroubles = {}): MemoryBudgetStore {
  let stored: string | null = null;
  let writes = 0;
  let reads = 0;
  const delay = troubles.delay ?? (async () => undefined);
  const parsed = (): BudgetState | null => (stored === null ? null : (JSON.parse(stored) as BudgetState));
  return {
    writes: () => writes,
    reads: () => reads,
    async read() {
      reads += 1;
      await delay();
      const state = parsed();
      await delay();
      return state;
    },
    async replace(next) {
      writes += 1;
      const trouble = troubles.trouble?.() ?? null;
      await delay();
      const current = parsed();
      const own = current?.writeToken === next.writeToken;
      const fits = (current?.version ?? 0) === next.version - 1;
      if (trouble === null || trouble === 'lost') if (fits) stored = JSON.stringify(next);
      await delay();
      if (trouble === 'lost' || trouble === 'failed') throw new Error(`injected trouble: ${trouble}`);
      if (own || (fits && trouble === null)) return { kind: 'written' };
      return { kind: 'conflict', stored: current };
    },
  };
}
