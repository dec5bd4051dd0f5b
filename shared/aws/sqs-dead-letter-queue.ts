import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetterQueue } from '../job/queues.ts';

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
