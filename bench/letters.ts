import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { awsServices } from '../client/aws-services.ts';
import { createAwsClients } from '../shared/aws/clients.ts';
import { dynamoArchive, LETTER_KIND } from '../shared/aws/dynamo-archive.ts';
import { itemOf } from '../shared/aws/dynamo-document.ts';
import type { Archive } from '../shared/deadletter/archive.ts';
import { causeOf } from '../shared/deadletter/cause.ts';
import type { LetterHead } from '../shared/deadletter/letter.ts';
import { groupByCause } from '../shared/operate/causes.ts';
import { type Bench, inTurns, type Measured, type Stage, timed } from './harness/bench.ts';
import { aimed, known, median, range, say, seconds, whole } from './harness/figures.ts';
import { runMktq } from './harness/run-mktq.ts';

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
    firstSentAt: null,
    request: { kind: 'inline', text: '<request/>' },
    response: { kind: 'inline', text: '<response/>' },
    httpStatus: 500,
    lateOutcome: null,
  };
}

async function writeLetters(client: DynamoDBClient, table: string, letters: number): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < letters) {
      const from = next;
      next += BATCH;
      const numbers = Array.from({ length: Math.min(BATCH, letters - from) }, (_, i) => from + i);
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

async function group(archive: Archive, letters: number): Promise<void> {
  const groups = await groupByCause(archive.summaries(['open']));
  const counted = groups.reduce((sum, { count }) => sum + count, 0);
  if (counted !== letters || groups.length !== CAUSES) {
    throw new Error(`${counted} letters of ${groups.length} causes were found`);
  }
}

async function measure({ size, startIdleStack, atEnd }: Stage): Promise<Measured> {
  const { dataDir, stack } = await startIdleStack({});
  const { region, sqs, dynamodb, table } = stack;
  const clients = createAwsClients(awsServices(region, { sqs, dynamodb }));
  atEnd(async () => clients.destroy());
  say(`writing ${size} letters`);
  await writeLetters(clients.dynamodb, table, size);
  const archive = dynamoArchive({ client: clients.dynamodb, table });
  const cases = {
    grouping: timed(() => group(archive, size)),
    command: timed(() => runMktq('dlq', 'list', '--by-cause', '--data', dataDir)),
  };
  const { grouping, command } = await inTurns(cases, { rounds: ROUNDS });
  return {
    setting:
      `${whole(size)} open letters of ${CAUSES} causes in the local stack's table, on disk, which is a process of its own. ` +
      `The median of ${ROUNDS}, the first cold.`,
    rows: [
      aimed(
        'read through the archive and group',
        range(grouping, seconds),
        'below 2 s',
        median(grouping) < AIM_MS,
      ),
      known('`mktq dlq list --by-cause`, from start to end', range(command, seconds)),
    ],
  };
}

/** Open letters by cause, as `mktq dlq list --by-cause` groups them, and that command itself. */
export const bench: Bench = {
  title: 'Grouping dead letters by cause',
  size: { of: 'letters', usual: 100_000 },
  measure,
};
