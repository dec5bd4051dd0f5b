import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { commonSettings } from '../../../shared/aws/clients.ts';
import { receiveMessages, removeMessages } from '../../../shared/aws/sqs-receive.ts';
import { SOME_TIME } from '../../support/rows.ts';

const client = new SQSClient({ region: 'us-east-1' });
const mock = mockClient(client);
let now = SOME_TIME;

const queue = {
  client,
  queueUrl: 'http://127.0.0.1/jobs.fifo',
  clock: () => now,
  random: () => 0.5,
  sleep: async (ms: number) => {
    now += ms;
  },
};

const delivered = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ messageId: `m${i}`, receiptHandle: `r${i}` }));

beforeEach(() => {
  now = SOME_TIME;
  mock.reset();
});

describe('receiveMessages', () => {
  test('asks for ten that are there now, hidden in whole seconds and never too short', async () => {
    mock.on(ReceiveMessageCommand).resolves({});
    expect(await receiveMessages(queue, 300_001)).toEqual([]);
    expect(mock.commandCalls(ReceiveMessageCommand)[0]?.args[0].input).toMatchObject({
      QueueUrl: queue.queueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 301,
      WaitTimeSeconds: 0,
    });
  });

  test('has of each message in which trace it was sent', async () => {
    const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1';
    mock
      .on(ReceiveMessageCommand)
      .resolves({ Messages: [{ Attributes: { AWSTraceHeader: traceHeader } }, {}] });
    expect(await receiveMessages(queue, 1_000)).toMatchObject([{ traceHeader }, {}]);
    expect(mock.commandCalls(ReceiveMessageCommand)[0]?.args[0].input).toMatchObject({
      MessageSystemAttributeNames: expect.arrayContaining(['AWSTraceHeader']),
    });
  });

  test('gives every receive a name of its own, under which it can be asked for again', async () => {
    mock.on(ReceiveMessageCommand).resolves({});
    await receiveMessages(queue, 1_000);
    await receiveMessages(queue, 1_000);
    const names = mock
      .commandCalls(ReceiveMessageCommand)
      .map(({ args }) => args[0].input.ReceiveRequestAttemptId);
    expect(names).toEqual([expect.stringMatching(/^\w{20,}$/), expect.stringMatching(/^\w{20,}$/)]);
    expect(names[0]).not.toBe(names[1]);
  });

  test('is tried again under the same name, so that a lost answer takes no message with it', async () => {
    const names: unknown[] = [];
    const server = createServer(async (request, response) => {
      names.push(JSON.parse(await text(request)).ReceiveRequestAttemptId);
      // The first answer is lost on the way.
      if (names.length === 1) response.destroy();
      else response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const asked = new SQSClient(commonSettings({ region: 'us-east-1', endpoint, credentials }));
    expect(await receiveMessages({ ...queue, client: asked }, 1_000)).toEqual([]);
    expect(names).toEqual([expect.any(String), names[0]]);
    asked.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  test('says it all in the words of the core', async () => {
    mock.on(ReceiveMessageCommand).resolves({
      Messages: [
        {
          MessageId: 'm1',
          ReceiptHandle: 'r1',
          Body: '{}',
          Attributes: {
            MessageGroupId: 'g',
            SequenceNumber: '17',
            SentTimestamp: '1700000000000',
            ApproximateReceiveCount: '3',
          },
        },
        { MessageId: 'm2', ReceiptHandle: 'r2' },
      ],
    });
    expect(await receiveMessages(queue, 1_000)).toEqual([
      {
        messageId: 'm1',
        receiptHandle: 'r1',
        body: '{}',
        groupId: 'g',
        sequenceNumber: '17',
        sentAt: 1_700_000_000_000,
        receiveCount: 3,
      },
      expect.objectContaining({ messageId: 'm2', body: '', groupId: 'm2', sequenceNumber: null }),
    ]);
  });
});

describe('removeMessages', () => {
  test('deletes ten at a time, and again only what SQS failed to delete', async () => {
    const failed = { Id: '2', Code: 'InternalError', Message: 'try again', SenderFault: false };
    mock
      .on(DeleteMessageBatchCommand)
      .resolvesOnce({ Successful: [], Failed: [failed] })
      .resolves({});
    expect(await removeMessages(queue, delivered(12), now + 60_000)).toBe(true);
    const asked = mock
      .commandCalls(DeleteMessageBatchCommand)
      .map(({ args }) => (args[0].input.Entries ?? []).map(({ ReceiptHandle }) => ReceiptHandle));
    expect(asked).toEqual([delivered(10).map(({ receiptHandle }) => receiptHandle), ['r10', 'r11'], ['r2']]);
  });

  test('says so when SQS refuses for good', async () => {
    const refused = { Id: '0', Code: 'InvalidIdFormat', Message: 'no', SenderFault: true };
    mock.on(DeleteMessageBatchCommand).resolves({ Successful: [], Failed: [refused] });
    expect(await removeMessages(queue, delivered(1), now + 60_000)).toBe(false);
    expect(mock.commandCalls(DeleteMessageBatchCommand)).toHaveLength(1);
  });

  test('keeps trying an unreachable queue until it must give up', async () => {
    mock.on(DeleteMessageBatchCommand).rejects(new Error('unreachable'));
    expect(await removeMessages(queue, delivered(1), now + 5_000)).toBe(false);
    expect(now).toBeLessThanOrEqual(SOME_TIME + 5_000);
    expect(mock.commandCalls(DeleteMessageBatchCommand).length).toBeGreaterThan(3);
  });
});
