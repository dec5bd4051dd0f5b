import { describe, expect, it } from 'vitest';
import { initialState } from '../../shared/budget/initial-state.ts';
import type { BudgetState } from '../../shared/budget/state.ts';
import type { BudgetStore } from '../../shared/budget/store.ts';

const AT = Date.parse('2026-11-22T12:00:00.000Z');

const numbered = (version: number, writeToken: string, more: Partial<BudgetState> = {}): BudgetState => ({
  ...initialState(AT),
  version,
  writeToken,
  ...more,
});

const full = (version: number, writeToken: string): BudgetState =>
  numbered(version, writeToken, {
    spent: 3,
    calls: { one: [AT, AT + 1], 'an-other': [AT + 2] },
    leases: { 'lease-1': { until: AT + 60_000 } },
    holds: {
      quota: { since: AT, until: AT + 1, message: 'used up', probeAt: AT + 2, openings: 1 },
      operator: { since: AT, until: null, message: '', probeAt: null, openings: 1 },
    },
    caution: { level: 1.25, changedAt: AT },
    failuresInRow: 2,
    deniedInRow: ['getLead', 'syncLead'],
    upstreamOpenedAt: AT,
    upstreamOpenings: 2,
  });

/** What every budget store must do. `make` answers a store whose account has never been written. */
export function budgetStoreConformance(name: string, make: () => Promise<BudgetStore>): void {
  describe(`${name} as a budget store`, () => {
    it('reads null before the first write', async () => {
      expect(await (await make()).read()).toBeNull();
    });

    it('reads back what was written, every field of it', async () => {
      const store = await make();
      expect(await store.replace(full(1, 'a'))).toEqual({ kind: 'written' });
      expect(await store.read()).toEqual(full(1, 'a'));
    });

    it('reads back empty maps and lists', async () => {
      const store = await make();
      await store.replace(numbered(1, 'a'));
      expect(await store.read()).toEqual(numbered(1, 'a'));
    });

    it('takes the next version, and drops what the next state does not have', async () => {
      const store = await make();
      await store.replace(full(1, 'a'));
      expect(await store.replace(numbered(2, 'b'))).toEqual({ kind: 'written' });
      expect(await store.read()).toEqual(numbered(2, 'b'));
    });

    it('refuses a first write to an account that exists, and brings what is stored', async () => {
      const store = await make();
      await store.replace(full(1, 'a'));
      expect(await store.replace(numbered(1, 'b'))).toEqual({ kind: 'conflict', stored: full(1, 'a') });
      expect(await store.read()).toEqual(full(1, 'a'));
    });

    it('refuses a version that does not follow, and brings what is stored', async () => {
      const store = await make();
      await store.replace(numbered(1, 'a'));
      expect(await store.replace(numbered(3, 'b'))).toEqual({ kind: 'conflict', stored: numbered(1, 'a') });
    });

    it('refuses a later version where nothing is stored', async () => {
      expect(await (await make()).replace(numbered(2, 'a'))).toEqual({ kind: 'conflict', stored: null });
    });

    it('knows its own write again by the token, as after a lost reply', async () => {
      const store = await make();
      await store.replace(numbered(1, 'a'));
      await store.replace(numbered(2, 'b'));
      expect(await store.replace(numbered(2, 'b'))).toEqual({ kind: 'written' });
      expect((await store.read())?.version).toBe(2);
    });

    it('lets exactly one of many writers of a version through', async () => {
      const store = await make();
      await store.replace(numbered(1, 'a'));
      const outcomes = await Promise.all(
        ['b', 'c', 'd', 'e', 'f'].map((token) => store.replace(numbered(2, token))),
      );
      expect(outcomes.filter(({ kind }) => kind === 'written')).toHaveLength(1);
    });
  });
}
