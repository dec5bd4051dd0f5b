import { PublishBatchCommand, type PublishBatchRequestEntry, SNSClient } from '@aws-sdk/client-sns';
import { type Events, eventText, type StackEvent } from '../events/event.ts';
import { type AwsService, eventSettings } from './clients.ts';

export const createSnsClient = (service: AwsService): SNSClient => new SNSClient(eventSettings(service));

/** A message as its readers get it. An e-mail has a subject. */
export interface TopicMessage {
  readonly subject?: string;
  readonly text: string;
}

export const asJson = (event: StackEvent): TopicMessage => ({ text: eventText(event) });

/** A topic of SNS. A filter policy of a subscription finds our events by the message attribute `type`. */
export const topicEvents = (
  client: SNSClient,
  topicArn: string,
  messageOf: (event: StackEvent) => TopicMessage,
): Events => ({
  publish: async (events) => {
    const { Failed } = await client.send(
      new PublishBatchCommand({
        TopicArn: topicArn,
        PublishBatchRequestEntries: events.map((event, index) => entryOf(event, index, messageOf(event))),
      }),
    );
    return Failed?.length ?? 0;
  },
});

const entryOf = (
  { type }: StackEvent,
  index: number,
  { subject, text }: TopicMessage,
): PublishBatchRequestEntry => ({
  Id: String(index),
  Message: text,
  MessageAttributes: { type: { DataType: 'String', StringValue: type } },
  ...(subject === undefined ? {} : { Subject: subject }),
});
