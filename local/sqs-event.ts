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

/** Which messages of a batch the function has not dealt with, as the event source mapping reads its answer. */
type BatchFailures =
  | { readonly kind: 'some'; readonly messageIds: ReadonlySet<string> }
  /** The answer cannot be read: the whole batch counts as failed. */
  | { readonly kind: 'all'; readonly why: string };

const NONE: BatchFailures = { kind: 'some', messageIds: new Set() };

/**
 * Nothing, null, `{}` and an empty or null list mean that all went well; an identifier that is missing, empty or not of
 * this batch spoils the whole answer (AWS, "Handling errors for an SQS event source in Lambda").
 */
export function readBatchResponse(response: unknown, batch: ReadonlySet<string>): BatchFailures {
  if (response === undefined || response === null) return NONE;
  if (typeof response !== 'object') return { kind: 'all', why: `the answer is a ${typeof response}` };
  const failures = 'batchItemFailures' in response ? response.batchItemFailures : null;
  if (failures === null || failures === undefined) return NONE;
  if (!Array.isArray(failures)) return { kind: 'all', why: 'batchItemFailures is not a list' };
  const messageIds = new Set<string>();
  for (const failure of failures as readonly unknown[]) {
    const messageId = identifierOf(failure);
    if (messageId === null) return { kind: 'all', why: 'a batch item failure has no itemIdentifier' };
    if (!batch.has(messageId)) return { kind: 'all', why: `${messageId} is not a message of this batch` };
    messageIds.add(messageId);
  }
  return { kind: 'some', messageIds };
}

function identifierOf(failure: unknown): string | null {
  if (typeof failure !== 'object' || failure === null || !('itemIdentifier' in failure)) return null;
  const identifier = failure.itemIdentifier;
  return typeof identifier === 'string' && identifier !== '' ? identifier : null;
}
