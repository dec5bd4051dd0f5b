import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterEach, expect, test } from 'vitest';
import { awsServices } from '../../client/aws-services.ts';
import { startServers } from '../../local/servers.ts';
import type { StackFile } from '../../local/stack-file.ts';
import { createAwsClients } from '../../shared/aws/clients.ts';
import { seededRandom } from '../../shared/kernel/random.ts';
import { type Simulator, startSimulator } from '../../simulator/simulator.ts';
import type { Witness } from '../../simulator/witness.ts';
import { booksOf } from './books.ts';
import { brokenPromises, type Observed } from './checks.ts';
import { type Face, REST, SOAP, seedFor } from './faces.ts';
import { createFeeder, type Endpoints } from './feeder.ts';
import { inspectStack } from './inspect-stack.ts';
import type { Orders } from './points.ts';
import { type Played, play, type RoundPorts } from './rounds.ts';
import { drawEndings, type Ending, type Mix } from './schedule.ts';
import { SLOW_LEAD, slowWorkload, unansweredWorkload } from './slow-workload.ts';
import { planWorkload, type Workload } from './workload.ts';

const SEED = Number(process.env['MKTQ_KILL_SEED'] ?? Math.floor(Math.random() * 1_000_000));
/** A storm is so many times as long (`npm run storm`). */
const STORM = Number(process.env['MKTQ_KILL_STORM'] ?? 1);
/** Nothing waits for it: on an idle machine with two cores each test takes about a minute and a half. */
const TEST_TIMEOUT_MS = 600_000 * STORM;
const SETTLES_WITHIN_MS = 180_000;
/** More than a child has time for, so that only its orders end it. */
const LONG_MS = 300_000;
/** Marketo, as the worker believes it to be, and as the simulator enforces it. */
const LIMITS = { rate: 1_000, concurrency: 20, quota: 100_000 };
/** Claims of a dead worker hold for so long; a batch has to be worked off in it even where the machine is busy. */
const FUNCTION_TIMEOUT_MS = 10_000;
const CALL_TIMEOUT_MS = 1_500;
const SERVER_DONE_MS = 1_500;

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

test(`nothing is lost, repeated or out of order when the whole stack is killed at every step (seed ${SEED})`, {
  timeout: TEST_TIMEOUT_MS,
}, async ({ signal }) => {
  const mix: Mix = {
    points: {
      received: 2,
      claimed: 2,
      'token-sent': 1,
      'token-replied': 1,
      'look-up-sent': 2,
      'look-up-replied': 3,
      admitted: 3,
      intended: 3,
      sent: 4,
      replied: 4,
      recorded: 3,
      filed: 3,
      notified: 2,
      settled: 2,
      answered: 2,
      collecting: 2,
      collected: 2,
    },
    starting: 2,
    enqueueing: 2,
    anyTime: 2,
    stopping: 6,
  };
  const { witness, children } = await killInRounds(
    { name: 'stack and all', seed: SEED, ...drawn(SEED, mix, REST), throttled: true, signal },
    wholeStack(SERVER_DONE_MS),
  );
  // Every child needs a token of its own, and knows from the table what the children before it have looked up.
  const asked = witness.executedByOperation;
  expect(asked['identity']).toBeGreaterThan(children / 2);
  for (const lookUp of ['GET leads/describe.json', 'GET lists.json', 'GET campaigns.json']) {
    expect(asked[lookUp], lookUp).toBeGreaterThan(0);
    expect(asked[lookUp], lookUp).toBeLessThan(children / 2);
  }
});

test(`the same over SOAP, shorter (seed ${SEED + 2})`, {
  timeout: TEST_TIMEOUT_MS,
}, async ({ signal }) => {
  const mix: Mix = {
    points: { claimed: 1, admitted: 1, intended: 1, sent: 3, replied: 2, recorded: 2, filed: 1, settled: 1 },
    starting: 0,
    enqueueing: 0,
    anyTime: 1,
    stopping: 1,
  };
  await killInRounds(
    { name: 'over SOAP', seed: SEED + 2, ...drawn(SEED + 2, mix, SOAP), throttled: false, signal },
    wholeStack(SERVER_DONE_MS),
  );
});

test(`the same when only the worker is killed and its claims have to expire (seed ${SEED + 1})`, {
  timeout: TEST_TIMEOUT_MS,
}, async ({ signal }) => {
  const mix: Mix = {
    points: {
      received: 1,
      claimed: 1,
      'look-up-replied': 2,
      admitted: 1,
      intended: 2,
      sent: 2,
      replied: 2,
      recorded: 2,
      filed: 1,
      notified: 1,
      settled: 1,
      answered: 1,
      collecting: 1,
      collected: 1,
    },
    starting: 1,
    enqueueing: 0,
    anyTime: 1,
    stopping: 2,
  };
  await killInRounds(
    { name: 'worker only', seed: SEED + 1, ...drawn(SEED + 1, mix, REST), throttled: false, signal },
    async ({ directory, env }) => {
      const servers = await startServers({
        dataDir: join(directory, 'servers'),
        port: null,
        env,
        instance: 'no-lock-here',
        simulator: {},
        onDiskTrouble: (error) => {
          throw error;
        },
      });
      undo.push(() => servers.close());
      const { stack, functionEnv } = servers;
      await shortenVisibility(stack);
      // Without the lock nothing proves an older worker dead: its claims hold until they expire.
      const { MKTQ_LOCAL_INSTANCE: _, ...functions } = functionEnv;
      const queues = {
        sqs: servers.sqs.url,
        jobs: servers.sqs.jobs,
        deadLetters: servers.sqs.deadLetters,
      };
      return {
        orders: (kill, log) => ({
          role: 'functions',
          queues,
          env: functions as Orders['env'],
          functionTimeoutMs: FUNCTION_TIMEOUT_MS,
          serverDoneMs: SERVER_DONE_MS,
          log,
          kill,
        }),
        endpoints: () => stack,
      };
    },
  );
});

