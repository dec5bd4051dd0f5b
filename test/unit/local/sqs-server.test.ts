import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../../local/dynamo-server.ts';
import { type QueueAddress, type SqsServer, startSqsServer } from '../../../local/sqs-server.ts';
import { INSTANCE_PATH, oldestMessageAge } from '../../../local/stack-file.ts';
import { freePort, holdPorts } from '../../support/held-ports.ts';

let directory: string;
let client: SQSClient;
let server: SqsServer;
let troubles: unknown[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'mktq-sqs-'));
  troubles = [];
  await start();
});

afterEach(async () => {
  await stop();
  rmSync(directory, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const port = await freePort();
  server = await startSqsServer({
    directory,
    port,
    region: 'us-east-1',
    instance: 'instance-1',
    onDiskTrouble: (error) => troubles.push(error),
  });
  client = new SQSClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: LOCAL_CREDENTIALS,
    useQueueUrlAsEndpoint: false,
    maxAttempts: 1,
  });
}

async function stop(): Promise<void> {
  client.destroy();
  await server.close();
}

const send = (body: string, group: string) =>
  client.send(
    new SendMessageCommand({
      QueueUrl: server.jobs.url,
      MessageBody: body,
      MessageGroupId: group,
      MessageDeduplicationId: body,
    }),
  );

async function receive(queue: QueueAddress = server.jobs) {
  const answer = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: queue.url,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['All'],
    }),
  );
  return answer.Messages ?? [];
}

const bodies = async (queue?: QueueAddress) => (await receive(queue)).map(({ Body }) => Body);

const hide = (receiptHandle: string | undefined, seconds: number) =>
  client.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: server.jobs.url,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: seconds,
    }),
  );

describe('the embedded SQS', () => {
  test('makes the two queues as AWS would be told to', async () => {
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: server.jobs.url, AttributeNames: ['All'] }),
    );
    expect(Attributes).toMatchObject({
      FifoQueue: 'true',
      VisibilityTimeout: '1800',
      MessageRetentionPeriod: '1209600',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: server.deadLetters.arn, maxReceiveCount: 1_000 }),
    });
    expect(await bodies(server.deadLetters)).toEqual([]);
  });

  test('listens on loopback only and says which instance it is', async () => {
    expect(new URL(server.url).hostname).toBe('127.0.0.1');
    expect(await (await fetch(`${server.url}${INSTANCE_PATH}`)).text()).toBe('instance-1');
  });

  test('takes an emoji as it is, as AWS does, and no control character', async () => {
    const send = (MessageBody: string) =>
      client.send(
        new SendMessageCommand({
          QueueUrl: server.jobs.url,
          MessageBody,
          MessageGroupId: 'g',
          MessageDeduplicationId: 'd',
        }),
      );
    await expect(send('a \u0008 b')).rejects.toThrow('Invalid characters');
    await send('{"a":"\u{1f469}\u{10ffff}"}');
    expect(await bodies()).toEqual(['{"a":"\u{1f469}\u{10ffff}"}']);
  });

  test('keeps a group waiting while one of its messages is in flight', async () => {
    await send('a1', 'a');
    await send('a2', 'a');
    await send('b1', 'b');
    expect(await bodies()).toEqual(['a1', 'b1']);
    expect(await bodies()).toEqual([]);
  });

  // fauxqs 2.4.1 with persistence: the message was gone until a restart.
  test('shows a message again at once when its visibility is set to 0', async () => {
    await send('a1', 'a');
    await send('a2', 'a');
    await hide((await receive())[0]?.ReceiptHandle, 0);
    const [again] = await receive();
    expect(again).toMatchObject({ Body: 'a1', Attributes: { ApproximateReceiveCount: '2' } });
    expect(troubles).toEqual([]);
  });

  test('shows what was in flight at the next start, in the order of its group, with its receive count', async () => {
    await send('a1', 'a');
    await send('a2', 'a');
    await hide((await receive())[0]?.ReceiptHandle, 3_600);
    expect(await bodies()).toEqual([]);
    await stop();
    await start();
    const [again] = await receive();
    expect(again).toMatchObject({ Body: 'a1', Attributes: { ApproximateReceiveCount: '2' } });
    expect(await bodies()).toEqual([]);
  });

  test('counts the sequence on after a restart', async () => {
    const before = await send('a1', 'a');
    await stop();
    await start();
    const after = await send('a2', 'a');
    expect(Number(after.SequenceNumber)).toBe(Number(before.SequenceNumber) + 1);
  });

  test('moves a message to the dead-letter queue after its last receive, in one transaction', async () => {
    const policy = { deadLetterTargetArn: server.deadLetters.arn, maxReceiveCount: 1 };
    await client.send(
      new SetQueueAttributesCommand({
        QueueUrl: server.jobs.url,
        Attributes: { RedrivePolicy: JSON.stringify(policy) },
      }),
    );
    await send('a1', 'a');
    await hide((await receive())[0]?.ReceiptHandle, 0);
    expect(await bodies()).toEqual([]);
    await stop();
    await start();
    expect(await bodies(server.deadLetters)).toEqual(['a1']);
  });

  test('takes no message out of the file when the dead-letter queue cannot take it', async () => {
    const policy = { deadLetterTargetArn: server.deadLetters.arn, maxReceiveCount: 1 };
    await client.send(
      new SetQueueAttributesCommand({
        QueueUrl: server.jobs.url,
        Attributes: { RedrivePolicy: JSON.stringify(policy) },
      }),
    );
    await send('a1', 'a');
    await hide((await receive())[0]?.ReceiptHandle, 0);
    refuseInserts();
    await expect(receive()).rejects.toThrow();
    expect(troubles).not.toEqual([]);
    await stop();
    allowInserts();
    await start();
    expect(await bodies()).toEqual(['a1']);
  });

  test('reports a write that the disk refuses, and accepts nothing that is not in the file', async () => {
    refuseInserts();
    await expect(send('a1', 'a')).rejects.toThrow();
    expect(troubles).toHaveLength(1);
    allowInserts();
    expect(await bodies()).toEqual([]);
    await send('a2', 'a');
    expect(await bodies()).toEqual(['a2']);
  });
});

