import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { EVENT_ATTRIBUTES } from './sqs-event.ts';

/** A queue as its event source sees it. A batch is at most ten messages. */
export interface PolledQueue {
  receive(most: number): Promise<readonly Message[]>;
  /** Answers the messages that could not be deleted. */
  remove(messages: readonly Message[]): Promise<readonly Message[]>;
  /** Makes messages that nobody was given visible again. */
  giveBack(messages: readonly Message[]): Promise<void>;
}

/**
 * Short, and always left to end: a poll that is aborted can take a message with it, which then stays hidden until its
 * visibility ends.
 */
const POLL_S = 1;

export const sqsPolledQueue = (client: SQSClient, queueUrl: string): PolledQueue => ({
  async receive(most) {
    const received = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: most,
        WaitTimeSeconds: POLL_S,
        MessageSystemAttributeNames: [...EVENT_ATTRIBUTES.MessageSystemAttributeNames],
        MessageAttributeNames: [...EVENT_ATTRIBUTES.MessageAttributeNames],
      }),
    );
    return received.Messages ?? [];
  },
  async remove(messages) {
    const answer = await client.send(
      new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entriesOf(messages) }),
    );
    return (answer.Failed ?? []).flatMap(({ Id }) => messages[Number(Id)] ?? []);
  },
  async giveBack(messages) {
    await client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: queueUrl,
        Entries: entriesOf(messages).map((entry) => ({ ...entry, VisibilityTimeout: 0 })),
      }),
    );
  },
});

const entriesOf = (messages: readonly Message[]): { Id: string; ReceiptHandle: string | undefined }[] =>
  messages.map((message, index) => ({ Id: String(index), ReceiptHandle: message.ReceiptHandle }));
