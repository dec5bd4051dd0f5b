import type { JobsQueue, OutgoingMessage, SendResult } from '../../shared/job/queues.ts';
import { type Entry, sendInOrder } from '../../shared/job/send-in-order.ts';

/** Sends any number of messages, in the order of their groups: how whoever has more than a batch uses the queue. */
export function sendAll(
  queue: Pick<JobsQueue, 'send'>,
  messages: readonly OutgoingMessage[],
): Promise<readonly SendResult[]> {
  const entries = messages.map(
    (item): Entry<OutgoingMessage, SendResult> => ({
      kind: 'send',
      item,
      names: [item.groupId],
      bytes: item.body.length,
    }),
  );
  const sender = {
    async send(batch: readonly OutgoingMessage[]) {
      const results = await queue.send(batch);
      return results.map((result, i) => ({
        result,
        blocks: result.kind === 'failed' ? (batch[i]?.groupId ?? null) : null,
      }));
    },
    refuse: (): SendResult => ({ kind: 'failed', message: 'an earlier one of its group failed' }),
  };
  return Array.fromAsync(sendInOrder(entries, sender));
}
