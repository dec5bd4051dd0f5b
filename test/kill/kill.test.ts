import { join } from 'node:path';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterEach, expect, test } from 'vitest';
import { awsServices } from '../../client/aws-services.ts';
import { startServers } from '../../local/servers.ts';
import type { StackFile } from '../../local/stack-file.ts';
import { createAwsClients } from '../../shared/aws/clients.ts';
import { seededRandom } from '../../shared/kernel/random.ts';
import { type Face, REST, SOAP } from './faces.ts';
import type { Endpoints } from './feeder.ts';
import { type Build, killInRounds, type Rounds } from './kill-in-rounds.ts';
import type { Orders } from './points.ts';
import { drawEndings, type Mix, pointsOf } from './schedule.ts';
import { SLOW_LEAD, slowWorkload, unansweredWorkload } from './slow-workload.ts';
import { planWorkload } from './workload.ts';

const SEED = Number(process.env['MKTQ_KILL_SEED'] ?? Math.floor(Math.random() * 1_000_000));
/** A storm is so many times as long (`npm run storm`). */
const STORM = Number(process.env['MKTQ_KILL_STORM'] ?? 1);
/** Nothing waits for it: on an idle machine with two cores each test takes about a minute and a half. */
const TEST_TIMEOUT_MS = 600_000 * STORM;
/** More than a child has time for, so that only its orders end it. */
const LONG_MS = 300_000;
/** Claims of a dead worker hold for so long; a batch has to be worked off in it even where the machine is busy. */
const FUNCTION_TIMEOUT_MS = 10_000;
const SERVER_DONE_MS = 1_500;

const undo: (() => unknown)[] = [];
const COMMON = { firstSeed: SEED, undo };
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
    shared: { admitted: 1, sent: 2, replied: 2, recorded: 2 },
    starting: 2,
    enqueueing: 2,
    anyTime: 2,
    stopping: 6,
  };
  const { witness, found, children } = await killInRounds(
    { name: 'stack and all', seed: SEED, ...drawn(SEED, mix, REST), throttled: true, signal, ...COMMON },
    wholeStack(SERVER_DONE_MS),
  );
  // Every child needs a token of its own, and knows from the table what the children before it have looked up.
  const asked = witness.executedByOperation;
  expect(asked['identity']).toBeGreaterThan(children / 2);
  const lists = [...found.rows.values()].filter(({ operation }) => operation === 'getCampaignsForSource');
  for (const [lookUp, jobsOwn] of [
    ['GET leads/describe.json', 0],
    ['GET lists.json', 0],
    // A job that lists campaigns makes the same request for itself.
    ['GET campaigns.json', lists.length],
  ] as const) {
    const lookedUp = (asked[lookUp] ?? 0) - jobsOwn;
    expect(lookedUp, lookUp).toBeGreaterThan(0);
    expect(lookedUp, lookUp).toBeLessThan(children / 2);
  }
});

test(`the same over SOAP, shorter (seed ${SEED + 2})`, {
  timeout: TEST_TIMEOUT_MS,
}, async ({ signal }) => {
  const mix: Mix = {
    points: { claimed: 1, admitted: 1, intended: 1, sent: 3, replied: 2, recorded: 2, filed: 1, settled: 1 },
    shared: { sent: 1, replied: 1, recorded: 1 },
    starting: 0,
    enqueueing: 0,
    anyTime: 1,
    stopping: 1,
  };
  await killInRounds(
    { name: 'over SOAP', seed: SEED + 2, ...drawn(SEED + 2, mix, SOAP), throttled: false, signal, ...COMMON },
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
    shared: { sent: 1, recorded: 1 },
    starting: 1,
    enqueueing: 0,
    anyTime: 1,
    stopping: 2,
  };
  await killInRounds(
    {
      name: 'worker only',
      seed: SEED + 1,
      ...drawn(SEED + 1, mix, REST),
      throttled: false,
      signal,
      ...COMMON,
    },
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
      ...COMMON,
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
      // Each job in a call passes `sent`: the killed die over a call that several share. Five in a row that one child sees
      // unanswered close the account; it has to open again.
      endings: [
        { kind: 'point', kill: { point: 'sent', passes: 5, delayMs: 300, only: 'any' } },
        { kind: 'stopping', afterMs: 700 },
        { kind: 'point', kill: { point: 'sent', passes: 4, delayMs: 300, only: 'any' } },
      ],
      mustHit: [],
      throttled: false,
      signal,
      ...COMMON,
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
  return { face, endings, workload, mustHit: pointsOf(mix) };
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
