import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { civilDay } from '../../shared/budget/day.ts';
import { createBudget } from '../../shared/budget/gate.ts';
import type { AccountLimits } from '../../shared/config/limits.ts';
import { seededRandom } from '../../shared/kernel/random.ts';
import { memoryBudgetStore } from '../memory/memory-budget-store.ts';
import { virtualTime } from '../memory/virtual-time.ts';

/**
 * Several gates over one store, each on a clock of its own, and beside them a model that knows the true time and nothing
 * of the budget: it sees calls begin and end, and holds them against Marketo's limits.
 */
interface Workload {
  readonly seed: number;
  /** Per worker: what its clock is off by. All within two seconds of each other and of the truth. */
  readonly offsets: readonly number[];
  /** Per worker: when it wants calls (ms from the start), and how many. */
  readonly bursts: readonly (readonly { readonly at: number; readonly count: number }[])[];
  readonly serviceMs: number;
  /** Of a hundred writes, so many lose their reply, fail, or are refused. */
  readonly troublePercent: number;
  readonly startsAt: number;
  readonly quota: number;
}

interface Seen {
  readonly sentAt: number;
  readonly endedAt: number;
}

const MIDNIGHT = Date.parse('2026-11-24T06:00:00.000Z');
const SPRING_MIDNIGHT = Date.parse('2026-03-09T05:00:00.000Z');
const NOON = Date.parse('2026-11-23T18:00:00.000Z');
const LIMITS: Omit<AccountLimits, 'dailyQuota'> = {
  ratePerWindow: 100,
  windowMs: 20_000,
  concurrency: 10,
  share: 1,
};
const PATIENCE_MS = 120_000;
const LEASE_MS = 60_000;
/** Minutes of simulated time take seconds of real time, on a busy machine many: the limit is only against hanging. */
const LONG_MS = 600_000;

async function run(workload: Workload): Promise<readonly Seen[]> {
  const random = seededRandom(workload.seed);
  const time = virtualTime(workload.startsAt);
  const troubles = ['lost', 'failed', 'conflict'] as const;
  const store = memoryBudgetStore({
    delay: () => time.sleep(Math.ceil(random() * 12)),
    trouble: () =>
      random() * 100 < workload.troublePercent ? (troubles[Math.floor(random() * 3)] ?? null) : null,
  });
  const seen: Seen[] = [];
  let open = 0;

  workload.offsets.forEach((offset, index) => {
    const clock = () => time.clock() + offset;
    let ids = 0;
    const budget = createBudget({
      store,
      limits: { ...LIMITS, dailyQuota: workload.quota },
      serverDoneMs: 180_000,
      clock,
      sleep: time.sleep,
      random,
      makeId: () => `w${index}-${++ids}`,
    });
    const call = async (): Promise<void> => {
      const giveUpAt = time.clock() + PATIENCE_MS;
      while (time.clock() < giveUpAt) {
        const permit = await budget.ask({ leaseMs: LEASE_MS });
        if (permit.kind === 'wait') {
          await time.sleep(Math.min(10_000, Math.max(1, permit.until - clock())));
          continue;
        }
        await time.sleep(Math.floor(random() * 80));
        const sentAt = clock();
        const seenAt = time.clock();
        await time.sleep(Math.floor(workload.serviceMs * random()));
        seen.push({ sentAt: seenAt, endedAt: time.clock() });
        await time.sleep(5);
        const { leaseId } = permit;
        const signal = { kind: 'fine' } as const;
        await budget.report({
          leaseId,
          operation: 'x',
          jobIds: ['job'],
          sentAt,
          endedAt: clock(),
          replied: true,
          signal,
        });
        return;
      }
    };
    for (const { at, count } of workload.bursts[index] ?? []) {
      for (let i = 0; i < count; i += 1) {
        open += 1;
        time.schedule(workload.startsAt + at, () => {
          void call()
            .catch(() => undefined)
            .finally(() => {
              open -= 1;
            });
        });
      }
    }
  });
  await time.run(() => open === 0);
  return seen.toSorted((a, b) => a.sentAt - b.sentAt);
}

const mostInWindow = (seen: readonly Seen[], windowMs: number): number =>
  Math.max(
    0,
    ...seen.map(({ sentAt }, i) => seen.slice(0, i + 1).filter((s) => s.sentAt > sentAt - windowMs).length),
  );

