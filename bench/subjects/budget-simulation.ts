import { createBudget } from '../../shared/budget/gate.ts';
import type { AccountSignal } from '../../shared/budget/port.ts';
import type { AccountLimits } from '../../shared/config/limits.ts';
import type { Random } from '../../shared/kernel/random.ts';
import { seededRandom } from '../../shared/kernel/random.ts';
import { memoryBudgetStore } from '../../test/memory/memory-budget-store.ts';
import type { VirtualTime } from '../../test/memory/virtual-time.ts';
import { virtualTime } from '../../test/memory/virtual-time.ts';

/** What one simulation is made of. Times in ms. */
export interface Scenario {
  readonly calls: number;
  readonly workers: number;
  /** Jobs that each worker runs at once. */
  readonly parallel: number;
  /** The workers' clocks are spread evenly over this much. */
  readonly clockSpreadMs: number;
  /** Whether Marketo counts a call that it rejects. */
  readonly chargesRejections: boolean;
  /** One way to the store, at most; half of it at least. */
  readonly storeLatencyMs: number;
  /** One way to Marketo: the least, and the mean of what comes on top (exponential). */
  readonly networkMs: readonly [number, number];
  /** How long Marketo works on a call, from and to. */
  readonly serviceMs: readonly [number, number];
  /** Calls per second of a second integration at a time, counted in seconds; null if there is none. */
  readonly other: ((second: number, random: Random) => number) | null;
  readonly seed: number;
}

export interface Outcome {
  readonly accepted: number;
  readonly rejected: number;
  readonly seconds: number;
  /** Accepted after the first window, as part of what the limit leaves beside the other integration. */
  readonly throughput: number;
  readonly otherAccepted: number;
  readonly otherRejected: number;
  readonly writesPerCall: number;
  readonly readsPerCall: number;
  /** Fewest and most calls of any one worker. */
  readonly spread: readonly [number, number];
}

const LIMITS: AccountLimits = {
  ratePerWindow: 100,
  windowMs: 20_000,
  concurrency: 10,
  dailyQuota: 1_000_000,
  share: 1,
};
const START = Date.parse('2026-11-22T15:00:00.000Z');

/** Marketo, pretended: an exact sliding window at arrival, and so many calls in progress. */
function server(time: VirtualTime, chargesRejections: boolean) {
  let counted: number[] = [];
  let inProgress = 0;
  return {
    arrive(serviceMs: number): AccountSignal {
      const now = time.clock();
      counted = counted.filter((at) => at > now - LIMITS.windowMs);
      const full = counted.length >= LIMITS.ratePerWindow;
      if (!full || chargesRejections) counted.push(now);
      if (full) return { kind: 'rate-limited', message: 'over the rate' };
      if (inProgress >= LIMITS.concurrency) return { kind: 'concurrency-limited' };
      inProgress += 1;
      time.schedule(now + serviceMs, () => {
        inProgress -= 1;
      });
      return { kind: 'fine' };
    },
  };
}

/** Runs the real gate, admit and report against a pretend Marketo, all in simulated time. */
export async function simulate(scenario: Scenario): Promise<Outcome> {
  const random = seededRandom(scenario.seed);
  // The other integration was there before: it has a whole window of calls when the workers start.
  const time = virtualTime(START - 2 * LIMITS.windowMs);
  time.schedule(START, () => undefined);
  const between = ([from, to]: readonly [number, number]) => from + random() * (to - from);
  const hop = () => scenario.networkMs[0] - Math.log(1 - random()) * scenario.networkMs[1];
  const store = memoryBudgetStore({
    delay: () => time.sleep(scenario.storeLatencyMs * (0.5 + random() / 2)),
  });
  const marketo = server(time, scenario.chargesRejections);
  const tally = { accepted: 0, rejected: 0, late: 0, otherAccepted: 0, otherRejected: 0, otherLate: 0 };
  const perWorker: number[] = Array.from({ length: scenario.workers }, () => 0);
  let lastAt = START;
  const isDone = () => tally.accepted >= scenario.calls;
  const isLate = () => time.clock() >= START + LIMITS.windowMs;

  async function send(serviceMs: number): Promise<AccountSignal> {
    await time.sleep(hop());
    const signal = marketo.arrive(serviceMs);
    if (signal.kind === 'fine') {
      tally.accepted += 1;
      if (isLate()) tally.late += 1;
      lastAt = time.clock();
    } else tally.rejected += 1;
    await time.sleep((signal.kind === 'fine' ? serviceMs : 5) + hop());
    return signal;
  }

  async function work(index: number): Promise<void> {
    const offset = scenario.workers === 1 ? 0 : (scenario.clockSpreadMs * index) / (scenario.workers - 1);
    const clock = () => time.clock() + offset;
    let ids = 0;
    const makeId = () => `w${index}-${++ids}`;
    const budget = createBudget({
      store,
      limits: LIMITS,
      serverDoneMs: 180_000,
      clock,
      sleep: time.sleep,
      random,
      makeId,
    });
    const job = async (): Promise<void> => {
      while (!isDone()) {
        const permit = await budget.ask({ leaseMs: 60_000 });
        if (permit.kind === 'wait') {
          await time.sleep(Math.max(1, permit.until - clock()));
          continue;
        }
        await time.sleep(between([0, 20]));
        const sentAt = clock();
        const signal = await send(between(scenario.serviceMs));
        if (signal.kind === 'fine') perWorker[index] = (perWorker[index] ?? 0) + 1;
        const { leaseId } = permit;
        await budget.report({
          leaseId,
          operation: 'syncLead',
          sentAt,
          endedAt: clock(),
          replied: true,
          signal,
        });
        if (signal.kind === 'concurrency-limited') await time.sleep(between([1_000, 5_000]));
      }
    };
    await Promise.all(Array.from({ length: scenario.parallel }, job));
  }

  async function other(rate: NonNullable<Scenario['other']>): Promise<void> {
    while (!isDone()) {
      // A paced client: evenly spaced, give or take half.
      await time.sleep((1_000 / rate((time.clock() - START) / 1_000, random)) * (0.5 + random()));
      const signal = marketo.arrive(between(scenario.serviceMs));
      if (signal.kind !== 'fine') tally.otherRejected += 1;
      else if (time.clock() >= START) {
        tally.otherAccepted += 1;
        if (isLate()) tally.otherLate += 1;
      }
    }
  }

  if (scenario.other !== null) void other(scenario.other);
  await time.run(() => time.clock() >= START);
  for (let index = 0; index < scenario.workers; index += 1) void work(index);
  await time.run(isDone);
  const lateMs = lastAt - START - LIMITS.windowMs;
  const left = (LIMITS.ratePerWindow * lateMs) / LIMITS.windowMs - tally.otherLate;
  return {
    accepted: tally.accepted,
    rejected: tally.rejected,
    seconds: (lastAt - START) / 1_000,
    throughput: tally.late / left,
    otherAccepted: tally.otherAccepted,
    otherRejected: tally.otherRejected,
    writesPerCall: store.writes() / (tally.accepted + tally.rejected),
    readsPerCall: store.reads() / (tally.accepted + tally.rejected),
    spread: [Math.min(...perWorker), Math.max(...perWorker)],
  };
}
