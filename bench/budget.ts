import type { Bench } from './harness/bench.ts';
import { aimed, percent, type Row, say } from './harness/figures.ts';
import { type Outcome, type Scenario, simulate } from './subjects/budget-simulation.ts';
import { PATTERNS, type Pattern } from './subjects/second-integration.ts';

const SEEDS = [1, 2, 3, 4, 5, 6];
const MOST_WRITES = 1.3;

const ALONE: Omit<Scenario, 'calls' | 'workers' | 'seed' | 'chargesRejections'> = {
  parallel: 10,
  clockSpreadMs: 2_000,
  storeMs: 9,
  networkMs: [20, 20],
  serviceMs: [200, 1_000],
  other: null,
};

async function alone(calls: number, workers: number, chargesRejections: boolean): Promise<Row> {
  const outcome = await simulate({ ...ALONE, calls, workers, chargesRejections, seed: workers });
  const { rejected, throughput, writesPerCall, readsPerCall } = outcome;
  say(`${workers} workers, charged ${chargesRejections}: ${rejected} rejected, ${percent(throughput)}`);
  return aimed(
    `alone, ${workers} worker${workers === 1 ? '' : 's'}, rejections ${chargesRejections ? '' : 'not '}charged`,
    `${rejected} rejected, ${percent(throughput)}; ${writesPerCall.toFixed(2)} writes, ${readsPerCall.toFixed(2)} reads`,
    '0 rejected, at least 97 %; at most 1.3 writes per call',
    rejected === 0 && throughput >= 0.97 && writesPerCall <= MOST_WRITES,
  );
}

/** Beside each pattern, and on average over all. */
async function besideAnother(calls: number): Promise<readonly Row[]> {
  const all: Outcome[] = [];
  const rows: Row[] = [];
  for (const pattern of PATTERNS) {
    const outcomes = await beside(calls, pattern);
    all.push(...outcomes);
    rows.push(
      aimed(
        `beside another that ${pattern.name}; seeds ${SEEDS.join(', ')}`,
        `rejected ${listed(outcomes.map(rejectedPart), 2)}; used ${listed(outcomes.map(usedPart), 1)}`,
        'at least 87 % of what it leaves in the worst',
        Math.min(...outcomes.map(usedPart)) >= 0.87,
      ),
    );
  }
  const rejected = mean(all.map(rejectedPart));
  const used = mean(all.map(usedPart));
  const writes = mean(all.map(({ writesPerCall }) => writesPerCall));
  return [
    ...rows,
    aimed(
      'beside another, on average of all patterns and seeds',
      `rejected ${percent(rejected, 2)}; used ${percent(used)}; ${writes.toFixed(2)} writes per call`,
      'at most 0.4 % rejected, at least 90 % of what it leaves; at most 1.3 writes per call',
      rejected <= 0.004 && used >= 0.9 && writes <= MOST_WRITES,
    ),
  ];
}

const rejectedPart = ({ accepted, rejected }: Outcome): number => rejected / (accepted + rejected);
const usedPart = ({ throughput }: Outcome): number => throughput;
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const listed = (parts: readonly number[], digits: number): string =>
  parts.map((part) => percent(part, digits)).join(', ');

async function beside(calls: number, pattern: Pattern): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const seed of SEEDS) {
    const outcome = await simulate({
      ...ALONE,
      calls,
      parallel: 6,
      clockSpreadMs: 500,
      serviceMs: [200, 800],
      workers: 4,
      chargesRejections: true,
      other: pattern.rate(seed),
      seed,
    });
    say(`${pattern.name}, seed ${seed}: ${outcome.rejected} rejected, ${percent(outcome.throughput)}`);
    outcomes.push(outcome);
  }
  return outcomes;
}

async function slowStore(calls: number, storeMs: number, workers: number): Promise<Row> {
  const outcome = await simulate({
    ...ALONE,
    calls,
    workers,
    storeMs,
    chargesRejections: true,
    seed: workers,
  });
  const { rejected, throughput, writesPerCall, longestMs } = outcome;
  say(`${storeMs} ms a write, ${workers} workers: ${rejected} rejected, ${percent(throughput)}`);
  return aimed(
    `alone, ${workers} worker${workers === 1 ? '' : 's'}, a store of ${storeMs} ms a write`,
    `${rejected} rejected, ${percent(throughput)}; ${writesPerCall.toFixed(2)} writes; no worker without a permit for more than ${Math.ceil(longestMs / 1_000)} s`,
    '0 rejected, at least 95 %',
    rejected === 0 && throughput >= 0.95,
  );
}

/** Four minutes in, one call is rejected for nothing. */
const SPURIOUS_AT_MS = 240_000;

async function spurious(ratePerWindow: number): Promise<Row> {
  const outcome = await simulate({
    ...ALONE,
    calls: 30 * ratePerWindow,
    workers: 1,
    chargesRejections: true,
    seed: 1,
    ratePerWindow,
    spuriousAtMs: SPURIOUS_AT_MS,
  });
  const seconds = outcome.recoveredMs === null ? null : Math.ceil(outcome.recoveredMs / 1_000);
  say(`one rejection for nothing, ${ratePerWindow} calls a window: back after ${seconds} s`);
  return aimed(
    `one call rejected for nothing, at full load on ${ratePerWindow} calls a window`,
    `${outcome.rejected} rejected, 99 % of the pace again after ${seconds ?? '?'} s`,
    '99 % again within 120 s',
    seconds !== null && seconds <= 120,
  );
}

const settingOf = (calls: number): string =>
  `${calls} calls each. Marketo counts an exact sliding window at arrival and calls in progress. One way over the network takes 20 ms and an exponential 20 ms more, a call 0.2 to 1 s, the store 6 to 12 ms, a permit up to 20 ms to its sending; alone, the workers' clocks are spread over 2 s. ` +
  'Throughput is counted after the first window, as part of 100 calls per 20 s, or of what the other integration leaves of them; its rejections are charged to the window too. Writes include those refused by a conflict.';

/** The real gate, admit and report against a pretend Marketo that is exact. */
export const bench: Bench = {
  title: 'The budget, in simulated time',
  size: { of: 'calls', usual: 5_000 },
  measure: async ({ size }) => {
    const rows: Row[] = [];
    for (const workers of [1, 2, 4, 8]) {
      for (const chargesRejections of [false, true]) rows.push(await alone(size, workers, chargesRejections));
    }
    for (const storeMs of [100, 200]) {
      for (const workers of [1, 4, 8]) rows.push(await slowStore(size, storeMs, workers));
    }
    rows.push(...(await besideAnother(size)));
    for (const ratePerWindow of [100, 3]) rows.push(await spurious(ratePerWindow));
    return { setting: settingOf(size), rows };
  },
};
