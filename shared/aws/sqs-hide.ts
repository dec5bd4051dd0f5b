import { ChangeMessageVisibilityBatchCommand } from '@aws-sdk/client-sqs';
import { MAX_VISIBILITY_MS } from '../config/limits.ts';
import type { Delivered } from '../job/queues.ts';
import { askForEach, type SqsQueue } from './sqs-entries.ts';

/** Hides messages until `delayMs` from now; a retry aims at the same moment, not at a later one. */
export async function hideMessages(
  queue: SqsQueue,
  messages: readonly Delivered[],
  delayMs: number,
  giveUpAt: number,
): Promise<boolean> {
  if (!(delayMs >= 0 && delayMs <= MAX_VISIBILITY_MS)) {
    throw new RangeError(`a visibility of ${delayMs} ms is not between 0 and ${MAX_VISIBILITY_MS}`);
  }
  const visibleAt = queue.clock() + delayMs;
  return askForEach(queue, messages, giveUpAt, (asked, now, abortSignal) =>
    queue.client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: queue.queueUrl,
        Entries: asked.map(({ receiptHandle }, i) => ({
          Id: String(i),
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: Math.max(0, Math.ceil((visibleAt - now) / 1000)),
        })),
      }),
      { abortSignal },
    ),
  );
}
