import { describe, expect, test } from 'vitest';
import { stampAt } from '../../../shared/budget/call-log.ts';
import { createBudget } from '../../../shared/budget/gate.ts';
import { pause, resume } from '../../../shared/budget/holds.ts';
import { PATIENCE_MS } from '../../../shared/budget/overdue.ts';
import {
  type Budget,
  type BudgetStore,
  type CallReport,
  FRESH_PERMIT_MS,
  type Permit,
  type Wait,
} from '../../../shared/budget/port.ts';
import { UnansweredWrite } from '../../../shared/kernel/document.ts';
import { seededRandom } from '../../../shared/kernel/random.ts';
import {
  type MemoryBudgetStore,
  memoryBudgetStore,
  type WriteTrouble,
} from '../../memory/memory-budget-store.ts';
import { type VirtualTime, virtualTime } from '../../memory/virtual-time.ts';
import { LIMITS, NOON } from './states.ts';

interface World {
  readonly time: VirtualTime;
  readonly store: MemoryBudgetStore;
  /** What happens to the next writes, in turn; afterwards all is well. */
  readonly troubles: WriteTrouble[];
  gate(overStore?: BudgetStore): Budget;
  /** Runs the clock until the promise has settled. */
  until<T>(promise: Promise<T>): Promise<T>;
}

function world(latencyMs = 2): World {
  const time = virtualTime(NOON);
  const troubles: WriteTrouble[] = [];
  const store = memoryBudgetStore({
    delay: () => time.sleep(latencyMs),
    trouble: () => troubles.shift() ?? null,
  });
  let gates = 0;
  return {
    time,
    store,
    troubles,
    gate(overStore = store) {
      gates += 1;
      const name = `gate${gates}`;
      let ids = 0;
      return createBudget({
        store: overStore,
        limits: LIMITS,
        serverDoneMs: 180_000,
        clock: time.clock,
        sleep: time.sleep,
        random: seededRandom(gates),
        makeId: () => `${name}-${++ids}`,
      });
    },
    async until(promise) {
      let settled = false;
      promise.then(
        () => {
          settled = true;
        },
        () => {
          settled = true;
        },
      );
      await time.run(() => settled);
      return promise;
    },
  };
}

const isPermit = (answer: Permit | Wait): answer is Permit => answer.kind === 'granted';

function permitIn(answer: Permit | Wait): Permit {
  if (!isPermit(answer)) throw new Error(`expected a permit, got a wait because of ${answer.because}`);
  return answer;
}

const reportOf = (permit: Permit, more: Partial<CallReport> = {}): CallReport => ({
  leaseId: permit.leaseId,
  operation: 'syncLead',
  jobIds: ['job'],
  sentAt: permit.at,
  endedAt: permit.at,
  replied: true,
  signal: { kind: 'fine' },
  ...more,
});

const asks = (budget: Budget, count: number) =>
  Promise.all(Array.from({ length: count }, () => budget.ask({ leaseMs: 60_000 })));

