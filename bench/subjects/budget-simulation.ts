import { createBudget } from '../../shared/budget/gate.ts';
import type { AccountSignal, Budget } from '../../shared/budget/port.ts';
import type { AccountLimits } from '../../shared/config/limits.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { type Random, seededRandom } from '../../shared/kernel/random.ts';
import { type MemoryBudgetStore, memoryBudgetStore } from '../../test/memory/memory-budget-store.ts';
import { type VirtualTime, virtualTime } from '../../test/memory/virtual-time.ts';
import { pretendMarketo } from './pretend-marketo.ts';

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
  /** A read or a write of the store, on average; a third less or more. */
  readonly storeMs: number;
  /** One way to Marketo: the least, and the mean of what comes on top (exponential). */
  readonly networkMs: readonly [number, number];
  /** How long Marketo works on a call, from and to. */
  readonly serviceMs: readonly [number, number];
  /** Calls per second of a second integration at a time, counted in seconds; null if there is none. */
  readonly other: ((second: number, random: Random) => number) | null;
  readonly seed: number;
  /** Marketo's limit, where it is not 100 calls in 20 s. */
  readonly ratePerWindow?: number;
  /** So long after the start one call is rejected for nothing. */
  readonly spuriousAtMs?: number;
  /** This part of the calls is held up between permit and sending, by up to so long. */
  readonly heldUp?: { readonly part: number; readonly mostMs: number };
}

export interface Outcome {
  readonly accepted: number;
  readonly rejected: number;
  readonly gaveUp: number;
  readonly longestMs: number;
  /** Accepted after the first window, as part of what the limit leaves beside the other integration. */
  readonly throughput: number;
  readonly writesPerCall: number;
  readonly readsPerCall: number;
  /** How long after the call that was rejected for nothing the pace was what it had been, but for a hundredth; null: never. */
  readonly recoveredMs: number | null;
}

const USUAL: AccountLimits = {
  ratePerWindow: 100,
  windowMs: 20_000,
  concurrency: 10,
  dailyQuota: 1_000_000,
  share: 1,
};
const START = Date.parse('2026-11-22T15:00:00.000Z');

/** One simulation under way. */
interface Simulation {
  readonly scenario: Scenario;
  readonly limits: AccountLimits;
  readonly time: VirtualTime;
  readonly random: Random;
  readonly store: MemoryBudgetStore;
  readonly marketo: ReturnType<typeof pretendMarketo>;
  readonly tally: Tally;
  readonly served: { at: number }[];
}

interface Tally {
  accepted: number;
  readonly acceptedAt: number[];
  rejected: number;
  /** Asks for a permit that the store answered too late, or not at all. */
  gaveUp: number;
  /** The longest time that a worker was given no permit. */
  longestMs: number;
  /** Accepted after the first window. */
  late: number;
  lastAt: number;
  /** The other integration's, after the first window. */
  otherLate: number;
}

/** Runs the real gate, admit and report against a pretend Marketo, all in simulated time. */
export async function simulate(scenario: Scenario): Promise<Outcome> {
  const random = seededRandom(scenario.seed);
  const limits = { ...USUAL, ratePerWindow: scenario.ratePerWindow ?? USUAL.ratePerWindow };
  // The other integration was there before: it has a whole window of calls when the workers start.
  const time = virtualTime(START - 2 * limits.windowMs);
  time.schedule(START, () => undefined);
  const simulation: Simulation = {
    scenario,
    limits,
    time,
    random,
    store: memoryBudgetStore({
      delay: () => time.sleep((scenario.storeMs / 3) * (1 + random())),
    }),
    served: [],
    marketo: pretendMarketo(time, limits, {
      chargesRejections: scenario.chargesRejections,
      spuriousAt: scenario.spuriousAtMs === undefined ? null : START + scenario.spuriousAtMs,
    }),
    tally: {
      accepted: 0,
      acceptedAt: [],
      rejected: 0,
      gaveUp: 0,
      longestMs: 0,
      late: 0,
      lastAt: START,
      otherLate: 0,
    },
  };
  if (scenario.other !== null) void integrate(simulation, scenario.other);
  await time.run(() => time.clock() >= START);
  for (let index = 0; index < scenario.workers; index += 1) void work(simulation, index);
  await time.run(() => isDone(simulation));
  return outcomeOf(simulation);
}

const isDone = ({ tally, scenario }: Simulation): boolean => tally.accepted >= scenario.calls;
const isLate = ({ time, limits }: Simulation): boolean => time.clock() >= START + limits.windowMs;
const between = (random: Random, [from, to]: readonly [number, number]): number =>
  from + random() * (to - from);