test('a queue whose port somebody has taken leaves its file to the next try', async () => {
  await send('a1', 'a');
  await stop();
  const held = await holdPorts(1);
  const taken = { directory, port: held.first, region: 'us-east-1', instance: 'i', onDiskTrouble: () => {} };
  await expect(startSqsServer(taken)).rejects.toThrow('EADDRINUSE');
  await held.release();
  await start();
  expect(await bodies()).toEqual(['a1']);
  expect(openFiles(join(directory, 'fauxqs.db'))).toBe(1);
});

/** How often this process has the file open, where the system can tell. */
function openFiles(path: string): number {
  if (!existsSync('/proc/self/fd')) return 1;
  const links = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return links.filter((link) => link === path).length;
}

/** Stands in for a full disk: SQLite refuses new messages from any connection. */
function refuseInserts(): void {
  change(
    "CREATE TRIGGER full BEFORE INSERT ON sqs_messages BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
  );
}

const allowInserts = (): void => change('DROP TRIGGER full');

function change(sql: string): void {
  const database = new DatabaseSync(join(directory, 'fauxqs.db'));
  database.exec(sql);
  database.close();
}

test('says how old the oldest message of the jobs queue is, a hidden one too, and null if it has none', async () => {
  const age = (aheadMs = 0) => oldestMessageAge(server.url, () => Date.now() + aheadMs);
  expect(await age()).toBeNull();
  await send('one', 'a');
  const since = Date.now();
  await send('two', 'b');
  expect(await age(60_000)).toBeGreaterThanOrEqual(60_000);
  expect(await age(60_000)).toBeLessThan(60_000 + Date.now() - since + 1_000);
  const QueueUrl = server.jobs.url;
  const received = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  expect(received.Messages).toHaveLength(2);
  expect(await age(60_000)).toBeGreaterThanOrEqual(60_000);
  // A clock behind the queue's makes no age of less than nothing.
  expect(await age(-60_000)).toBe(0);
});
