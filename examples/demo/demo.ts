import { parseArgs } from 'node:util';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { connect } from '../../cli/connect.ts';
import type { Connection } from '../../cli/connection.ts';
import { Output } from '../../cli/output.ts';
import { progress } from '../../cli/render/progress.ts';
import { styleFor } from '../../cli/render/style.ts';
import { createClient } from '../../client/create-client.ts';
import { keepToThisUser } from '../../local/private-files.ts';
import { type LocalStack, startLocal } from '../../local/start-local.ts';
import { endOnTrouble, troubleLine } from '../../local/trouble.ts';
import { MINUTE_MS, systemClock, systemSleep } from '../../shared/kernel/clock.ts';
import { demoJobs } from './demo-jobs.ts';
import { demoResult, nextCommands, summaryText } from './demo-summary.ts';
import { DEMO_TROUBLE } from './demo-trouble.ts';

/*
 * `npm start`: some 240 jobs through the whole local stack, against the simulator and at Marketo's real limits.
 * Whatever MARKETO_* variables are set, the demo knows none of them: it must never reach a real Marketo.
 */

const ENDED = new Set(['completed', 'dead-lettered', 'cancelled', 'parked']);
const DEMO_DATA = '.mktq/demo';
const GIVE_UP_MS = 5 * MINUTE_MS;
/** It serves on when nobody reads it any more. */
const stdout = new Output(process.stdout, () => {});

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { data: { type: 'string', default: DEMO_DATA } } });
  const dataDir = values.data;
  endOnTrouble(dataDir);
  keepToThisUser();
  const stack = await startLocal({
    dataDir,
    fresh: true,
    env: {},
    simulator: { rules: [...DEMO_TROUBLE], latency: { minMs: 20, maxMs: 120 } },
  });
  stopOnSignals(stack);
  stdout.write(`mktq demo: queue, table, worker and a simulated Marketo, all in this process (${dataDir})\n`);
  const connection = await connect({ dataDir, stack: undefined, env: {} });
  const startedAt = systemClock();
  const ids = await enqueueAll(stack, startedAt);
  const accepted = ids.size;
  stdout.write(
    `enqueued ${accepted} jobs; Marketo takes 100 calls per 20 s, and what may share a call does\n`,
  );
  await watch(ids, connection, stack);
  const seconds = (systemClock() - startedAt) / 1_000;
  const { simulator } = stack;
  if (simulator === null) throw new Error('the demo runs on the simulator alone');
  const result = await demoResult(accepted, connection, simulator.witness());
  const style = styleFor(process.stdout, process.env);
  stdout.write(await summaryText(result, connection, seconds, style));
  stdout.write(nextCommands(dataDir));
}

async function enqueueAll(stack: LocalStack, now: number): Promise<ReadonlySet<string>> {
  const { jobsQueueUrl, table, region, sqs, dynamodb } = stack.stack;
  const client = createClient({ jobsQueueUrl, table, region, endpoint: { sqs, dynamodb } });
  const accepted = new Set<string>();
  for await (const result of client.enqueueAll(demoJobs(now))) {
    if ('error' in result) throw new Error(`the demo's own job was refused: ${result.error}`);
    accepted.add(result.id);
  }
  client.close();
  await sendMalformed(stack);
  return accepted;
}

/** Anybody can send with a bare SQS client, and somebody always gets it wrong. */
async function sendMalformed(stack: LocalStack): Promise<void> {
  const { sqs, region, jobsQueueUrl } = stack.stack;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SQSClient({ endpoint: sqs, region, credentials, useQueueUrlAsEndpoint: false });
  await client.send(
    new SendMessageCommand({
      QueueUrl: jobsQueueUrl,
      MessageBody: '{"version":1,"id":"handmade-1","operation":"synclead","params":{}}',
      MessageGroupId: 'handmade',
      MessageDeduplicationId: 'handmade-1',
    }),
  );
  client.destroy();
}

/** Shows how far the jobs are until each has ended or is parked, and the malformed message has its letter. */
async function watch(ids: ReadonlySet<string>, connection: Connection, stack: LocalStack): Promise<void> {
  const line = progress(process.stderr, systemClock);
  const giveUpAt = systemClock() + GIVE_UP_MS;
  for (;;) {
    const rows = await Array.fromAsync(connection.ledger.scan());
    const letters = await Array.fromAsync(connection.archive.summaries(['open']));
    // What nobody enqueued here, such as the row of the malformed message, is none of them.
    const ended = rows.filter(({ jobId, state }) => ids.has(jobId) && ENDED.has(state.kind)).length;
    const calls = stack.simulator?.witness().arrived ?? 0;
    line.show(`${ended} of ${ids.size} jobs through, ${letters.length} dead letters, ${calls} calls`);
    const malformed = letters.some(({ class: faultClass }) => faultClass === 'malformed');
    if ((ended >= ids.size && malformed) || systemClock() > giveUpAt) break;
    await systemSleep(500);
  }
  line.done();
}

function stopOnSignals(stack: LocalStack): void {
  const stop = (): void => {
    process.once('SIGINT', () => process.exit(130));
    stdout.write('\nstopping\n');
    stack.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function fail(error: unknown): void {
  process.stderr.write(`mktq: ${troubleLine(error, DEMO_DATA)}\n`);
  process.exit(1);
}

await main().catch(fail);
