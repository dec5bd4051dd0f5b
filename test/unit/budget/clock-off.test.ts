import { describe, expect, test } from 'vitest';
import { createBudget } from '../../../shared/budget/gate.ts';
import type { Budget, BudgetStore } from '../../../shared/budget/port.ts';
import { createStoreClock } from '../../../shared/budget/store-clock.ts';
import { seededRandom } from '../../../shared/kernel/random.ts';
import { memoryBudgetStore } from '../../memory/memory-budget-store.ts';
import { LIMITS, NOON, stateWith } from './states.ts';

const HOUR_MS = 3_600_000;

/** Workers on one document, each with a clock that may be off; the store tells the time in whole seconds. */
function account() {
  let now = NOON;
  const store = memoryBudgetStore();
  const worker = (name: string, offMs = 0, date = true) => {
    let off = offMs;
    const clock = () => now + off;
    const storeClock = createStoreClock();
    const dated = async <T>(effect: () => Promise<T>): Promise<T> => {
      const sentAt = clock();
      const answer = await effect();
      const seconds = date ? Math.floor(now / 1_000) * 1_000 : Number.NaN;
      storeClock.observe({ sentAt, receivedAt: clock(), date: seconds });
      return answer;
    };
    const watched: BudgetStore = {
      get: () => dated(() => store.get()),
      read: () => dated(() => store.read()),
      change: (at, reduce) => dated(() => store.change(at, reduce)),
    };
    const told: number[] = [];
    let ids = 0;
    const budget = createBudget({
      store: watched,
      limits: LIMITS,
      serverDoneMs: 180_000,
      clock,
      sleep: async () => {},
      random: seededRandom(1),
      makeId: () => `${name}${++ids}`,
      storeClock,
      onClockOff: (aheadMs) => told.push(aheadMs),
    });
    return {
      budget,
      told,
      set: (ms: number) => {
        off = ms;
      },
    };
  };
  return {
    store,
    worker,
    advance: (ms: number) => {
      now += ms;
    },
    now: () => now,
  };
}

/** Asks and gives back at once, until it has to wait. */
async function callsOf(budget: Budget, most = 200): Promise<number> {
  for (let calls = 0; calls < most; calls += 1) {
    const permit = await budget.ask({ leaseMs: 60_000 });
    if (permit.kind === 'wait') return calls;
    await budget.report({
      leaseId: permit.leaseId,
      operation: 'o',
      jobIds: ['j'],
      sentAt: permit.at,
      endedAt: permit.at,
      replied: true,
      signal: { kind: 'upstream-failure', message: '' },
    });
  }
  return most;
}
const ask = (budget: Budget) => budget.ask({ leaseMs: 60_000 });

describe('a worker whose clock is off', () => {
  test.each([HOUR_MS, -HOUR_MS, 4_000, -4_000])(
    'by %d ms is given nothing, and says so once a minute',
    async (off) => {
      const { worker, store } = account();
      const { budget, told } = worker('a', off);
      for (let i = 0; i < 3; i += 1)
        expect(await ask(budget)).toMatchObject({ kind: 'wait', because: 'rate' });
      expect(told).toHaveLength(1);
      const state = await store.get();
      expect(state?.calls).toEqual({});
      expect(state?.clockOff?.at).toBeCloseTo(NOON, -4);
      expect(Math.sign(state?.clockOff?.aheadMs ?? 0)).toBe(Math.sign(off));
    },
  );

  test.each([2_000, -1_900])('by %d ms, which nothing proves, works like any other', async (off) => {
    const { worker } = account();
    expect((await ask(worker('a', off).budget)).kind).toBe('granted');
  });

  test('takes nobody’s slot back and calls nobody past the limit', async () => {
    const { worker, store } = account();
    const right = worker('right').budget;
    for (let i = 0; i < 9; i += 1) await ask(right);
    expect((await ask(worker('ahead', HOUR_MS).budget)).kind).toBe('wait');
    expect(Object.keys((await store.get())?.leases ?? {})).toHaveLength(9);
  });

  test('that jumps in the middle of its work is found out before the next permit', async () => {
    const { worker, store } = account();
    const { budget, set } = worker('a');
    expect((await ask(budget)).kind).toBe('granted');
    const before = await store.get();
    set(HOUR_MS);
    expect((await ask(budget)).kind).toBe('wait');
    expect((await store.get())?.leases).toEqual(before?.leases);
  });

  test('works again as soon as it is right, without a restart', async () => {
    const { worker, advance } = account();
    const { budget, set } = worker('a', HOUR_MS);
    expect((await ask(budget)).kind).toBe('wait');
    set(0);
    advance(10_000);
    expect((await ask(budget)).kind).toBe('granted');
  });

  test('reports its calls in the store’s time', async () => {
    const { worker, store, advance } = account();
    const { budget, set } = worker('a');
    const permit = await ask(budget);
    set(HOUR_MS);
    await ask(budget);
    advance(1_000);
    const sentAt = permit.kind === 'granted' ? permit.at + HOUR_MS : null;
    const leaseId = permit.kind === 'granted' ? permit.leaseId : '';
    const signal = { kind: 'neutral' } as const;
    const ended = { leaseId, operation: 'o', jobIds: [], sentAt, endedAt: NOON, replied: false, signal };
    await budget.report(ended);
    const until = (await store.get())?.leases[leaseId]?.until ?? 0;
    expect(Math.abs(until - (NOON + 182_000))).toBeLessThan(4_000);
  });

  test('is believed where the store does not tell the time, which costs no read each time', async () => {
    const { worker, store } = account();
    const { budget } = worker('a', HOUR_MS, false);
    await ask(budget);
    const before = store.reads();
    await ask(budget);
    expect(store.reads()).toBe(before);
  });
});

describe('what a clock that was ahead has left in the document', () => {
  const AHEAD = NOON + HOUR_MS;

  test('stops nobody for longer than a window', async () => {
    const { worker, store, advance } = account();
    const calls = { gone: Array.from({ length: 99 }, (_, i) => AHEAD + i) };
    await store.change(await store.read(), () => stateWith({ calls, spent: 99 }));
    const { budget } = worker('right');
    expect(await callsOf(budget)).toBe(0);
    for (let i = 0; i < 10; i += 1) {
      advance(2_000);
      await budget.state();
      await ask(budget);
    }
    advance(2_000);
    expect((await ask(budget)).kind).toBe('granted');
  });

  test('is left alone by a reader whose own clock nobody has confirmed', async () => {
    const { worker, store } = account();
    const calls = { gone: [AHEAD] };
    await store.change(await store.read(), () => stateWith({ calls }));
    const { budget } = worker('unconfirmed', 0, false);
    await budget.change((state) => state);
    expect((await store.get())?.calls).toEqual(calls);
  });
});
