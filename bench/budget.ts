import type { Random } from '../shared/kernel/random.ts';
import { seededRandom } from '../shared/kernel/random.ts';
import type { Bench } from './harness/bench.ts';
import { aimed, percent, type Row, say } from './harness/figures.ts';
import { type Outcome, type Scenario, simulate } from './subjects/budget-simulation.ts';

const SEEDS = [1, 2, 3];
const LIMIT_PER_SECOND = 5;
const THIRD = LIMIT_PER_SECOND / 3;

const ALONE: Omit<Scenario, 'calls' | 'workers' | 'seed' | 'chargesRejections'> = {
  parallel: 10,
  clockSpreadMs: 2_000,
  storeLatencyMs: 6,
  networkMs: [20, 20],
  serviceMs: [200, 1_000],
  other: null,
};

interface Pattern {
  readonly name: string;
  rate(seed: number): NonNullable<Scenario['other']>;
}

/** What the second integration takes of the limit; the worker is told none of it. */
const PATTERNS: readonly Pattern[] = [
  {
    name: 'wanders between 28 and 39 %, a new rate each 10 s',
    rate: (seed) => wandering(seededRandom(seed)),
  },
  { name: 'swings between 28 and 38 % in 10 minutes', rate: () => swinging(0.15) },
  { name: 'steps between 29 and 38 % each 2 minutes', rate: () => stepping },
  { name: 'swings between 23 and 43 % in 10 minutes', rate: () => swinging(0.3) },
];

const swinging = (part: number) => (second: number) =>
  THIRD * (1 + part * Math.sin((second * 2 * Math.PI) / 600));

const STEPS = [0.3, 0.37, 0.33, 0.38, 0.29, 0.33];
const stepping = (second: number) =>
  LIMIT_PER_SECOND * (STEPS.at(Math.floor(second / 120) % STEPS.length) ?? 1 / 3);

function wandering(random: Random): (second: number) => number {
  const parts = [1 / 3];
  return (second) => {
    const index = Math.max(0, Math.floor(second / 10));
    while (parts.length <= index) {
      parts.push(Math.min(0.39, Math.max(0.28, (parts.at(-1) ?? 0) + (random() - 0.5) * 0.04)));
    }
    return LIMIT_PER_SECOND * (parts[index] ?? 1 / 3);
  };
}

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
