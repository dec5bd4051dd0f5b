import { GetQueueAttributesCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetterQueue, JobsQueue } from '../job/queues.ts';
import type { SqsQueue } from './sqs-entries.ts';
import { hideMessages } from './sqs-hide.ts';
import { receiveMessages, removeMessages } from './sqs-receive.ts';
import { sendMessages } from './sqs-send.ts';

/** The jobs queue in SQS. */
export function sqsJobsQueue(queue: SqsQueue): JobsQueue {
  return {
    receive: (hiddenMs) => receiveMessages(queue, hiddenMs),
    hide: (deliveries, delayMs, giveUpAt) => hideMessages(queue, deliveries, delayMs, giveUpAt),
    remove: (deliveries, giveUpAt) => removeMessages(queue, deliveries, giveUpAt),
    send: (messages) => sendMessages(queue, messages),
    stats: () => readStats(queue),
  };
}

/** SQS's own figures, which are approximate and up to a minute old. */
async function readStats(queue: SqsQueue): ReturnType<JobsQueue['stats']> {
  const { Attributes } = await queue.client.send(
    new GetQueueAttributesCommand({
      QueueUrl: queue.queueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  return {
    visible: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(Attributes?.ApproximateNumberOfMessagesDelayed ?? 0),
  };
}

/** The dead-letter queue in SQS: a letter is a group of its own, and a notice sent twice within five minutes is one. */
export function sqsDeadLetterQueue(client: SQSClient, queueUrl: string): DeadLetterQueue {
  return {
    send: async (letterId, body) => {
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: body,
          MessageGroupId: letterId,
          MessageDeduplicationId: letterId,
        }),
      );
    },
  };
}
