import {
  SendMessageBatchCommand,
  type SendMessageBatchCommandInput,
  SQSClient,
  SQSServiceException,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { sendMessages } from '../../../shared/aws/sqs-send.ts';
import type { OutgoingMessage } from '../../../shared/job/queues.ts';
import { SOME_TIME } from '../../support/rows.ts';
import { sendAll } from '../../support/send-all.ts';

const client = new SQSClient({ region: 'us-east-1' });
const mock = mockClient(client);
const queue = {
  client,
  queueUrl: 'http://127.0.0.1/jobs.fifo',
  clock: () => SOME_TIME,
  random: () => 0.5,
  sleep: async () => undefined,
};

type Entry = NonNullable<SendMessageBatchCommandInput['Entries']>[number];
type Trouble = { readonly code: string; readonly senderFault: boolean } | null;

/** As many as there are, through `sendInOrder`. */
const sendInOrder = (messages: readonly OutgoingMessage[]) =>
  sendAll({ send: (batch) => sendMessages(queue, batch) }, messages);

const message = (groupId: string, id: string, body = '{}'): OutgoingMessage => ({
  body,
  groupId,
  deduplicationId: id,
});

/** Plays SQS: every request is answered a turn later; `trouble` says what to refuse. */
function answerWith(trouble: (entry: Entry, tries: number) => Trouble): { readonly accepted: string[] } {
  const accepted: string[] = [];
  const tries = new Map<string, number>();
  mock.on(SendMessageBatchCommand).callsFake(async ({ Entries }: SendMessageBatchCommandInput) => {
    await new Promise((resolve) => setImmediate(resolve));
    const answers = (Entries ?? []).map((entry) => {
      const id = entry.MessageDeduplicationId ?? '';
      tries.set(id, (tries.get(id) ?? 0) + 1);
      return { entry, id, refusal: trouble(entry, tries.get(id) ?? 0) };
    });
    accepted.push(...answers.filter(({ refusal }) => refusal === null).map(({ id }) => id));
    return {
      Successful: answers.flatMap(({ entry, id, refusal }) =>
        refusal === null ? [{ Id: entry.Id, MessageId: `m-${id}`, SequenceNumber: '1' }] : [],
      ),
      Failed: answers.flatMap(({ entry, refusal }) =>
        refusal === null
          ? []
          : [{ Id: entry.Id, Code: refusal.code, SenderFault: refusal.senderFault, Message: 'no' }],
      ),
    };
  });
  return { accepted };
}

const batches = (): readonly (readonly Entry[])[] =>
  mock.commandCalls(SendMessageBatchCommand).map(({ args }) => args[0].input.Entries ?? []);

const refusedBy = (name: string) =>
  new SQSServiceException({ name, message: 'no', $fault: 'client', $metadata: {} });

beforeEach(() => {
  mock.reset();
});

describe('sendMessages', () => {
  test('packs by count and by size', async () => {
    answerWith(() => null);
    const large = 'a'.repeat(100 * 1024);
    const messages = [
      ...Array.from({ length: 12 }, (_, i) => message(`g${i}`, `s${i}`)),
      ...Array.from({ length: 5 }, (_, i) => message(`h${i}`, `l${i}`, large)),
    ];
    const results = await sendMessages(queue, messages);
    expect(results.every(({ kind }) => kind === 'sent')).toBe(true);
    expect(batches().map((entries) => entries.length)).toEqual([10, 4, 2, 1]);
    for (const entries of batches()) {
      const bytes = entries.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(MessageBody ?? ''), 0);
      expect(bytes).toBeLessThanOrEqual(256 * 1024);
    }
  });

  test('sends the next of a group only after the one before it was acknowledged', async () => {
    const inFlight = new Map<string, number>();
    let most = 0;
    mock.on(SendMessageBatchCommand).callsFake(async ({ Entries }: SendMessageBatchCommandInput) => {
      const groups = (Entries ?? []).map(({ MessageGroupId }) => MessageGroupId ?? '');
      for (const group of groups) inFlight.set(group, (inFlight.get(group) ?? 0) + 1);
      most = Math.max(most, ...inFlight.values());
      await new Promise((resolve) => setImmediate(resolve));
      for (const group of groups) inFlight.set(group, (inFlight.get(group) ?? 0) - 1);
      return { Successful: (Entries ?? []).map(({ Id }) => ({ Id, MessageId: 'm' })), Failed: [] };
    });
    const messages = Array.from({ length: 90 }, (_, i) => message(`g${i % 7}`, `d${i}`));
    await sendInOrder(messages);
    expect(most).toBe(1);
    const sent = batches().flatMap((entries) => entries.map((entry) => entry.MessageDeduplicationId));
    for (let group = 0; group < 7; group += 1) {
      const ids = messages.filter(({ groupId }) => groupId === `g${group}`).map((m) => m.deduplicationId);
      expect(sent.filter((id) => id !== undefined && ids.includes(id))).toEqual(ids);
    }
  });

  test('tries again what SQS failed to take, in the order of its group', async () => {
    const busy = { code: 'InternalError', senderFault: false };
    const sqs = answerWith((entry, tries) =>
      entry.MessageDeduplicationId === 'a1' && tries < 3 ? busy : null,
    );
    const results = await sendInOrder([message('a', 'a1'), message('b', 'b1'), message('a', 'a2')]);
    expect(results.map(({ kind }) => kind)).toEqual(['sent', 'sent', 'sent']);
    expect(sqs.accepted).toEqual(['b1', 'a1', 'a2']);
  });

  test('tries again a throttled message, though SQS calls it the fault of its sender', async () => {
    const throttled = { code: 'RequestThrottled', senderFault: true };
    answerWith((_, tries) => (tries === 1 ? throttled : null));
    expect((await sendMessages(queue, [message('a', 'a1')]))[0]?.kind).toBe('sent');
  });

  test('refuses alone what SQS will never take, and says why', async () => {
    const invalid = { code: 'InvalidMessageContents', senderFault: true };
    answerWith((entry) => (entry.MessageDeduplicationId === 'a1' ? invalid : null));
    const results = await sendInOrder([message('a', 'a1'), message('a', 'a2'), message('b', 'b1')]);
    expect(results.map(({ kind }) => kind)).toEqual(['refused', 'sent', 'sent']);
    expect(results[0]).toMatchObject({ message: 'InvalidMessageContents: no' });
    expect(
      batches()
        .flat()
        .filter((entry) => entry.MessageDeduplicationId === 'a1'),
    ).toHaveLength(1);
  });

  test('gives up on the rest of a group whose earlier message could not be delivered', async () => {
    const busy = { code: 'InternalError', senderFault: false };
    const sqs = answerWith((entry) => (entry.MessageDeduplicationId === 'a1' ? busy : null));
    const results = await sendInOrder([message('a', 'a1'), message('a', 'a2'), message('b', 'b1')]);
    expect(results.map(({ kind }) => kind)).toEqual(['failed', 'failed', 'sent']);
    expect(sqs.accepted).toEqual(['b1']);
  });

  test('sends a whole batch again when no answer came, under the same deduplication ids', async () => {
    mock
      .on(SendMessageBatchCommand)
      .rejectsOnce(new Error('no answer'))
      .resolves({ Successful: [{ Id: '0', MessageId: 'm', MD5OfMessageBody: '' }], Failed: [] });
    expect((await sendMessages(queue, [message('a', 'a1')]))[0]).toMatchObject({
      kind: 'sent',
      messageId: 'm',
    });
    expect(batches().map((entries) => entries[0]?.MessageDeduplicationId)).toEqual(['a1', 'a1']);
  });

  test('finds the one message for which SQS refuses a whole batch, and sends the others', async () => {
    mock.on(SendMessageBatchCommand).callsFake(async ({ Entries }: SendMessageBatchCommandInput) => {
      if (Entries?.some(({ MessageBody }) => MessageBody === 'bad'))
        throw refusedBy('InvalidMessageContents');
      return { Successful: (Entries ?? []).map(({ Id }) => ({ Id, MessageId: 'm' })), Failed: [] };
    });
    const messages = [message('a', 'a1'), message('b', 'b1', 'bad'), message('c', 'c1'), message('b', 'b2')];
    const results = await sendInOrder(messages);
    expect(results.map(({ kind }) => kind)).toEqual(['sent', 'refused', 'sent', 'sent']);
    expect(results[1]).toMatchObject({ message: 'InvalidMessageContents: no' });
  });

  test('waits out a throttled batch', async () => {
    mock
      .on(SendMessageBatchCommand)
      .rejectsOnce(refusedBy('RequestThrottled'))
      .resolves({ Successful: [{ Id: '0', MessageId: 'm', MD5OfMessageBody: '' }], Failed: [] });
    expect((await sendMessages(queue, [message('a', 'a1')]))[0]?.kind).toBe('sent');
  });

  test.each(['AccessDenied', 'KmsAccessDenied', 'KmsDisabled', 'ExpiredToken', 'QueueDoesNotExist'])(
    '%s says nothing of a message: another time it may go, and not a moment later',
    async (name) => {
      mock.on(SendMessageBatchCommand).rejects(refusedBy(name));
      const results = await sendMessages(queue, [message('a', 'a1'), message('b', 'b1')]);
      expect(results.map(({ kind }) => kind)).toEqual(['failed', 'failed']);
      // A file of 100,000 rows must not take minutes to say that its sender has no right.
      expect(batches()).toHaveLength(1);
    },
  );

  test('answers refused, and does not throw, when SQS cannot be reached at all', async () => {
    mock.on(SendMessageBatchCommand).rejects(new Error('unreachable'));
    const results = await sendMessages(queue, [message('a', 'a1'), message('b', 'b1')]);
    expect(results.map(({ kind }) => kind)).toEqual(['failed', 'failed']);
  });

  test('says in an attribute that a job has a row, unless the body alone is all that fits', async () => {
    answerWith(() => null);
    const longest = 'x'.repeat(256 * 1024);
    const messages = [
      { ...message('a', 'a1'), hasRow: true as const },
      message('b', 'b1'),
      { ...message('c', 'c1', longest), hasRow: true as const },
    ];
    const results = await sendMessages(queue, messages);
    expect(results.map(({ kind }) => kind)).toEqual(['sent', 'sent', 'sent']);
    const said = batches()
      .flat()
      .map((entry) => [entry.MessageDeduplicationId, Object.keys(entry.MessageAttributes ?? {})]);
    expect(said).toEqual([
      ['a1', ['row']],
      ['b1', []],
      ['c1', []],
    ]);
    // Counted with its attribute, no batch is past what SQS takes.
    expect(batches()).toHaveLength(2);
  });
});
