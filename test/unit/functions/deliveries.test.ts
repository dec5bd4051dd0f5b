import type { SQSRecord } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { deliveryOf } from '../../../functions/deliveries.ts';

const record: SQSRecord = {
  messageId: 'm1',
  receiptHandle: 'r1',
  body: '{}',
  attributes: {
    ApproximateReceiveCount: '2',
    SentTimestamp: '1795341600000',
    SenderId: '',
    ApproximateFirstReceiveTimestamp: '',
    SequenceNumber: '7',
    MessageGroupId: 'g',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: '',
  awsRegion: '',
};

const delivery = {
  messageId: 'm1',
  receiptHandle: 'r1',
  body: '{}',
  groupId: 'g',
  sequenceNumber: '7',
  sentAt: 1_795_341_600_000,
  receiveCount: 2,
};

describe('a record of Lambda', () => {
  test('is a delivery in the words of the core', () => {
    expect(deliveryOf(record)).toEqual(delivery);
  });

  test('tells that the sender of the job puts down its row', () => {
    const row = { dataType: 'String', stringValue: '1' };
    expect(deliveryOf({ ...record, messageAttributes: { row } })).toEqual({ ...delivery, hasRow: true });
  });

  test('says in which trace it was sent', () => {
    const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1';
    const attributes = { ...record.attributes, AWSTraceHeader: traceHeader };
    expect(deliveryOf({ ...record, attributes })).toEqual({ ...delivery, traceHeader });
  });
});
