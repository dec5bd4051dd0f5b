import { describe, expect, test } from 'vitest';
import { createBudget } from '../../../shared/budget/gate.ts';
import type { Budget, BudgetStore, Permit, Wait } from '../../../shared/budget/port.ts';
import { UnansweredWrite } from '../../../shared/kernel/document.ts';
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
  test.each([
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

  test('a permit whose write took long is not moved for that: the calls of a slow store are late alike', async () => {
    const { budget, store } = budgetWith(null, 400);
    const permit = await budget.ask({ leaseMs: 60_000 });
    expect(permit).toMatchObject({ kind: 'granted', at: NOON });
    expect(store.writes()).toBe(1);
  });

  test('a permit whose write was quick is used as it is', async () => {
    const { budget, store } = budgetWith(null, 50);
    expect(await budget.ask({ leaseMs: 60_000 })).toMatchObject({ kind: 'granted', at: NOON });
    expect(store.writes()).toBe(1);
  });
});

type Change = BudgetStore['change'];

/** One worker's budget; another shares its store. What becomes of the one's first, second … write is for the test to say. */
function sharedBudget(changeOf: (write: number, store: BudgetStore, other: Budget) => Change) {
  let now = NOON;
  const store = memoryBudgetStore();
  const budgetOver = (over: BudgetStore, name: string) => {
    let ids = 0;
    return createBudget({
      store: over,
      limits: LIMITS,
      serverDoneMs: 180_000,
      clock: () => now,
      sleep: async () => {},
      random: () => 0.5,
      makeId: () => `${name}-${++ids}`,
    });
  };
  const other = budgetOver(store, 'other');
  let writes = 0;
  const change: Change = (at, reduce) => {
    writes += 1;
    return changeOf(writes, store, other)(at, reduce);
  };
  return {
    budget: budgetOver({ ...store, change }, 'one'),
    pass(ms: number) {
      now += ms;
    },
  };
}

const leaseIds = (answers: readonly (Permit | Wait)[]) =>
  answers.flatMap((answer) => (answer.kind === 'granted' ? [answer.leaseId] : []));

function permitIn(answer: Permit | Wait): Permit {
  if (answer.kind !== 'granted') throw new Error('expected a permit');
  return answer;
}

const noAnswer = (version: number) => new UnansweredWrite({ token: 'unknown', version }, 'no answer');

describe('a write that nobody answered', () => {
  test('gives no permit it never wrote, though a permit it was to move stands in the document', async () => {
    const { budget, pass } = sharedBudget((write, store, other) => async (at, reduce) => {
      if (write !== 3) return store.change(at, reduce);
      await other.change((state) => state);
      throw noAnswer(at.version + 1);
    });
    const first = permitIn(await budget.ask({ leaseMs: 60_000 }));
    pass(5_000);
    const under = budget.change((state) => state);
    const asks = Array.from({ length: 8 }, () => budget.ask({ leaseMs: 60_000 }));
    const answers = await Promise.all([budget.refresh(first, { leaseMs: 60_000 }), ...asks]);
    await under;
    const { leases, spent } = await budget.state();
    expect(Object.keys(leases).toSorted()).toEqual(leaseIds(answers).toSorted());
    expect(spent).toBe(9);
  });

  test('gives its permit once though it arrived after it had been looked for', async () => {
    let arrive: () => Promise<unknown> = async () => null;
    const { budget } = sharedBudget((write, store) => async (at, reduce) => {
      if (write === 1) {
        arrive = () => store.change(at, reduce);
        throw noAnswer(at.version + 1);
      }
      await arrive();
      return store.change(at, reduce);
    });
    expect((await budget.ask({ leaseMs: 60_000 })).kind).toBe('granted');
    expect((await budget.state()).spent).toBe(1);
  });

  test('moves a permit again if it did not, though its lease stands in the document', async () => {
    const { budget, pass } = sharedBudget((write, store, other) => async (at, reduce) => {
      if (write !== 2) return store.change(at, reduce);
      await other.change((state) => state);
      throw noAnswer(at.version + 1);
    });
    const permit = permitIn(await budget.ask({ leaseMs: 60_000 }));
    pass(5_000);
    const moved = permitIn(await budget.refresh(permit, { leaseMs: 60_000 }));
    expect(Object.values((await budget.state()).calls)).toEqual([[moved.at]]);
  });

  test('gives of two tries only what was in the one that arrived', async () => {
    let arrive: () => Promise<unknown> = async () => null;
    const { budget } = sharedBudget((write, store, other) => async (at, reduce) => {
      if (write > 2) return store.change(at, reduce);
      if (write === 1) arrive = () => store.change(at, reduce);
      else {
        await arrive();
        await other.change((state) => state);
      }
      throw noAnswer(at.version + 1);
    });
    const answers = await Promise.all([budget.ask({ leaseMs: 60_000 }), budget.ask({ leaseMs: 60_000 })]);
    const { leases, spent } = await budget.state();
    expect(Object.keys(leases).toSorted()).toEqual(leaseIds(answers).toSorted());
    expect(spent).toBe(2);
  });

  test.each([
    ['nobody has written since', false],
    ['another has written since', true],
  ])(
    'loses no change that was only in the second of two tries, when the first has arrived: %s',
    async (_case, isFollowed) => {
      let arrive: () => Promise<unknown> = async () => null;
      let changing: Promise<unknown> = Promise.resolve();
      const { budget } = sharedBudget((write, store, other) => async (at, reduce) => {
        if (write > 2) return store.change(at, reduce);
        if (write === 1) {
          arrive = () => store.change(at, reduce);
          changing = budget.change((state) => ({ ...state, failuresInRow: 3 }));
        } else {
          await arrive();
          if (isFollowed) await other.change((state) => state);
        }
        throw noAnswer(at.version + 1);
      });
      const permit = permitIn(await budget.ask({ leaseMs: 60_000 }));
      await changing;
      const { leases, spent, failuresInRow } = await budget.state();
      expect(Object.keys(leases)).toEqual([permit.leaseId]);
      expect({ spent, failuresInRow }).toEqual({ spent: 1, failuresInRow: 3 });
    },
  );
});
