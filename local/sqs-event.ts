import type { Message } from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSMessageAttributes, SQSRecord } from 'aws-lambda';

/** What a poll must ask SQS for, so that an event can be made of the answer. */
export const EVENT_ATTRIBUTES = {
  MessageSystemAttributeNames: ['All'],
  MessageAttributeNames: ['All'],
} as const;

/** Received messages in the shape in which Lambda's event source mapping hands them to a function. */
export const toSqsEvent = (
  messages: readonly Message[],
  source: { readonly queueArn: string; readonly region: string },
): SQSEvent => ({ Records: messages.map((message) => toRecord(message, source)) });

function toRecord(
  message: Message,
  source: { readonly queueArn: string; readonly region: string },
): SQSRecord {
  const given = message.Attributes ?? {};
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: {
      ApproximateReceiveCount: given.ApproximateReceiveCount ?? '1',
      SentTimestamp: given.SentTimestamp ?? '',
      SenderId: given.SenderId ?? '',
      ApproximateFirstReceiveTimestamp: given.ApproximateFirstReceiveTimestamp ?? '',
      ...(given.SequenceNumber === undefined ? {} : { SequenceNumber: given.SequenceNumber }),
      ...(given.MessageGroupId === undefined ? {} : { MessageGroupId: given.MessageGroupId }),
      ...(given.MessageDeduplicationId === undefined
        ? {}
        : { MessageDeduplicationId: given.MessageDeduplicationId }),
    },
    messageAttributes: toMessageAttributes(message),
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: source.queueArn,
    awsRegion: source.region,
  };
}

/** Lambda writes these names in lower case and gives binary values as base64. */
function toMessageAttributes(message: Message): SQSMessageAttributes {
  const attributes: SQSMessageAttributes = {};
  for (const [name, value] of Object.entries(message.MessageAttributes ?? {})) {
    attributes[name] = {
      dataType: value.DataType ?? 'String',
      stringListValues: [],
      binaryListValues: [],
      ...(value.StringValue === undefined ? {} : { stringValue: value.StringValue }),
      ...(value.BinaryValue === undefined
        ? {}
        : { binaryValue: Buffer.from(value.BinaryValue).toString('base64') }),
    };
  }
  return attributes;
}
