import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { BATCH_SIZE } from '../config/limits.ts';
import { HAS_ROW } from '../config/names.ts';
import type { Delivery } from '../job/job.ts';
import type { Delivered } from '../job/queues.ts';
import { randomToken } from '../kernel/random.ts';
import { askForEach, type SqsQueue } from './sqs-entries.ts';

/** Takes what is visible now, at most ten messages: SQS's own limit. The SDK's retries carry the same input, and so the same name. */
export async function receiveMessages(queue: SqsQueue, hiddenMs: number): Promise<readonly Delivery[]> {
  const { Messages } = await queue.client.send(
    new ReceiveMessageCommand({
      QueueUrl: queue.queueUrl,
      MaxNumberOfMessages: BATCH_SIZE,
      VisibilityTimeout: Math.ceil(hiddenMs / 1000),
      // The queue's own wait is a long poll's.
      WaitTimeSeconds: 0,
      ReceiveRequestAttemptId: randomToken(),
      MessageSystemAttributeNames: [
        'MessageGroupId',
        'SequenceNumber',
        'SentTimestamp',
        'ApproximateReceiveCount',
        'AWSTraceHeader',
      ],
      MessageAttributeNames: [HAS_ROW],
    }),
  );
  return (Messages ?? []).map(toDelivery);
}

/** Deletes messages; SQS answers the same for one that is deleted already. */
export const removeMessages = (
  queue: SqsQueue,
  messages: readonly Delivered[],
  giveUpAt: number,
): Promise<boolean> =>
  askForEach(queue, messages, giveUpAt, (asked, _now, abortSignal) =>
    queue.client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: queue.queueUrl,
        Entries: asked.map(({ receiptHandle }, i) => ({ Id: String(i), ReceiptHandle: receiptHandle })),
      }),
      { abortSignal },
    ),
  );

/** A message that lacks an attribute is still a delivery: its body decides. */
const toDelivery = ({
  MessageId = '',
  ReceiptHandle = '',
  Body = '',
  Attributes = {},
  MessageAttributes = {},
}: Message): Delivery => ({
  messageId: MessageId,
  receiptHandle: ReceiptHandle,
  body: Body,
  groupId: Attributes.MessageGroupId ?? MessageId,
  sequenceNumber: Attributes.SequenceNumber ?? null,
  sentAt: Number(Attributes.SentTimestamp),
  receiveCount: Number(Attributes.ApproximateReceiveCount),
  ...(MessageAttributes[HAS_ROW] === undefined ? {} : { hasRow: true }),
  ...(Attributes.AWSTraceHeader === undefined ? {} : { traceHeader: Attributes.AWSTraceHeader }),
});