/** Marketo's own time for a write when it is at its slowest, and the worker's beyond it. */
const SLOW_MS = 20_000;
const SLOW_TIMEOUT_MS = 22_000;

test('a slow write whose worker is killed is overtaken neither by its repeat nor by the next of its lead', {
  timeout: TEST_TIMEOUT_MS,
}, async ({ signal }) => {
  const kill = { point: 'sent', passes: 1, delayMs: 200, only: 'slow' } as const;
  const { witness } = await killInRounds(
    {
      name: 'slow write',
      seed: SEED,
      face: REST,
      workload: slowWorkload(SLOW_MS),
      endings: [{ kind: 'point', kill }],
      mustHit: ['sent'],
      callTimeoutMs: SLOW_TIMEOUT_MS,
      throttled: false,
      signal,
    },
    wholeStack(SLOW_TIMEOUT_MS),
  );
  const written = witness.leadWrites[`EMAIL:${SLOW_LEAD}`] ?? [];
  expect(written.map(({ attributes }) => attributes['Seq'])).toEqual(['1', '1', '2', '3']);
});

test('calls without an answer, kills and restarts among them, keep nothing from ending once Marketo is well', {
  timeout: TEST_TIMEOUT_MS,
}, async ({ signal }) => {
  const { found } = await killInRounds(
    {
      name: 'unanswered',
      seed: SEED,
      face: REST,
      workload: unansweredWorkload(12),
      endings: [
        { kind: 'any time', afterMs: 700 },
        { kind: 'stopping', afterMs: 700 },
        { kind: 'any time', afterMs: 1_500 },
      ],
      mustHit: [],
      throttled: false,
      signal,
    },
    wholeStack(SERVER_DONE_MS),
  );
  expect([...found.rows.values()].filter(({ state }) => state.kind !== 'completed')).toEqual([]);
  expect(found.letters).toEqual([]);
});

const wholeStack =
  (serverDoneMs: number): Build =>
  async ({ directory, env }) => ({
    orders: (kill, log) => ({
      role: 'stack',
      dataDir: join(directory, 'stack'),
      env,
      functionTimeoutMs: LONG_MS,
      serverDoneMs,
      log,
      kill,
    }),
    endpoints: (line) => JSON.parse(line) as StackFile,
  });

/** The endings of a mix, and as much work as they may need: some children take more than one portion. */
function drawn(
  seed: number,
  mix: Mix,
  face: Face,
): Pick<Rounds, 'face' | 'endings' | 'workload' | 'mustHit'> {
  const random = seededRandom(seed);
  const endings = Array.from({ length: STORM }, () => drawEndings(mix, random)).flat();
  const workload = planWorkload(seed, endings.length * 2 + 10, face);
  return { face, endings, workload, mustHit: Object.keys(mix.points) };
}

/** What a worker that dies between its poll and its first word to SQS leaves hidden: half an hour is too long here. */
async function shortenVisibility(stack: Endpoints): Promise<void> {
  const clients = createAwsClients(awsServices(undefined, stack));
  for (const QueueUrl of [stack.jobsQueueUrl, stack.deadLetterQueueUrl]) {
    await clients.sqs.send(
      new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '12' } }),
    );
  }
  clients.destroy();
}

type Variant = Pick<RoundPorts, 'orders' | 'endpoints'>;

interface Rounds {
  readonly name: string;
  readonly seed: number;
  readonly face: Face;
  readonly endings: readonly Ending[];
  readonly workload: Workload;
  /** Points of which at least one child must have been killed at each. */
  readonly mustHit: readonly string[];
  readonly callTimeoutMs?: number;
  /** Whether the last child meets a throttle answer, which closes the account for a window of 20 s. */
  readonly throttled: boolean;
  readonly signal: AbortSignal;
}

type Build = (given: { directory: string; env: Record<string, string> }) => Promise<Variant>;

async function killInRounds(
  {
    name,
    seed,
    face,
    endings,
    workload,
    mustHit,
    callTimeoutMs = CALL_TIMEOUT_MS,
    throttled,
    signal,
  }: Rounds,
  build: Build,
): Promise<{
  readonly witness: Witness;
  readonly found: Pick<Observed, 'rows' | 'letters'>;
  /** How many there were. */
  readonly children: number;
}> {
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
    `seed ${seed}: MKTQ_KILL_SEED=${SEED} repeats it\n${account}\n${played.last.words()}`,
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
