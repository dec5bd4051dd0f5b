import { BATCH_SIZE, MAX_VISIBILITY_MS } from '../../shared/config/limits.ts';
import type { Delivery } from '../../shared/job/job.ts';
import type { JobsQueue, OutgoingMessage, SendResult } from '../../shared/job/queues.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { type FaultHook, noFaults, withFaults } from './faults.ts';

interface Message extends OutgoingMessage {
  readonly messageId: string;
  readonly sequenceNumber: string;
  readonly sentAt: number;
  receiveCount: number;
  visibleAt: number;
}

/** A FIFO queue in memory: a group waits while one of its messages is hidden; ids repeated within five minutes are dropped. */
interface MemoryJobsQueue extends JobsQueue {
  /** An event of up to `most` messages, several of one group in order if `together`, as AWS fills a batch. */
  deliver(most: number, visibilityMs: number, together?: boolean): readonly Delivery[];
  acknowledge(receiptHandle: string): void;
  messages(): readonly OutgoingMessage[];
  /** Every call of `hide`, in order. */
  readonly hidden: readonly { readonly messageId: string; readonly delayMs: number }[];
}

const DEDUPLICATION_MS = 5 * 60_000;

export function memoryJobsQueue(clock: Clock, faults: FaultHook = noFaults): MemoryJobsQueue {
  const queue: Message[] = [];
  const known = new Map<string, { readonly at: number; readonly message: Message }>();
  const hidden: { messageId: string; delayMs: number }[] = [];
  let sent = 0;

  const accept = (outgoing: OutgoingMessage): SendResult => {
    const before = known.get(outgoing.deduplicationId);
    const repeated = before !== undefined && clock() - before.at < DEDUPLICATION_MS ? before.message : null;
    const message = repeated ?? enqueue(outgoing);
    return { kind: 'sent', messageId: message.messageId, sequenceNumber: message.sequenceNumber };
  };

  const enqueue = (outgoing: OutgoingMessage): Message => {
    sent += 1;
    const message: Message = {
      ...outgoing,
      messageId: `message-${sent}`,
      sequenceNumber: String(10n ** 18n + BigInt(sent)),
      sentAt: clock(),
      receiveCount: 0,
      visibleAt: 0,
    };
    queue.push(message);
    known.set(outgoing.deduplicationId, { at: clock(), message });
    return message;
  };

  const deliver: MemoryJobsQueue['deliver'] = (most, visibilityMs, together = false) => {
    const now = clock();
    const busy = new Set(queue.filter(({ visibleAt }) => visibleAt > now).map(({ groupId }) => groupId));
    const taken: Message[] = [];
    for (const message of queue) {
      if (taken.length === most) break;
      if (busy.has(message.groupId)) continue;
      if (!together) busy.add(message.groupId);
      message.receiveCount += 1;
      message.visibleAt = now + visibilityMs;
      taken.push(message);
    }
    return taken.map(toDelivery);
  };

  const acknowledge = (receiptHandle: string): void => {
    const index = queue.findIndex((message) => handleOf(message) === receiptHandle);
    if (index >= 0) queue.splice(index, 1);
  };

  const hideOne = (receiptHandle: string, delayMs: number): void => {
    const message = queue.find((one) => handleOf(one) === receiptHandle);
    if (message === undefined) return;
    hidden.push({ messageId: message.messageId, delayMs });
    message.visibleAt = clock() + delayMs;
  };

  return {
    hidden,
    messages: () => queue.map(({ body, groupId, deduplicationId }) => ({ body, groupId, deduplicationId })),
    async hide(deliveries, delayMs) {
      if (delayMs > MAX_VISIBILITY_MS) throw new RangeError(`a visibility of ${delayMs} ms is too long`);
      for (const { messageId, receiptHandle } of deliveries) {
        const refused = await withFaults(faults, 'hide', messageId, () =>
          hideOne(receiptHandle, delayMs),
        ).then(
          () => false,
          () => true,
        );
        if (refused) return false;
      }
      return true;
    },
    receive: (hiddenMs) => withFaults(faults, 'receive', '', () => deliver(BATCH_SIZE, hiddenMs, true)),
    async remove(deliveries) {
      let done = true;
      for (const { messageId, receiptHandle } of deliveries) {
        await withFaults(faults, 'remove', messageId, () => acknowledge(receiptHandle)).catch(() => {
          done = false;
        });
      }
      return done;
    },
    async send(messages) {
      const results: SendResult[] = [];
      for (const message of messages) {
        const result = withFaults(faults, 'send', message.deduplicationId, () => accept(message));
        results.push(await result.catch((error: unknown) => ({ kind: 'failed', message: String(error) })));
      }
      return results;
    },
    stats: () =>
      withFaults(faults, 'stats', '', () => {
        const inFlight = queue.filter(({ visibleAt }) => visibleAt > clock()).length;
        return { visible: queue.length - inFlight, inFlight, delayed: 0 };
      }),
    deliver,
    acknowledge,
  };
}

/** As in SQS, a newer receive makes the handles of older ones worthless. */
const handleOf = ({ messageId, receiveCount }: Message): string => `${messageId}/${receiveCount}`;

const toDelivery = (message: Message): Delivery => ({
  messageId: message.messageId,
  receiptHandle: handleOf(message),
  body: message.body,
  groupId: message.groupId,
  sequenceNumber: message.sequenceNumber,
  sentAt: message.sentAt,
  receiveCount: message.receiveCount,
  ...(message.hasRow === true ? { hasRow: true } : {}),
});
