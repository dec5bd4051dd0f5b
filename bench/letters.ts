/**
 * Grouping 100,000 open letters by cause, as `mktq dlq list --by-cause` does it, and that command itself.
 * `npx node bench/letters.ts [--letters N]`
 */
import { parseArgs } from 'node:util';
import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { awsServices } from '../client/aws-services.ts';
import { createAwsClients } from '../shared/aws/clients.ts';
import { dynamoArchive, LETTER_KIND } from '../shared/aws/dynamo-archive.ts';
import { itemOf } from '../shared/aws/dynamo-document.ts';
import type { Archive } from '../shared/deadletter/archive.ts';
import { causeOf } from '../shared/deadletter/cause.ts';
import { groupByCause } from '../shared/deadletter/group-by-cause.ts';
import type { LetterHead } from '../shared/deadletter/letter.ts';
import { runMktq } from './parts/command.ts';
import { median, printFigures, say, seconds, whole } from './parts/figures.ts';
import { startIdleStack } from './parts/idle-stack.ts';
import { withTempDir } from './parts/temp-dir.ts';

const { values } = parseArgs({ options: { letters: { type: 'string', default: '100000' } } });
const LETTERS = Number(values.letters);
const CAUSES = 12;
const ROUNDS = 5;
const AIM_MS = 2_000;
const BATCH = 25;
const AT_ONCE = 4;

const startedAt = Date.UTC(2026, 10, 22);

function letter(n: number): LetterHead {
  const fault = {
    class: 'invalid-request',
    code: 20_100 + (n % CAUSES),
    operation: 'syncLead',
    message: `No lead found with EMAIL = person${n}@example.com in the database of this subscription`,
  } as const;
  return {
    ...fault,
    letterId: `letter-${n}`,
    jobId: `letter-${n}`,
    epoch: 0,
    cause: causeOf(fault),
    attempts: [],
    deadLetteredAt: startedAt + n * 37,
    status: 'open',
    closing: null,
    job: { kind: 'inline', text: '{"version":1}' },
    retryBody: null,
    orderingKey: `lead:EMAIL:person${n}@example.com`,
    batch: null,
    sequenceNumber: null,
    request: { kind: 'inline', text: '<request/>' },
    response: { kind: 'inline', text: '<response/>' },
    httpStatus: 500,
    lateOutcome: null,
  };
}

async function writeLetters(client: DynamoDBClient, table: string): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < LETTERS) {
      const from = next;
      next += BATCH;
      const numbers = Array.from({ length: Math.min(BATCH, LETTERS - from) }, (_, i) => from + i);
      const requests = numbers.map(letter).map((one) => ({
        PutRequest: {
          Item: itemOf(LETTER_KIND, { id: one.letterId, value: one, version: 1, token: 'bench' }),
        },
      }));
      await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

async function groupOnce(archive: Archive): Promise<number> {
  const began = performance.now();
  const groups = await groupByCause(archive.summaries(['open']));
  const elapsedMs = performance.now() - began;
  const counted = groups.reduce((sum, { count }) => sum + count, 0);
  if (counted !== LETTERS || groups.length !== CAUSES) {
    throw new Error(`${counted} letters of ${groups.length} causes were found`);
  }
  return elapsedMs;
}

async function measure(dataDir: string): Promise<void> {
  const servers = await startIdleStack({ dataDir, env: {} });
  const { region, sqs, dynamodb, table } = servers.ready.stack;
  const clients = createAwsClients(awsServices(region, { sqs, dynamodb }));
  say(`writing ${LETTERS} letters`);
  await writeLetters(clients.dynamodb, table);
  const archive = dynamoArchive({ client: clients.dynamodb, table });
  const rounds: number[] = [];
  const commands: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push(await groupOnce(archive));
    commands.push((await runMktq('dlq', 'list', '--by-cause', '--data', dataDir)).elapsedMs);
    say(`${rounds.at(-1)} ms, ${commands.at(-1)} ms`);
  }
  clients.destroy();
  await servers.end();
  const range = (times: readonly number[]) =>
    `${seconds(median(times))} (${seconds(Math.min(...times))} to ${seconds(Math.max(...times))})`;
  printFigures(
    `${whole(LETTERS)} open letters of ${CAUSES} causes in the local stack's table, on disk, which is a process of its own. ` +
      `The median of ${ROUNDS}, the first cold.`,
    [
      {
        question: 'read through the archive and group',
        aim: 'below 2 s',
        figure: range(rounds),
        met: median(rounds) < AIM_MS,
      },
      {
        question: '`mktq dlq list --by-cause`, from start to end',
        aim: null,
        figure: range(commands),
        met: null,
      },
    ],
  );
}

await withTempDir(measure);
process.exit(0);
