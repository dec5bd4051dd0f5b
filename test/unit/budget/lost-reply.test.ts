import { describe, expect, it } from 'vitest';
import { createBudget } from '../../../shared/budget/gate.ts';
import { memoryBudgetStore, type WriteTrouble } from '../../memory/memory-budget-store.ts';
import { LIMITS, NOON } from './states.ts';

/** One worker's budget. The first write ends in `trouble`, and each of its delays takes `slowMs`. */
function budgetWith(trouble: WriteTrouble, slowMs = 0) {
  let now = NOON;
  let ids = 0;
  const store = memoryBudgetStore({
    trouble: () => (store.writes() === 1 ? trouble : null),
    delay: async () => {
      if (store.writes() === 1) now += slowMs;
    },
  });
  const budget = createBudget({
    store,
    limits: LIMITS,
    serverDoneMs: 180_000,
    clock: () => now,
    sleep: async () => {},
    random: () => 0.5,
    makeId: () => `id${++ids}`,
  });
  return { budget, store, now: () => now };
}

describe('a permit', () => {
  it.each([
    ['lost', 1],
    ['failed', 2],
  ] as const)(
    'a permit whose write lost its reply is given once (%s: %i writes)',
    async (trouble, writes) => {
      const { budget, store } = budgetWith(trouble);
      expect(await budget.ask({ leaseMs: 60_000 })).toMatchObject({ kind: 'granted', at: NOON });
      const state = await budget.state();
      expect(state.spent).toBe(1);
      expect(Object.values(state.calls).flat()).toEqual([NOON]);
      expect(Object.keys(state.leases)).toHaveLength(1);
      expect(store.writes()).toBe(writes);
    },
  );

  it('a permit whose write took long counts from when it is handed out', async () => {
    const { budget, now } = budgetWith(null, 400);
    const permit = await budget.ask({ leaseMs: 60_000 });
    expect(now()).toBe(NOON + 800);
    expect(permit).toMatchObject({ kind: 'granted', at: NOON + 800 });
    expect(Object.values((await budget.state()).calls).flat()).toEqual([NOON + 800]);
  });

  it('a permit whose write was quick is used as it is', async () => {
    const { budget, store } = budgetWith(null, 50);
    expect(await budget.ask({ leaseMs: 60_000 })).toMatchObject({ kind: 'granted', at: NOON });
    expect(store.writes()).toBe(1);
  });
});
