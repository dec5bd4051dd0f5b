import { expect, test } from 'vitest';
import type { Delivery } from '../../shared/job/job.ts';
import type { JobsQueue, OutgoingMessage } from '../../shared/job/queues.ts';
import { sendAll } from '../support/send-all.ts';

interface QueueUnderTest {
  readonly queue: JobsQueue;
  /** Takes up to ten messages that are visible now, as a consumer would. */
  receive(): Promise<readonly Delivery[]>;
  acknowledge(receiptHandle: string): Promise<void>;
  now(): number;
}

const message = (group: string, id: string, body = '{}'): OutgoingMessage => ({
  body,
  groupId: group,
  deduplicationId: id,
});

/** What the jobs queue promises. `create` gives an empty one, once per test. */
export function describeJobsQueue(create: () => Promise<QueueUnderTest>): void {
  const drain = async (subject: QueueUnderTest): Promise<readonly Delivery[]> => {
    const all: Delivery[] = [];
    for (;;) {
      const batch = await subject.receive();
      if (batch.length === 0) return all;
      for (const { receiptHandle } of batch) await subject.acknowledge(receiptHandle);
      all.push(...batch);
    }
  };

  test('sends every message and answers in the order given', async () => {
    const subject = await create();
    const messages = Array.from({ length: 57 }, (_, i) => message(`g${i}`, `d${i}`, JSON.stringify({ i })));
    const results = await sendAll(subject.queue, messages);
    const received = await drain(subject);
    const byId = new Map(received.map((delivery) => [delivery.messageId, delivery.body]));
    const bodies = results.map((result) => (result.kind === 'sent' ? byId.get(result.messageId) : null));
    expect(bodies).toEqual(messages.map(({ body }) => body));
  });

  test('keeps the order of a group, however large its share', async () => {
    const subject = await create();
    const messages = Array.from({ length: 60 }, (_, i) =>
      message(i % 3 === 0 ? 'b' : 'a', `d${i}`, String(i)),
    );
    await sendAll(subject.queue, messages);
    const received = await drain(subject);
    for (const group of ['a', 'b']) {
      const bodies = received.filter(({ groupId }) => groupId === group).map(({ body }) => body);
      expect(bodies).toEqual(messages.filter(({ groupId }) => groupId === group).map(({ body }) => body));
    }
  });

  test('sends bodies of the largest size', async () => {
    const subject = await create();
    const body = JSON.stringify({ text: 'a'.repeat(256 * 1024 - 11) });
    const results = await sendAll(
      subject.queue,
      ['x', 'y', 'z'].map((id) => message(id, id, body)),
    );
    expect(results.map(({ kind }) => kind)).toEqual(['sent', 'sent', 'sent']);
    expect((await drain(subject)).map((delivery) => delivery.body.length)).toEqual(Array(3).fill(256 * 1024));
  });

  test('hands on whether a sender puts down the row of its job, and says nothing where it did not', async () => {
    const subject = await create();
    await sendAll(subject.queue, [
      { ...message('a', 'a1', 'with'), hasRow: true },
      message('b', 'b1', 'without'),
    ]);
    const received = await subject.queue.receive(60_000);
    const said = received.map(({ body, hasRow }) => [body, hasRow]);
    expect(said.toSorted()).toEqual([
      ['with', true],
      ['without', undefined],
    ]);
  });

  test('keeps one of two messages with the same deduplication id', async () => {
    const subject = await create();
    const results = await sendAll(subject.queue, [message('g', 'same'), message('g', 'same')]);
    expect(results.map(({ kind }) => kind)).toEqual(['sent', 'sent']);
    expect(await drain(subject)).toHaveLength(1);
  });

  test('sends nothing when there is nothing', async () => {
    const { queue } = await create();
    expect(await queue.send([])).toEqual([]);
    expect(await queue.hide([], 0, 0)).toBe(true);
    expect(await queue.remove([], 0)).toBe(true);
  });

  test('makes a message visible again at once when it is hidden for no time, in the order of its group', async () => {
    const subject = await create();
    await sendAll(subject.queue, [message('g', '1', 'first'), message('g', '2', 'second')]);
    const taken = await subject.receive();
    expect(taken[0]?.body).toBe('first');
    expect(await subject.queue.hide(taken, 0, subject.now() + 5_000)).toBe(true);
    const again = await subject.receive();
    expect(again[0]).toMatchObject({ body: 'first', receiveCount: 2 });
  });

  test('keeps a hidden message, and the rest of its group, out of sight', async () => {
    const subject = await create();
    await sendAll(subject.queue, [message('g', '1'), message('g', '2'), message('h', '3')]);
    const taken = await subject.receive();
    expect(await subject.queue.hide(taken, 3_600_000, subject.now() + 5_000)).toBe(true);
    expect((await subject.receive()).filter(({ groupId }) => groupId === taken[0]?.groupId)).toEqual([]);
  });

  test('refuses to hide a message for more than an hour', async () => {
    const subject = await create();
    await sendAll(subject.queue, [message('g', '1')]);
    const taken = await subject.receive();
    await expect(subject.queue.hide(taken, 3_600_001, subject.now() + 5_000)).rejects.toThrow(RangeError);
  });

  test('has nothing left to hide once a message is acknowledged', async () => {
    const subject = await create();
    await sendAll(subject.queue, [message('g', '1')]);
    const taken = await subject.receive();
    for (const { receiptHandle } of taken) await subject.acknowledge(receiptHandle);
    expect(await subject.queue.hide(taken, 1_000, subject.now() + 5_000)).toBe(true);
  });

  test('hides more messages than one request takes', async () => {
    const subject = await create();
    await sendAll(
      subject.queue,
      Array.from({ length: 25 }, (_, i) => message(`g${i}`, `d${i}`)),
    );
    const taken = [...(await subject.receive()), ...(await subject.receive()), ...(await subject.receive())];
    expect(taken).toHaveLength(25);
    expect(await subject.queue.hide(taken, 0, subject.now() + 5_000)).toBe(true);
    expect(await drain(subject)).toHaveLength(25);
  });

  test('gives out what is visible when it is asked to, and hides it from others', async () => {
    const subject = await create();
    expect(await subject.queue.receive(60_000)).toEqual([]);
    await sendAll(subject.queue, [message('g', '1', 'first'), message('h', '2', 'other')]);
    const drawn = await subject.queue.receive(60_000);
    expect(drawn.map(({ body, groupId, receiveCount }) => [groupId, body, receiveCount]).sort()).toEqual([
      ['g', 'first', 1],
      ['h', 'other', 1],
    ]);
    expect(drawn.every(({ sequenceNumber, sentAt }) => sequenceNumber !== null && sentAt > 0)).toBe(true);
    expect(await subject.receive()).toEqual([]);
    expect(await subject.queue.receive(60_000)).toEqual([]);
  });

  test('gives out ten at a time, each message once, to several who ask at once', async () => {
    const subject = await create();
    await sendAll(
      subject.queue,
      Array.from({ length: 25 }, (_, i) => message(`g${i}`, `d${i}`)),
    );
    const drawn = await Promise.all(Array.from({ length: 4 }, () => subject.queue.receive(60_000)));
    expect(drawn.map(({ length }) => length).sort()).toEqual([0, 10, 10, 5].sort());
    expect(new Set(drawn.flat().map(({ messageId }) => messageId)).size).toBe(25);
  });

  test('gives out the next of a group once the one before is removed, and not while that is held', async () => {
    const subject = await create();
    await sendAll(subject.queue, [message('g', '1', 'first')]);
    const first = await subject.queue.receive(60_000);
    await sendAll(subject.queue, [message('g', '2', 'second')]);
    expect(await subject.queue.receive(60_000)).toEqual([]);
    expect(await subject.queue.remove(first, subject.now() + 5_000)).toBe(true);
    expect((await subject.queue.receive(60_000)).map(({ body }) => body)).toEqual(['second']);
  });

  test('removes more messages than one request takes, and again what is gone', async () => {
    const subject = await create();
    await sendAll(
      subject.queue,
      Array.from({ length: 25 }, (_, i) => message(`g${i}`, `d${i}`)),
    );
    const taken = [...(await subject.receive()), ...(await subject.receive()), ...(await subject.receive())];
    expect(await subject.queue.remove(taken, subject.now() + 5_000)).toBe(true);
    expect(await subject.queue.stats()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    expect(await subject.queue.remove(taken, subject.now() + 5_000)).toBe(true);
  });

  test('tells what is visible and what is in flight', async () => {
    const subject = await create();
    expect(await subject.queue.stats()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    await sendAll(
      subject.queue,
      Array.from({ length: 12 }, (_, i) => message(`g${i}`, `d${i}`)),
    );
    expect(await subject.queue.stats()).toEqual({ visible: 12, inFlight: 0, delayed: 0 });
    await subject.receive();
    expect(await subject.queue.stats()).toEqual({ visible: 2, inFlight: 10, delayed: 0 });
  });
}
