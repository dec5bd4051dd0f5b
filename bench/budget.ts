import type { Bench } from './harness/bench.ts';
import { aimed, percent, type Row, say } from './harness/figures.ts';
import { type Outcome, type Scenario, simulate } from './subjects/budget-simulation.ts';
import { PATTERNS, type Pattern } from './subjects/second-integration.ts';

const SEEDS = [1, 2, 3];

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
    '0 rejected, at least 97 %; below 2 writes per call',
    rejected === 0 && throughput >= 0.97 && writesPerCall < 2,
  );
}

async function beside(calls: number, pattern: Pattern): Promise<Row> {
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
  const rejected = outcomes.map((outcome) => outcome.rejected / (outcome.accepted + outcome.rejected));
  const used = outcomes.map((outcome) => outcome.throughput);
  return aimed(
    `beside another that ${pattern.name}; seeds ${SEEDS.join(', ')}`,
    `rejected ${rejected.map((part) => percent(part, 2)).join(', ')}; used ${used.map((part) => percent(part)).join(', ')}`,
    'at most 0.1 % rejected, at least 85 % of what it leaves',
    Math.max(...rejected) <= 0.001 && Math.min(...used) >= 0.85,
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
    for (const pattern of PATTERNS) rows.push(await beside(size, pattern));
    return { setting: settingOf(size), rows };
  },
};
