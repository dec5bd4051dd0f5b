import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { busEvents } from '../../../shared/aws/event-bridge.ts';
import { asJson, topicEvents } from '../../../shared/aws/sns.ts';
import { alarmText } from '../../../shared/events/alarm-text.ts';
import type { Completed, DeadLettered } from '../../../shared/events/event.ts';

const bridge = mockClient(EventBridgeClient);
const sns = mockClient(SNSClient);
const region = { region: 'eu-central-1' };
const BUS = 'arn:aws:events:eu-central-1:111122223333:event-bus/crm';
const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:news';

const completed: Completed = {
  version: 1,
  id: 'completed/job-1/0',
  type: 'completed',
  at: '2026-11-22T10:00:00.000Z',
  stack: 'mktq-acme',
  jobId: 'job-1',
  epoch: 0,
  operation: 'syncLead',
  batch: null,
};
const deadLettered: DeadLettered = {
  version: 1,
  id: 'dead-lettered/61856e58541c/1/1',
  type: 'dead-lettered',
  at: '2026-11-22T10:00:00.000Z',
  stack: 'mktq-acme',
  cause: '61856e58541c',
  class: 'invalid-request',
  code: 20105,
  operation: 'syncLead',
  advice: 'An attrName is not a field. Create it.',
  count: 1,
  isNew: true,
  firstSeenAt: '2026-11-22T09:59:00.000Z',
  lastSeenAt: '2026-11-22T09:59:00.000Z',
  sampleId: 'job-1',
  command: 'mktq dlq list --cause 61856e58541c --stack mktq-acme',
};

beforeEach(() => {
  bridge.reset();
  sns.reset();
});

describe('a bus of EventBridge', () => {
  const bus = busEvents(new EventBridgeClient(region), BUS);

  test('is given each event under its type, whole in the detail', async () => {
    bridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
    expect(await bus.publish([completed, deadLettered])).toBe(0);
    expect(bridge.call(0).args[0].input).toEqual({
      Entries: [completed, deadLettered].map((event) => ({
        EventBusName: BUS,
        Source: 'mktq',
        DetailType: event.type,
        Time: new Date(event.at),
        Detail: JSON.stringify(event),
      })),
    });
  });

  test('says how many it did not take, and rejects if it cannot be reached', async () => {
    bridge.on(PutEventsCommand).resolvesOnce({ FailedEntryCount: 1 }).rejects(new Error('no route'));
    expect(await bus.publish([completed])).toBe(1);
    await expect(bus.publish([completed])).rejects.toThrow('no route');
  });
});

describe('a topic of SNS', () => {
  const topic = topicEvents(new SNSClient(region), TOPIC, asJson);

  test('is given each event as JSON, with its type to be filtered by', async () => {
    sns.on(PublishBatchCommand).resolves({ Failed: [] });
    expect(await topic.publish([completed])).toBe(0);
    expect(sns.call(0).args[0].input).toEqual({
      TopicArn: TOPIC,
      PublishBatchRequestEntries: [
        {
          Id: '0',
          Message: JSON.stringify(completed),
          MessageAttributes: { type: { DataType: 'String', StringValue: 'completed' } },
        },
      ],
    });
  });

  test('is given ASCII, as it refuses some characters that the name of a batch may have', async () => {
    sns.on(PublishBatchCommand).resolves({});
    const named = { ...completed, batch: 'für\u2028 \u0000\ufffe\ud83c' };
    await topic.publish([named]);
    const [entry] = sns.commandCalls(PublishBatchCommand)[0]?.args[0].input.PublishBatchRequestEntries ?? [];
    expect(entry?.Message).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(entry?.Message ?? '')).toEqual(named);
  });

  test('says how many it did not take, and rejects if it cannot be reached', async () => {
    const failed = { Id: '0', Code: 'InternalError', SenderFault: false };
    sns
      .on(PublishBatchCommand)
      .resolvesOnce({ Failed: [failed] })
      .rejects(new Error('no route'));
    expect(await topic.publish([completed])).toBe(1);
    await expect(topic.publish([completed])).rejects.toThrow('no route');
  });
});

describe('the topic of the alarms', () => {
  test('is told of a cause in words: what, how many, what to do, and the command', async () => {
    sns.on(PublishBatchCommand).resolves({});
    await topicEvents(new SNSClient(region), TOPIC, alarmText).publish([deadLettered]);
    const { PublishBatchRequestEntries: [entry] = [] } = sns.commandCalls(PublishBatchCommand)[0]?.args[0]
      .input ?? { PublishBatchRequestEntries: [] };
    expect(entry?.Subject).toBe('mktq-acme: dead letters of a new cause');
    expect(entry?.Message).toBe(`warning: jobs were dead-lettered for a cause that is new.

Cause    61856e58541c: syncLead, invalid-request 20105
Letters  1 open, the first at 2026-11-22T09:59:00.000Z, the last at 2026-11-22T09:59:00.000Z; for one, job-1
Do       An attrName is not a field. Create it.
Run      mktq dlq list --cause 61856e58541c --stack mktq-acme

The next message about it comes when it has ten times as many; mktq dlq ack silences it until a time.
`);
  });

  test('is told of many letters by their number, under a subject that SNS takes', () => {
    const stack = `staging-${'x'.repeat(60)}`;
    const { subject = '' } = alarmText({ ...deadLettered, stack, isNew: false, count: 1_000 });
    expect(subject).toContain('1000 dead letters of one cause');
    expect(subject.length).toBeLessThanOrEqual(100);
    expect(subject).toMatch(/^[\x20-\x7e]+$/);
  });
});