describe('the gate', () => {
  test('gives many permits in two writes: what comes in during the first goes into the second', async () => {
    const { gate, until, store } = world();
    const answers = await until(asks(gate(), 12));
    expect(answers.filter(isPermit)).toHaveLength(9);
    expect(store.writes()).toBeLessThanOrEqual(2);
  });

  test('writes nothing for an ask that has to wait', async () => {
    const { gate, until, store } = world();
    const budget = gate();
    await until(asks(budget, 9));
    const before = store.writes();
    expect(await until(budget.ask({ leaseMs: 1 }))).toMatchObject({ kind: 'wait', because: 'concurrency' });
    expect(store.writes()).toBe(before);
  });

  test('gives a slot back with the next ask, in one write', async () => {
    const { gate, until, store } = world();
    const budget = gate();
    const permit = permitIn(await until(budget.ask({ leaseMs: 60_000 })));
    await until(budget.report(reportOf(permit)));
    expect(store.writes()).toBe(1);
    const next = permitIn(await until(budget.ask({ leaseMs: 60_000 })));
    expect(store.writes()).toBe(2);
    expect(Object.keys((await until(budget.state())).leases)).toEqual([next.leaseId]);
  });

  /** Whether the slot of one call of `taken`, which has ended, stands in the document just before and at `withinMs`. */
  async function standsUntil(taken: number, withinMs: number): Promise<readonly boolean[]> {
    const { gate, until, time } = world();
    const budget = gate();
    const [first] = (await until(asks(budget, taken))).map(permitIn);
    if (first === undefined) throw new Error('expected permits');
    await until(budget.report(reportOf(first)));
    const stands = async () => first.leaseId in (await until(budget.state())).leases;
    await until(time.sleep(withinMs - 200));
    const before = await stands();
    await until(time.sleep(300));
    return [before, await stands()];
  }

  test('gives a slot back by itself after two seconds while few are free', async () => {
    expect(await standsUntil(7, 2_000)).toEqual([true, false]);
  });

  test('gives a slot back by itself after four seconds while more are free', async () => {
    expect(await standsUntil(6, 4_000)).toEqual([true, false]);
  });

  test('gives a slot back at once on flush', async () => {
    const { gate, until } = world();
    const budget = gate();
    const permit = permitIn(await until(budget.ask({ leaseMs: 60_000 })));
    await until(budget.report(reportOf(permit)));
    await until(budget.flush());
    expect((await until(budget.state())).leases).toEqual({});
  });

  test('sees a slot that another worker gave back', async () => {
    const { gate, until, time } = world();
    const [one, other] = [gate(), gate()];
    const [first] = (await until(asks(one, 9))).map(permitIn);
    if (first === undefined) throw new Error('expected a permit');
    expect((await until(other.ask({ leaseMs: 1 }))).kind).toBe('wait');
    await until(one.report(reportOf(first)));
    await until(one.flush());
    await until(time.sleep(1_000));
    expect((await until(other.ask({ leaseMs: 1 }))).kind).toBe('granted');
  });

  test.each([['lost'], ['failed'], ['conflict']] as const)(
    'counts a call once though its write was %s',
    async (trouble) => {
      const { gate, until, troubles } = world();
      const budget = gate();
      troubles.push(trouble);
      const permit = permitIn(await until(budget.ask({ leaseMs: 60_000 })));
      const state = await until(budget.state());
      expect(state.spent).toBe(1);
      expect(Object.values(state.calls).flat()).toHaveLength(1);
      expect(Object.keys(state.leases)).toEqual([permit.leaseId]);
    },
  );

  test('counts a call once though its reply was lost and another worker has written since', async () => {
    const { gate, until, store } = world();
    const other = gate();
    let lost = false;
    const losing: BudgetStore = {
      ...store,
      async change(at, reduce) {
        const changed = await store.change(at, reduce);
        if (lost || changed.kind === 'left') return changed;
        lost = true;
        await other.ask({ leaseMs: 60_000 });
        throw new UnansweredWrite(changed.copy, 'the reply was lost');
      },
    };
    permitIn(await until(gate(losing).ask({ leaseMs: 60_000 })));
    expect((await until(other.state())).spent).toBe(2);
  });

  test('judges whether a permit is late by what a write of this store takes', async () => {
    const { gate, until, time, store } = world(200);
    const budget = gate();
    for (let i = 0; i < 20; i += 1) {
      const each = permitIn(await until(budget.ask({ leaseMs: 60_000 })));
      await until(budget.report(reportOf(each)));
    }
    const permit = permitIn(await until(budget.ask({ leaseMs: 60_000 })));
    const before = store.writes();
    expect(time.clock() - permit.at).toBeGreaterThan(FRESH_PERMIT_MS);
    expect(await until(budget.refresh(permit, { leaseMs: 60_000 }))).toEqual(permit);
    expect(store.writes()).toBe(before);
    await until(time.sleep(2 * FRESH_PERMIT_MS));
    expect(permitIn(await until(budget.refresh(permit, { leaseMs: 60_000 }))).at).toBeGreaterThan(permit.at);
  });

  test('gives permits up to a second ahead, and hands each out when it counts', async () => {
    const { gate, until, time, store } = world();
    const budget = gate();
    for (let i = 0; i < 49; i += 1) {
      const each = permitIn(await until(budget.ask({ leaseMs: 60_000 })));
      await until(budget.report(reportOf(each)));
    }
    const before = store.writes();
    const handedOut = async () => {
      const permit = permitIn(await budget.ask({ leaseMs: 60_000 }));
      return { at: permit.at, lateMs: time.clock() - permit.at };
    };
    const askedAt = time.clock();
    const permits = await until(Promise.all(Array.from({ length: 4 }, handedOut)));
    expect(Math.min(...permits.map(({ at }) => at - askedAt))).toBeGreaterThan(200);
    expect(permits.every(({ lateMs }) => lateMs >= 0 && lateMs < 50)).toBe(true);
    expect(store.writes()).toBeLessThanOrEqual(before + 2);
  });

  test('takes a permit back that was given ahead of a hold, with its place in the window', async () => {
    const { gate, until, time } = world();
    const budget = gate();
    for (let i = 0; i < 49; i += 1) {
      const each = permitIn(await until(budget.ask({ leaseMs: 60_000 })));
      await until(budget.report(reportOf(each)));
    }
    const ahead = budget.ask({ leaseMs: 60_000 });
    await until(time.sleep(50));
    await until(budget.change((state, now) => pause(state, now, 'by hand')));
    expect(await until(ahead)).toMatchObject({ kind: 'wait', because: 'operator' });
    await until(budget.flush());
    const { spent, calls, leases } = await until(budget.state());
    expect([spent, Object.values(calls).flat().length, leases]).toEqual([49, 49, {}]);
  });

  test('lets a worker go first that was given nothing for long, and no longer than a moment', async () => {
    const { gate, until, time, store } = world();
    const [one, other] = [gate(), gate()];
    const permits = (await until(asks(one, 9))).map(permitIn);
    const before = store.writes();
    await until(other.ask({ leaseMs: 1 }));
    await until(time.sleep(PATIENCE_MS - 100));
    await until(other.ask({ leaseMs: 1 }));
    expect(store.writes()).toBe(before);
    await until(time.sleep(200));
    await until(other.ask({ leaseMs: 1 }));
    await until(other.ask({ leaseMs: 1 }));
    expect(store.writes()).toBe(before + 1);
    for (const permit of permits) await until(one.report(reportOf(permit)));
    await until(one.flush());
    await until(time.sleep(1_000));
    expect(await until(one.ask({ leaseMs: 1 }))).toMatchObject({ kind: 'wait' });
    permitIn(await until(other.ask({ leaseMs: 60_000 })));
    await until(time.sleep(100));
    permitIn(await until(one.ask({ leaseMs: 60_000 })));
  });

  test('refreshes a permit without spending another, and gives it up if it is too old to be moved', async () => {
    const { gate, until, time } = world();
    const budget = gate();
    const permit = permitIn(await until(budget.ask({ leaseMs: 60_000 })));
    await until(time.sleep(5_000));
    const moved = permitIn(await until(budget.refresh(permit, { leaseMs: 60_000 })));
    expect(moved.at).toBeGreaterThanOrEqual(permit.at + 5_000);
    const state = await until(budget.state());
    expect(state.spent).toBe(1);
    expect(Object.values(state.calls)).toEqual([[stampAt(moved.at)]]);
    await until(time.sleep(30_000));
    permitIn(await until(budget.refresh(moved, { leaseMs: 60_000 })));
    expect((await until(budget.state())).spent).toBe(2);
  });

  test('leaves a permit that is fresh as it is, without a write', async () => {
    const { gate, until, time, store } = world();
    const budget = gate();
    const permit = permitIn(await until(budget.ask({ leaseMs: 60_000 })));
    await until(time.sleep(permit.at + FRESH_PERMIT_MS - time.clock()));
    expect(await until(budget.refresh(permit, { leaseMs: 60_000 }))).toEqual(permit);
    expect(store.writes()).toBe(1);
    await until(time.sleep(10));
    expect(permitIn(await until(budget.refresh(permit, { leaseMs: 60_000 }))).at).toBeGreaterThan(permit.at);
    expect(store.writes()).toBe(2);
  });

  test('tells an error to who asks while the store is down, and keeps the slots to give back for later', async () => {
    const { gate, until, troubles, time } = world();
    const budget = gate();
    const permit = permitIn(await until(budget.ask({ leaseMs: 600_000 })));
    await until(budget.report(reportOf(permit)));
    troubles.push(...Array.from({ length: 1_000 }, (): WriteTrouble => 'failed'));
    await expect(until(budget.ask({ leaseMs: 1 }))).rejects.toThrow('injected trouble');
    troubles.length = 0;
    await until(time.sleep(60_000));
    await until(budget.flush());
    expect((await until(budget.state())).leases).toEqual({});
  });

  test('answers a report with the hold it opened, and only that one', async () => {
    const { gate, until } = world();
    const budget = gate();
    const [first, second] = (await until(asks(budget, 2))).map(permitIn);
    if (first === undefined || second === undefined) throw new Error('expected two permits');
    const signal = { kind: 'credentials-refused', message: '20014' } as const;
    expect(await until(budget.report(reportOf(first, { signal })))).toBe('credentials');
    expect(await until(budget.report(reportOf(second, { signal })))).toBeNull();
    expect(await until(budget.closed())).toEqual({ reason: 'credentials', until: null });
  });

  test('writes a hold at once, so that other workers obey it', async () => {
    const { gate, until, time } = world();
    const [one, other] = [gate(), gate()];
    const permit = permitIn(await until(one.ask({ leaseMs: 60_000 })));
    permitIn(await until(other.ask({ leaseMs: 60_000 })));
    await until(one.report(reportOf(permit, { signal: { kind: 'rate-limited', message: '20023' } })));
    await until(time.sleep(100));
    expect(await until(other.ask({ leaseMs: 1 }))).toMatchObject({ kind: 'wait', because: 'rate' });
  });

  test('foresees what a permit would wait for, and takes none', async () => {
    const { gate, until, time } = world();
    const budget = gate();
    expect(await until(budget.outlook())).toBeNull();
    const { calls } = await until(budget.state());
    expect(calls).toEqual({});
    await until(budget.change((state, now) => pause(state, now, 'by hand')));
    const wait = await until(budget.outlook());
    expect(wait).toMatchObject({ kind: 'wait', because: 'operator' });
    expect((wait?.until ?? 0) - time.clock()).toBeGreaterThan(5_000);
  });

  test('foresees that the window is full, until it is not', async () => {
    const { gate, until, time } = world();
    const budget = gate();
    for (let i = 0; i < 200; i += 1) {
      const answer = await until(budget.ask({ leaseMs: 1 }));
      if (answer.kind === 'wait' && answer.until - time.clock() > 5_000) break;
      if (answer.kind === 'wait') await until(time.sleep(Math.max(1, answer.until - time.clock())));
      else await until(budget.report(reportOf(answer)));
    }
    const wait = await until(budget.outlook());
    expect(wait).toMatchObject({ kind: 'wait', because: 'rate' });
    await until(time.sleep(Math.max(1, (wait?.until ?? 0) - time.clock())));
    expect(await until(budget.outlook())).toBeNull();
  });

  test('pauses and resumes', async () => {
    const { gate, until } = world();
    const budget = gate();
    const paused = await until(budget.change((state, now) => pause(state, now, 'by hand')));
    expect(paused.holds.operator?.message).toBe('by hand');
    expect(await until(budget.ask({ leaseMs: 1 }))).toMatchObject({ kind: 'wait', because: 'operator' });
    expect(await until(budget.ask({ leaseMs: 1, probe: true }))).toMatchObject({ because: 'operator' });
    await until(budget.change(resume));
    expect(await until(budget.closed())).toBeNull();
    permitIn(await until(budget.ask({ leaseMs: 1 })));
  });

  test('turns nobody away for a hold that somebody else has just lifted', async () => {
    const { gate, until } = world();
    const [worker, operator] = [gate(), gate()];
    await until(operator.change((state, now) => pause(state, now, 'by hand')));
    expect(await until(worker.closed())).toMatchObject({ reason: 'operator' });
    await until(operator.change(resume));
    expect(await until(worker.closed())).toBeNull();
    await until(operator.change((state, now) => pause(state, now, 'by hand')));
    expect(await until(worker.ask({ leaseMs: 1 }))).toMatchObject({ because: 'operator' });
    await until(operator.change(resume));
    permitIn(await until(worker.ask({ leaseMs: 1 })));
  });

  test('lets no worker starve while ten contend for the slots', async () => {
    const { gate, until, time } = world();
    const served = Array.from({ length: 10 }, () => 0);
    const workers = served.map(async (_, index) => {
      const budget = gate();
      const work = async () => {
        while (time.clock() < NOON + 120_000) {
          const answer = await budget.ask({ leaseMs: 60_000 });
          if (!isPermit(answer)) {
            await time.sleep(Math.max(1, answer.until - time.clock()));
            continue;
          }
          await time.sleep(500);
          served[index] = (served[index] ?? 0) + 1;
          await budget.report(reportOf(answer));
        }
      };
      await Promise.all([work(), work(), work(), work(), work()]);
    });
    await until(Promise.all(workers));
    const total = served.reduce((sum, count) => sum + count, 0);
    expect(total).toBeGreaterThan(500);
    expect(Math.min(...served)).toBeGreaterThan(total / 100);
  }, 600_000);
});
