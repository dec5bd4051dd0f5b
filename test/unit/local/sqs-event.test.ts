import { describe, expect, test } from 'vitest';
import { readBatchResponse, toSqsEvent } from '../../../local/sqs-event.ts';

const source = { queueArn: 'arn:aws:sqs:us-east-1:000000000000:mktq-jobs.fifo', region: 'us-east-1' };

describe('toSqsEvent', () => {
  test('gives a FIFO message in the shape of Lambda', () => {
    const event = toSqsEvent(
      [
        {
          MessageId: 'm1',
          ReceiptHandle: 'r1',
          Body: '{"version":1}',
          MD5OfBody: 'abc',
          Attributes: {
            ApproximateReceiveCount: '2',
            SentTimestamp: '1700000000000',
            SequenceNumber: '00000000000000000007',
            MessageGroupId: 'g',
            MessageDeduplicationId: 'd',
            ApproximateFirstReceiveTimestamp: '1700000000001',
            SenderId: '000000000000',
          },
        },
      ],
      source,
    );
    expect(event).toEqual({
      Records: [
        {
          messageId: 'm1',
          receiptHandle: 'r1',
          body: '{"version":1}',
          attributes: {
            ApproximateReceiveCount: '2',
            SentTimestamp: '1700000000000',
            SequenceNumber: '00000000000000000007',
            MessageGroupId: 'g',
            MessageDeduplicationId: 'd',
            ApproximateFirstReceiveTimestamp: '1700000000001',
            SenderId: '000000000000',
          },
          messageAttributes: {},
          md5OfBody: 'abc',
          eventSource: 'aws:sqs',
          eventSourceARN: source.queueArn,
          awsRegion: 'us-east-1',
        },
      ],
    });
  });

  test('writes message attributes as Lambda does, binary ones in base64', () => {
    const [record] = toSqsEvent(
      [
        {
          MessageAttributes: {
            source: { DataType: 'String', StringValue: 'crm' },
            bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) },
          },
        },
      ],
      source,
    ).Records;
    expect(record?.messageAttributes).toEqual({
      source: { dataType: 'String', stringValue: 'crm', stringListValues: [], binaryListValues: [] },
      bytes: { dataType: 'Binary', binaryValue: 'AQI=', stringListValues: [], binaryListValues: [] },
    });
  });
});

const batch = new Set(['a', 'b']);
const failing = (...ids: readonly unknown[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('readBatchResponse', () => {
  test.each([[undefined], [null], [{}], [{ batchItemFailures: null }], [{ batchItemFailures: [] }]])(
    'takes %j for a batch that went well',
    (response) => {
      expect(readBatchResponse(response, batch)).toEqual({ kind: 'some', messageIds: new Set() });
    },
  );

  test('names the messages that failed, each once', () => {
    expect(readBatchResponse(failing('b', 'b'), batch)).toEqual({ kind: 'some', messageIds: new Set(['b']) });
  });

  test.each([
    ['a string', 'done'],
    ['a list that is none', { batchItemFailures: 'a' }],
    ['an empty identifier', failing('')],
    ['no identifier', failing(null)],
    ['another key', { batchItemFailures: [{ messageId: 'a' }] }],
    ['no object', { batchItemFailures: ['a'] }],
    ['a message of another batch', failing('a', 'z')],
  ])('fails the whole batch for %s', (_, response) => {
    expect(readBatchResponse(response, batch).kind).toBe('all');
  });
});
