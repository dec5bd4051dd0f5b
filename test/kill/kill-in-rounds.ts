import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { seededRandom } from '../../shared/kernel/random.ts';
import { type Simulator, startSimulator } from '../../simulator/simulator.ts';
import type { Witness } from '../../simulator/witness.ts';
import { booksOf } from './books.ts';
import { brokenPromises, type Observed } from './checks.ts';
import { type Face, seedFor } from './faces.ts';
import { createFeeder } from './feeder.ts';
import { inspectStack } from './inspect-stack.ts';
import { type Played, play, type RoundPorts } from './rounds.ts';
import type { Ending } from './schedule.ts';
import type { Workload } from './workload.ts';

const SETTLES_WITHIN_MS = 180_000;
/** Marketo, as the worker believes it to be, and as the simulator enforces it. */
const LIMITS = { rate: 1_000, concurrency: 20, quota: 100_000 };
const CALL_TIMEOUT_MS = 1_500;

type Variant = Pick<RoundPorts, 'orders' | 'endpoints'>;

/** One run of the test: who is killed, where, over what work. */
export interface Rounds {
  readonly name: string;
  readonly seed: number;
  /** What MKTQ_KILL_SEED has to be for this one to be drawn again. */
  readonly firstSeed: number;
  readonly face: Face;
  readonly endings: readonly Ending[];
  readonly workload: Workload;
  /** Points of which at least one child must have been killed at each. */
  readonly mustHit: readonly string[];
  readonly callTimeoutMs?: number;
  /** Whether the last child meets a throttle answer, which closes the account for a window of 20 s. */
  readonly throttled: boolean;
  readonly signal: AbortSignal;
  /** Called last first when the test is over. */
  readonly undo: (() => unknown)[];
}

export type Build = (given: { directory: string; env: Record<string, string> }) => Promise<Variant>;

/** Kills and works everything off, then fails for every broken promise and every point that no child was killed at. */
export async function killInRounds(
  rounds: Rounds,
  build: Build,
): Promise<{
  readonly witness: Witness;
  readonly found: Pick<Observed, 'rows' | 'letters'>;
  /** How many there were. */
  readonly children: number;
}> {
  const { name, seed, face, endings, workload, mustHit, throttled, signal, undo } = rounds;
  const { callTimeoutMs = CALL_TIMEOUT_MS } = rounds;
  const random = seededRandom(seed);
  const directory = mkdtempSync(join(tmpdir(), 'mktq-kill-'));
  undo.push(() => rmSync(directory, { recursive: true, force: true }));
  const simulator = await startWitness(workload, random);
  undo.push(() => simulator.close());
  const variant = await build({ directory, env: environmentFor(face, simulator, callTimeoutMs) });
  const feeder = createFeeder();
  undo.push(() => feeder.close());

  const startedAt = performance.now();
  const played = await play(endings, { directory, feeder, workload, throttled, signal, ...variant });
  undo.push(async () => {
    played.last.kill();
    await played.last.ended;
  });
  await feeder.finished();
  const jobs = workload.chains.flat().filter(({ kind }) => kind === 'job').length;
  const inspection = inspectStack(played.endpoints);
  undo.push(() => inspection.close());
  const settled = await inspection.settles(jobs, SETTLES_WITHIN_MS);
  const found = await inspection.gather();
  const account = await inspection.account();
  const witness = simulator.witness();
  const broken = brokenPromises({
    chains: workload.chains,
    rawTries: feeder.rawTries,
    children: played.children,
    books: booksOf(witness, simulator.instance(), face),
    ...found,
  });
  console.log(tableOf(name, seed, jobs, played, performance.now() - startedAt));
  expect(
    broken,
    `seed ${seed}: MKTQ_KILL_SEED=${rounds.firstSeed} repeats it\n${account}\n${played.last.words()}`,
  ).toEqual([]);
  expect(settled, `seed ${seed}: everything ended, but a message is left in a queue`).toBe(true);
  expect(witness.maxConcurrency).toBeLessThanOrEqual(LIMITS.concurrency);
  expect(missed(mustHit, played), `seed ${seed}: every point was hit`).toEqual([]);
  return { witness, found, children: played.children.length };
}

const startWitness = (workload: Workload, random: () => number): Promise<Simulator> =>
  startSimulator({
    limits: {
      ratePerWindow: LIMITS.rate,
      concurrency: LIMITS.concurrency,
      dailyQuota: LIMITS.quota,
    },
    latency: { minMs: 5, maxMs: 60 },
    rules: workload.rules,
    seed: seedFor(workload.rounds),
    random,
  });

const environmentFor = (face: Face, simulator: Simulator, callTimeoutMs: number): Record<string, string> => ({
  ...face.environment(simulator),
  MARKETO_RATE_LIMIT: String(LIMITS.rate),
  MARKETO_CONCURRENCY: String(LIMITS.concurrency),
  MARKETO_DAILY_QUOTA: String(LIMITS.quota),
  MARKETO_CALL_TIMEOUT_MS: String(callTimeoutMs),
  MKTQ_BACKOFF_BASE_MS: '50',
  MKTQ_BACKOFF_CAP_MS: '500',
});

/** A point may be missed now and then, when its only job was settled by the child before; it must not be missed for good. */
const missed = (points: readonly string[], { hits }: Played): readonly string[] =>
  points.filter((point) => ![...hits.keys()].some((hit) => hit.startsWith(point)));

function tableOf(name: string, seed: number, jobs: number, { hits }: Played, tookMs: number): string {
  const rows = [...hits].sort(([one], [other]) => (one < other ? -1 : 1));
  const kills = rows.reduce((sum, [, count]) => sum + count, 0);
  return [
    `kill test, ${name}: seed ${seed}, ${kills} kills, ${jobs} jobs, ${Math.round(tookMs / 1_000)} s`,
    ...rows.map(([point, count]) => `  ${point.padEnd(28)} ${count}`),
  ].join('\n');
}
