import { ChangeMessageVisibilityBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { hideMessages } from '../../../shared/aws/sqs-hide.ts';
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

const deliveries = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ messageId: `m${i}`, receiptHandle: `r${i}` }));

const refusal = (id: string, code: string, message: string, senderFault: boolean) => ({
  Id: id,
  Code: code,
  Message: message,
  SenderFault: senderFault,
});

const requests = () =>
  mock.commandCalls(ChangeMessageVisibilityBatchCommand).map(({ args }) => args[0].input.Entries ?? []);

beforeEach(() => {
  now = SOME_TIME;
  mock.reset();
});

describe('hideMessages', () => {
  test('asks for ten at a time, in whole seconds, never too short', async () => {
    mock.on(ChangeMessageVisibilityBatchCommand).resolves({});
    expect(await hideMessages(queue, deliveries(23), 1_001, now + 1_000)).toBe(true);
    expect(requests().map((entries) => entries.length)).toEqual([10, 10, 3]);
    expect(new Set(requests().flatMap((e) => e.map(({ VisibilityTimeout }) => VisibilityTimeout)))).toEqual(
      new Set([2]),
    );
  });

  test('tries again only what SQS failed to hide, aiming at the same moment', async () => {
    mock
      .on(ChangeMessageVisibilityBatchCommand)
      .resolvesOnce({ Successful: [], Failed: [refusal('1', 'InternalError', 'try again', false)] })
      .resolves({});
    const slow = {
      ...queue,
      sleep: async () => {
        now += 3_000;
      },
    };
    expect(await hideMessages(slow, deliveries(3), 10_000, now + 60_000)).toBe(true);
    expect(requests().map((entries) => entries.map((e) => [e.ReceiptHandle, e.VisibilityTimeout]))).toEqual([
      [
        ['r0', 10],
        ['r1', 10],
        ['r2', 10],
      ],
      [['r1', 7]],
    ]);
  });

  test('is not done when SQS refuses for good, and does not ask again', async () => {
    const beyond = refusal('0', 'InvalidParameterValue', 'Total VisibilityTimeout is beyond the limit', true);
    mock.on(ChangeMessageVisibilityBatchCommand).resolves({ Successful: [], Failed: [beyond] });
    expect(await hideMessages(queue, deliveries(2), 0, now + 60_000)).toBe(false);
    expect(requests()).toHaveLength(1);
  });

  test.each([
    ['ReceiptHandleIsInvalid', 'The input receipt handle is invalid.'],
    ['AWS.SimpleQueueService.MessageNotInflight', 'not in flight'],
    [
      'InvalidParameterValue',
      'Value x for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.',
    ],
  ])('has nothing left to do for a message that is gone (%s)', async (code, message) => {
    const gone = refusal('0', code, message, true);
    mock.on(ChangeMessageVisibilityBatchCommand).resolves({ Successful: [], Failed: [gone] });
    expect(await hideMessages(queue, deliveries(2), 0, now + 60_000)).toBe(true);
  });

  test('keeps trying an unreachable queue until it must give up, and no longer', async () => {
    mock.on(ChangeMessageVisibilityBatchCommand).rejects(new Error('unreachable'));
    const giveUpAt = now + 5_000;
    expect(await hideMessages(queue, deliveries(1), 0, giveUpAt)).toBe(false);
    expect(requests().length).toBeGreaterThan(3);
    expect(now).toBeLessThanOrEqual(giveUpAt);
  });

  test('succeeds when the queue comes back in time', async () => {
    mock
      .on(ChangeMessageVisibilityBatchCommand)
      .rejectsOnce(new Error('unreachable'))
      .rejectsOnce(new Error('unreachable'))
      .resolves({});
    expect(await hideMessages(queue, deliveries(1), 0, now + 5_000)).toBe(true);
  });

  test('tries once even when it is late', async () => {
    mock.on(ChangeMessageVisibilityBatchCommand).resolves({});
    expect(await hideMessages(queue, deliveries(1), 0, now - 1)).toBe(true);
  });

  test.each([3_600_001, -1, Number.NaN])('refuses a delay of %d ms without asking SQS', async (delayMs) => {
    await expect(hideMessages(queue, deliveries(1), delayMs, now)).rejects.toThrow(RangeError);
    expect(requests()).toHaveLength(0);
  });

  test('takes a whole hour', async () => {
    mock.on(ChangeMessageVisibilityBatchCommand).resolves({});
    expect(await hideMessages(queue, deliveries(1), 3_600_000, now)).toBe(true);
    expect(requests()[0]?.[0]?.VisibilityTimeout).toBe(3_600);
  });
});
