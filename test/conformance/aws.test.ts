import { DeleteItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoAcknowledgements } from '../../shared/aws/dynamo-acknowledgements.ts';
import { dynamoArchive } from '../../shared/aws/dynamo-archive.ts';
import { dynamoBodies } from '../../shared/aws/dynamo-bodies.ts';
import { dynamoBudgetStore } from '../../shared/aws/dynamo-budget-store.ts';
import { dynamoCalls } from '../../shared/aws/dynamo-calls.ts';
import { dynamoCancellations } from '../../shared/aws/dynamo-cancellations.ts';
import { dynamoCausesTold } from '../../shared/aws/dynamo-causes-told.ts';
import { dynamoChunks } from '../../shared/aws/dynamo-chunks.ts';
import { dynamoForeignGroups } from '../../shared/aws/dynamo-foreign-groups.ts';
import { dynamoLedger } from '../../shared/aws/dynamo-ledger.ts';
import { dynamoOpenBatches } from '../../shared/aws/dynamo-open-batches.ts';
import { sqsDeadLetterQueue, sqsJobsQueue } from '../../shared/aws/sqs-queues.ts';
import { watchStoreClock } from '../../shared/aws/store-clock.ts';
import type { CausesTold } from '../../shared/events/causes-told.ts';
import { foreignGroup, together } from '../../shared/job/foreign-groups.ts';
import type { Delivery } from '../../shared/job/job.ts';
import { systemClock, systemSleep } from '../../shared/kernel/clock.ts';
import { systemRandom } from '../../shared/kernel/random.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../support/embedded.ts';
import { describeAcknowledgements } from './acknowledgements-suite.ts';
import { describeArchive } from './archive-suite.ts';
import { describeBodies } from './bodies-suite.ts';
import { budgetStoreConformance } from './budget-store.ts';
import { describeCalls } from './calls-suite.ts';
import { describeCancellations } from './cancellations-suite.ts';
import { describeChange } from './change-suite.ts';
import { describeChunks } from './chunks-suite.ts';
import { describeJobsQueue } from './jobs-queue-suite.ts';
import { describeLedger } from './ledger-suite.ts';
import { describeOpenBatches } from './open-batches-suite.ts';

// Against the embedded servers, or whatever AWS_ENDPOINT_URL names: see test/support/embedded.ts.
let aws: EmbeddedAws;
beforeAll(async () => {
  aws = await startEmbeddedAws();
});
afterAll(() => aws.stop());

const newTable = async () => ({ client: aws.clients.dynamodb, table: await aws.createTable() });

describe('the ledger in DynamoDB', () => describeLedger(async () => dynamoLedger(await newTable())));
describe('the archive in DynamoDB', () => describeArchive(async () => dynamoArchive(await newTable())));
describe('the chunks in DynamoDB', () => describeChunks(async () => dynamoChunks(await newTable())));
describe('the cancelled batches in DynamoDB', () =>
  describeCancellations(async () => dynamoCancellations(await newTable())));
describe('the batches under way in DynamoDB', () =>
  describeOpenBatches(async () => dynamoOpenBatches(await newTable())));
describe('the told causes in DynamoDB', () => {
  let made = 0;
  describeChange<CausesTold>(async () => {
    made += 1;
    return {
      id: `reader ${made}`,
      make: (mark) => ({ letters: 1, causes: { [mark]: { since: 1, told: 0 } } }),
      documents: dynamoCausesTold(await newTable()),
    };
  });
});
describe('the acknowledgements in DynamoDB', () =>
  describeAcknowledgements(async () => dynamoAcknowledgements(await newTable(), 'acme')));
describe('the bodies in DynamoDB', () => describeBodies(async () => dynamoBodies(await newTable())));
describe('the calls in DynamoDB', () => describeCalls(async () => dynamoCalls(await newTable())));
budgetStoreConformance('DynamoDB', async () => dynamoBudgetStore(await newTable(), 'acme'));

describe('the count of foreign groups in DynamoDB', () => {
  test('is one for the account, and goes a week after the last', async () => {
    const at = await newTable();
    const [acme, other] = [dynamoForeignGroups(at, 'acme'), dynamoForeignGroups(at, 'other')];
    expect(await acme.get()).toBeNull();
    const counted = foreignGroup('marketo', 'j1', 1_795_370_400_000);
    await Promise.all([1, 2, 3].map(() => acme.change((stored) => together(stored, counted))));
    expect(await acme.get()).toEqual({ ...counted, jobs: 3 });
    expect(await other.get()).toBeNull();
    const { Item } = await at.client.send(
      new GetItemCommand({ TableName: at.table, Key: { pk: { S: 'groups#acme' }, sk: { S: 'foreign' } } }),
    );
    expect(Item?.['ttl']).toEqual({ N: String(1_795_370_400 + 7 * 86_400) });
  });
});

describe('the clock of DynamoDB', () => {
  test('is read from every reply, a refusal too', async () => {
    const at = await newTable();
    let aheadMs = 0;
    const clock = () => Date.now() + aheadMs;
    // As in a process that has just begun: nothing has been asked of the client before.
    at.client.config.cacheMiddleware = false;
    const storeClock = watchStoreClock(at.client, clock);
    expect(storeClock.aheadMs(clock())).toBeNull();
    await dynamoBudgetStore(at, 'acme').read();
    expect(storeClock.aheadMs(clock())).toBe(0);
    aheadMs = -3_600_000;
    const refused = new DeleteItemCommand({
      TableName: at.table,
      Key: { pk: { S: 'a' }, sk: { S: 'b' } },
      ConditionExpression: 'attribute_exists(pk)',
    });
    await expect(at.client.send(refused)).rejects.toThrow('conditional');
    expect(storeClock.aheadMs(clock())).toBeLessThan(-3_500_000);
  });
});

describe('the jobs queue in SQS', () =>
  describeJobsQueue(async () => {
    const client = aws.clients.sqs;
    const queueUrl = await aws.createQueue();
    const clock = systemClock;
    return {
      queue: sqsJobsQueue({ client, queueUrl, clock, random: systemRandom, sleep: systemSleep }),
      receive: () => receive(client, queueUrl),
      acknowledge: async (handle) => {
        await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: handle }));
      },
      now: clock,
    };
  }));

describe('the dead-letter queue in SQS', () => {
  test('takes a notice, and only once when it is sent again', async () => {
    const client = aws.clients.sqs;
    const queueUrl = await aws.createQueue();
    const queue = sqsDeadLetterQueue(client, queueUrl);
    await queue.send('job-1#2', '{"letterId":"job-1#2"}');
    await queue.send('job-1#2', '{"letterId":"job-1#2"}');
    await queue.send('job-2', '{}');
    const received = await receive(client, queueUrl);
    expect(received.map(({ body, groupId }) => [groupId, body]).sort()).toEqual([
      ['job-1#2', '{"letterId":"job-1#2"}'],
      ['job-2', '{}'],
    ]);
  });
});

async function receive(client: SQSClient, queueUrl: string): Promise<readonly Delivery[]> {
  const { Messages } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['All'],
      WaitTimeSeconds: 0,
    }),
  );
  return (Messages ?? []).map((message) => ({
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    groupId: message.Attributes?.MessageGroupId ?? '',
    sequenceNumber: message.Attributes?.SequenceNumber ?? null,
    sentAt: Number(message.Attributes?.SentTimestamp ?? 0),
    receiveCount: Number(message.Attributes?.ApproximateReceiveCount ?? 0),
  }));
}
