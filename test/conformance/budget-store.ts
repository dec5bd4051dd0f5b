import { describe, expect, test } from 'vitest';
import type { BudgetStore } from '../../shared/budget/port.ts';
import { type BudgetState, initialState } from '../../shared/budget/state.ts';
import type { Documents } from '../../shared/kernel/document.ts';
import { describeChange } from './change-suite.ts';

const AT = Date.parse('2026-11-22T12:00:00.000Z');

const full = (message: string): BudgetState => ({
  ...initialState(AT),
  spent: 3,
  calls: { one: [AT, AT + 50], 'an-other': [AT + 2_000] },
  leases: {
    'lease-1': { until: AT + 60_001 },
    'lease-2': { until: AT + 60_002, stamp: { worker: 'an-other', at: AT + 2_000 }, doneMs: 0 },
    'lease-3': { until: AT - 7, stamp: { worker: 'a-third', at: AT }, doneMs: 180_000 },
  },
  writer: { worker: 'one', at: AT + 3 },
  overdue: { one: AT },
  holds: {
    quota: { since: AT, until: AT + 1, message, probeAt: AT + 2, openings: 1 },
    operator: { since: AT, until: null, message: '', probeAt: null, openings: 1 },
  },
  cuts: { rate: { left: 60, at: AT }, slots: { left: 8, at: AT + 1 } },
  failuresInRow: 2,
  deniedInRow: ['getLead', 'syncLead'],
  upstreamOpenedAt: AT,
  upstreamOpenings: 2,
});

/** What every budget store must do. `make` answers a store whose account has never been written. */
export function budgetStoreConformance(name: string, make: () => Promise<BudgetStore>): void {
  describe(`${name} as a budget store`, () => {
    describeChange<BudgetState>(async () => {
      const store = await make();
      const { id } = await store.read();
      return { id, make: full, documents: { read: store.read, change: changeOf(store) } };
    });

    test('reads null before the first write', async () => {
      expect(await (await make()).get()).toBeNull();
    });

    test('reads back what was written, every field of it', async () => {
      const store = await make();
      await write(store, full('used up'));
      expect(await store.get()).toEqual(full('used up'));
    });

    test('reads back empty maps and lists', async () => {
      const store = await make();
      await write(store, initialState(AT));
      expect(await store.get()).toEqual(initialState(AT));
    });

    test('takes the next version, and drops what the next state does not have', async () => {
      const store = await make();
      await write(store, full('used up'));
      await write(store, initialState(AT));
      expect(await store.get()).toEqual(initialState(AT));
    });
  });
}

const write = async (store: BudgetStore, state: BudgetState) => store.change(await store.read(), () => state);

/** A budget store has one document, and is never changed by its name. */
const changeOf =
  (store: BudgetStore): Documents<BudgetState>['change'] =>
  async (at, reduce) =>
    store.change(typeof at === 'string' ? await store.read() : at, reduce);
