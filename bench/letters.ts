/**
 * Grouping 100,000 open letters by cause (aim: below 2 s), as `mktq dlq list --by-cause` does it: the database is a
 * process of its own, the summaries are read through the archive. Run: `npx node bench/letters.ts [letters]`.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { BatchWriteItemCommand, CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createAwsClients } from '../shared/aws/clients.ts';
import { dynamoArchive, letterAttributes } from '../shared/aws/dynamo-archive.ts';
import { encodeDocument, keyItem } from '../shared/aws/dynamo-document.ts';
import { letterKey } from '../shared/aws/dynamo-keys.ts';
import { tableDefinition } from '../shared/aws/dynamo-table.ts';
import type { LetterHead } from '../shared/deadletter/letter.ts';
import { sha256Hex } from '../shared/kernel/hash.ts';

const TABLE_NAME = 'letters';
const BATCH = 25;
const AT_ONCE = 4;

const startedAt = Date.UTC(2026, 10, 22);

const letter = (n: number): LetterHead => ({
  letterId: `letter-${n}`,
  version: 1,
  writeToken: `token-${n}`,
  jobId: `letter-${n}`,
  epoch: 0,
  operation: 'syncLead',
  class: 'invalid-request',
  code: 20_100 + (n % 12),
  message: `No lead found with EMAIL = person${n}@example.com in the database of this subscription (${n % 12})`,
  cause: sha256Hex(`cause ${n % 12}`).slice(0, 12),
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
});

async function writeLetters(client: DynamoDBClient, count: number): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const from = next;
      next += BATCH;
      const numbers = Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => from + i);
      const requests = numbers.map(letter).map((one) => ({
        PutRequest: {
          Item: { ...encodeDocument(one), ...letterAttributes(one), ...keyItem(letterKey(one.letterId)) },
        },
      }));
      await client.send(new BatchWriteItemCommand({ RequestItems: { [TABLE_NAME]: requests } }));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

async function main(count: number): Promise<void> {
  const [database, endpoint] = await startDatabase();
  const service = {
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestTimeoutMs: 60_000,
  };
  const clients = createAwsClients({ dynamodb: service, sqs: service });
  await clients.dynamodb.send(new CreateTableCommand(tableDefinition(TABLE_NAME)));
  const written = performance.now();
  await writeLetters(clients.dynamodb, count);
  console.log(`wrote ${count} letters in ${Math.round(performance.now() - written)} ms`);
  const archive = dynamoArchive({ client: clients.dynamodb, table: TABLE_NAME });
  for (let round = 1; round <= 3; round += 1) {
    const began = performance.now();
    const causes = new Map<string, number>();
    for await (const { cause } of archive.summaries(['open']))
      causes.set(cause, (causes.get(cause) ?? 0) + 1);
    const total = [...causes.values()].reduce((sum, n) => sum + n, 0);
    console.log(
      `round ${round}: ${total} letters, ${causes.size} causes in ${Math.round(performance.now() - began)} ms`,
    );
  }
  clients.destroy();
  database.kill();
}

function startDatabase(): Promise<[ChildProcess, string]> {
  const child = fork(new URL('./letters-database.ts', import.meta.url));
  return new Promise((resolve, reject) => {
    child.once('message', (endpoint) => resolve([child, String(endpoint)]));
    child.once('exit', (code) => reject(new Error(`the database ended with ${code}`)));
  });
}

await main(Number(process.argv[2] ?? 100_000));