const mostAtOnce = (seen: readonly Seen[]): number =>
  Math.max(
    0,
    ...seen.map(({ sentAt }) => seen.filter((s) => s.sentAt <= sentAt && s.endedAt > sentAt).length),
  );

function mostPerDay(seen: readonly Seen[]): number {
  const days = Map.groupBy(seen, ({ sentAt }) => civilDay(sentAt));
  return Math.max(0, ...[...days.values()].map((calls) => calls.length));
}

const workloads = (more: { readonly quota: fc.Arbitrary<number>; readonly startsAt: fc.Arbitrary<number> }) =>
  fc
    .array(
      fc.record({
        offset: fc.integer({ min: -1_000, max: 1_000 }),
        bursts: fc.array(
          fc.record({ at: fc.integer({ min: 0, max: 60_000 }), count: fc.integer({ min: 1, max: 130 }) }),
          { minLength: 1, maxLength: 3 },
        ),
      }),
      { minLength: 1, maxLength: 4 },
    )
    .chain((workers) =>
      fc.record({
        seed: fc.nat(),
        offsets: fc.constant(workers.map(({ offset }) => offset)),
        bursts: fc.constant(workers.map(({ bursts }) => bursts)),
        serviceMs: fc.constantFrom(20, 400, 2_000),
        troublePercent: fc.constantFrom(0, 0, 10),
        ...more,
      }),
    );

describe('no interleaving of workers with clocks up to two seconds apart', () => {
  test(
    'exceeds the rate or the slots, lost replies or not',
    async () => {
      const anyTime = workloads({ quota: fc.constant(1_000_000), startsAt: fc.constant(NOON) });
      await fc.assert(
        fc.asyncProperty(anyTime, async (workload) => {
          const seen = await run(workload);
          expect(mostInWindow(seen, LIMITS.windowMs)).toBeLessThanOrEqual(LIMITS.ratePerWindow);
          expect(mostAtOnce(seen)).toBeLessThanOrEqual(LIMITS.concurrency);
        }),
        { numRuns: 6 },
      );
    },
    LONG_MS,
  );

  test(
    'exceeds the quota of a civil day, around midnight either',
    async () => {
      const aroundMidnight = workloads({
        quota: fc.integer({ min: 1, max: 60 }),
        startsAt: fc
          .constantFrom(MIDNIGHT, SPRING_MIDNIGHT)
          .chain((at) => fc.integer({ min: at - 30_000, max: at })),
      });
      await fc.assert(
        fc.asyncProperty(aroundMidnight, async (workload) => {
          expect(mostPerDay(await run(workload))).toBeLessThanOrEqual(workload.quota);
        }),
        { numRuns: 12 },
      );
    },
    LONG_MS,
  );

  // Bursts of a slow worker, then of a fast one just as the first burst leaves the window on the fast one's clock.
  test.each([
    [-1_000, 1_000],
    [1_000, -1_000],
  ])('lets a burst on a clock off by %i ms be followed too early on one off by %i', async (first, second) => {
    const workload: Workload = {
      seed: 1,
      offsets: [first, second],
      bursts: [[{ at: 0, count: 99 }], [{ at: 18_000, count: 99 }]],
      serviceMs: 20,
      troublePercent: 0,
      startsAt: NOON,
      quota: 1_000_000,
    };
    const seen = await run(workload);
    expect(seen).toHaveLength(198);
    expect(mostInWindow(seen, LIMITS.windowMs)).toBeLessThanOrEqual(LIMITS.ratePerWindow);
  });
});

describe('the budget', () => {
  test('uses what it may: four workers get the whole rate, each of them some of it', async () => {
    const offsets = [-1_000, -300, 300, 1_000];
    const bursts = offsets.map(() => [{ at: 0, count: 60 }]);
    const workload = {
      seed: 7,
      offsets,
      bursts,
      serviceMs: 400,
      troublePercent: 0,
      startsAt: NOON,
      quota: 1_000_000,
    };
    const seen = await run(workload);
    expect(seen).toHaveLength(240);
    expect(mostInWindow(seen, LIMITS.windowMs)).toBeGreaterThanOrEqual(99);
    expect((seen.at(-1)?.sentAt ?? 0) - NOON).toBeLessThan(48_000);
  });

  test('spends the quota to the last call', async () => {
    const one = {
      seed: 3,
      offsets: [0],
      bursts: [[{ at: 0, count: 60 }]],
      troublePercent: 0,
      startsAt: NOON,
    };
    expect(await run({ ...one, serviceMs: 100, quota: 40 })).toHaveLength(40);
  });
});
