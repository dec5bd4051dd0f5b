import { GetQueueAttributesCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetterQueue, JobsQueue } from '../job/queues.ts';
import { hideMessages, type SqsQueue } from './sqs-hide.ts';
import { sendMessages } from './sqs-send.ts';

/** The jobs queue in SQS. */
export function sqsJobsQueue(queue: SqsQueue): JobsQueue {
  return {
    hide: (deliveries, delayMs, giveUpAt) => hideMessages(queue, deliveries, delayMs, giveUpAt),
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