async function send(simulation: Simulation, serviceMs: number): Promise<AccountSignal> {
  const { scenario, time, random, marketo, tally } = simulation;
  const hop = () => scenario.networkMs[0] - Math.log(1 - random()) * scenario.networkMs[1];
  await time.sleep(hop());
  const signal = marketo.arrive(serviceMs);
  if (signal.kind === 'fine') {
    tally.accepted += 1;
    tally.acceptedAt.push(time.clock());
    if (isLate(simulation)) tally.late += 1;
    tally.lastAt = time.clock();
  } else tally.rejected += 1;
  await time.sleep((signal.kind === 'fine' ? serviceMs : 5) + hop());
  return signal;
}

/** A worker of ours: its own clock and gate, and so many jobs at once. */
async function work(simulation: Simulation, index: number): Promise<void> {
  const { scenario, limits, time, random, store } = simulation;
  const offset = scenario.workers === 1 ? 0 : (scenario.clockSpreadMs * index) / (scenario.workers - 1);
  const clock = () => time.clock() + offset;
  let ids = 0;
  const makeId = () => `w${index}-${++ids}`;
  const budget = createBudget({
    store,
    limits,
    serverDoneMs: 180_000,
    clock,
    sleep: time.sleep,
    random,
    makeId,
  });
  const served = { at: time.clock() };
  simulation.served.push(served);
  const lanes = Array.from({ length: scenario.parallel }, () => runJobs(simulation, budget, clock, served));
  await Promise.all(lanes);
}

async function runJobs(
  simulation: Simulation,
  budget: Budget,
  clock: Clock,
  served: { at: number },
): Promise<void> {
  const { scenario, time, random } = simulation;
  while (!isDone(simulation)) {
    const permit = await budget.ask({ leaseMs: 60_000 }).catch(() => null);
    if (permit === null) {
      simulation.tally.gaveUp += 1;
      await time.sleep(1_000);
      continue;
    }
    if (permit.kind === 'wait') {
      await time.sleep(Math.max(1, permit.until - clock()));
      continue;
    }
    simulation.tally.longestMs = Math.max(simulation.tally.longestMs, time.clock() - served.at);
    served.at = time.clock();
    await time.sleep(between(random, [0, 20]));
    // As a slow intent, or a machine with too much to do, holds up a call that has its permit.
    if (scenario.heldUp !== undefined && random() < scenario.heldUp.part)
      await time.sleep(random() * scenario.heldUp.mostMs);
    const moved = await budget.refresh(permit, { leaseMs: 60_000 }).catch(() => null);
    if (moved === null || moved.kind === 'wait') continue;
    const sentAt = clock();
    const signal = await send(simulation, between(random, scenario.serviceMs));
    const { leaseId } = permit;
    await budget.report({
      leaseId,
      operation: 'syncLead',
      jobIds: ['job'],
      sentAt,
      endedAt: clock(),
      replied: true,
      signal,
    });
    if (signal.kind === 'concurrency-limited') await time.sleep(between(random, [1_000, 5_000]));
  }
}

/** The second integration, a paced client: evenly spaced, give or take half. */
async function integrate(simulation: Simulation, rate: NonNullable<Scenario['other']>): Promise<void> {
  const { scenario, time, random, marketo, tally } = simulation;
  while (!isDone(simulation)) {
    await time.sleep((1_000 / rate((time.clock() - START) / 1_000, random)) * (0.5 + random()));
    const signal = marketo.arrive(between(random, scenario.serviceMs));
    if (signal.kind === 'fine' && isLate(simulation)) tally.otherLate += 1;
  }
}

function outcomeOf({ tally, store, served, scenario, limits }: Simulation): Outcome {
  const lateMs = tally.lastAt - START - limits.windowMs;
  const left = (limits.ratePerWindow * lateMs) / limits.windowMs - tally.otherLate;
  const calls = tally.accepted + tally.rejected;
  return {
    accepted: tally.accepted,
    rejected: tally.rejected,
    gaveUp: tally.gaveUp,
    longestMs: Math.max(tally.longestMs, ...served.map(({ at }) => tally.lastAt - at)),
    throughput: tally.late / left,
    writesPerCall: store.writes() / calls,
    readsPerCall: store.reads() / calls,
    recoveredMs: recoveredMs(tally.acceptedAt, START + (scenario.spuriousAtMs ?? 0)),
  };
}

/** What a pace is counted over: four windows with their guard band. */
const SPAN_MS = 4 * 20_250;

function recoveredMs(acceptedAt: readonly number[], from: number): number | null {
  const within = (start: number): number =>
    acceptedAt.filter((at) => at > start && at <= start + SPAN_MS).length;
  const usual = within(from - SPAN_MS);
  const end = (acceptedAt.at(-1) ?? from) - SPAN_MS;
  const back = acceptedAt.find((at) => at >= from && at <= end && within(at) >= 0.99 * usual);
  return back === undefined ? null : back - from;
}
