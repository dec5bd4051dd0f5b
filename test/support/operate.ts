import type { OperatePorts } from '../../shared/operate/ports.ts';
import { memoryBudgetStore } from '../memory/memory-budget-store.ts';
import { memoryStore } from './asking.ts';
import { type Faults, letterWorld } from './letters.ts';

/** A stack as an operator reaches it, in memory, with a quota of a thousand calls a day. */
export function operateWorld(faults: Faults = {}) {
  const world = letterWorld(faults);
  const ports = {
    ...world.ports,
    account: 'default',
    limits: { ratePerWindow: 100, windowMs: 20_000, concurrency: 10, dailyQuota: 1_000, share: 1 },
    budgetStore: memoryBudgetStore(),
    directoryStore: memoryStore(),
    oldestMessageAge: async (): Promise<number | null> => null,
  } satisfies OperatePorts;
  // The same world: what a test sets on it is what its ports look at.
  return Object.assign(world, { ports });
}
