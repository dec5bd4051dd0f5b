import { SendMessageBatchCommand, type SendMessageBatchCommandOutput } from '@aws-sdk/client-sqs';
import type { OutgoingMessage, SendResult } from '../job/queues.ts';
import { retryDelay } from './retry-delay.ts';
import { errorText, isSenderFault, refusedEntry } from './sqs-errors.ts';
import type { SqsQueue } from './sqs-hide.ts';

/** SQS's limits for one batch; a job's body may have the size of a whole one. */
const BATCH_ENTRIES = 10;
const BATCH_BYTES = 256 * 1024;
/** Batches on their way at once: enough to hide the round trip, few enough to be polite. */
const LANES = 4;
/** How far ahead of a busy group others are looked for. */
const LOOK_AHEAD = 500;
/** Tries of one message, each with the SDK's own retries inside. */
const MOST_TRIES = 5;

interface Pending {
  readonly index: number;
  readonly message: OutgoingMessage;
  readonly bytes: number;
  tries: number;
}

type Outcome = { readonly pending: Pending } & (
  | { readonly kind: 'sent'; readonly result: SendResult }
  | { readonly kind: 'refused'; readonly result: SendResult }
  | { readonly kind: 'again'; readonly message: string }
);

/**
 * Sends in rounds of a few batches. A group is in a round at most once, so its next message leaves only when the one
 * before it was acknowledged. A message that SQS will never take is refused alone; one that could not be delivered
 * takes the rest of its group with it, because whoever sends it again later would otherwise break the group's order.
 */
export async function sendMessages(
  queue: SqsQueue,
  messages: readonly OutgoingMessage[],
): Promise<readonly SendResult[]> {
  const results = new Map<number, SendResult>();
  let pending: readonly Pending[] = messages.map((message, index) => ({
    index,
    message,
    bytes: Buffer.byteLength(message.body),
    tries: 0,
  }));
  while (pending.length > 0) {
    const round = takeRound(pending);
    const outcomes = (await Promise.all(round.map((batch) => sendBatch(queue, batch)))).flat();
    const failedGroups = new Map<string, string>();
    for (const outcome of outcomes) {
      if (outcome.kind !== 'again') results.set(outcome.pending.index, outcome.result);
      else if (outcome.pending.tries >= MOST_TRIES) {
        results.set(outcome.pending.index, { kind: 'refused', message: outcome.message });
        failedGroups.set(outcome.pending.message.groupId, outcome.message);
      }
    }
    for (const { index, message } of pending) {
      const cause = failedGroups.get(message.groupId);
      if (cause === undefined || results.has(index)) continue;
      results.set(index, {
        kind: 'refused',
        message: `not sent, because an earlier one of its group failed: ${cause}`,
      });
    }
    pending = pending.filter(({ index }) => !results.has(index));
    const tries = Math.max(0, ...outcomes.map((o) => (o.kind === 'again' ? o.pending.tries : 0)));
    if (tries > 0 && pending.length > 0) await queue.sleep(retryDelay(tries, queue.random));
  }
  return messages.map((_, index) => results.get(index) ?? { kind: 'refused', message: 'not sent' });
}

/** The first messages in order, no group twice, packed into batches by count and size. */
function takeRound(pending: readonly Pending[]): readonly (readonly Pending[])[] {
  const groups = new Set<string>();
  const batches: Pending[][] = [];
  let bytes = 0;
  for (const next of pending.slice(0, LOOK_AHEAD)) {
    const { groupId } = next.message;
    if (groups.has(groupId)) continue;
    const last = batches.at(-1);
    if (last !== undefined && last.length < BATCH_ENTRIES && bytes + next.bytes <= BATCH_BYTES) {
      last.push(next);
      bytes += next.bytes;
    } else {
      if (batches.length === LANES) break;
      batches.push([next]);
      bytes = next.bytes;
    }
    groups.add(groupId);
  }
  return batches;
}

async function sendBatch(queue: SqsQueue, batch: readonly Pending[]): Promise<readonly Outcome[]> {
  for (const pending of batch) pending.tries += 1;
  try {
    const reply = await queue.client.send(
      new SendMessageBatchCommand({
        QueueUrl: queue.queueUrl,
        Entries: batch.map(({ message }, i) => ({
          Id: String(i),
          MessageBody: message.body,
          MessageGroupId: message.groupId,
          MessageDeduplicationId: message.deduplicationId,
        })),
      }),
    );
    return batch.map((pending, i) => outcomeOf(pending, String(i), reply));
  } catch (error) {
    const message = errorText(error);
    // SQS may have taken them all the same; the deduplication id makes the repeat harmless.
    if (!isSenderFault(error)) return batch.map((pending) => ({ kind: 'again', pending, message }));
    // One entry can make SQS refuse a whole batch: each is sent alone, and only the guilty one is refused.
    if (batch.length > 1) return (await Promise.all(batch.map((one) => sendBatch(queue, [one])))).flat();
    return batch.map((pending) => ({ kind: 'refused', pending, result: { kind: 'refused', message } }));
  }
}

function outcomeOf(pending: Pending, id: string, reply: SendMessageBatchCommandOutput): Outcome {
  const sent = reply.Successful?.find((entry) => entry.Id === id);
  if (sent?.MessageId !== undefined) {
    const result: SendResult = {
      kind: 'sent',
      messageId: sent.MessageId,
      sequenceNumber: sent.SequenceNumber ?? null,
    };
    return { kind: 'sent', pending, result };
  }
  const failed = reply.Failed?.find((entry) => entry.Id === id);
  const { code, message, final } = refusedEntry(failed ?? {});
  const text = `${code}: ${message}`;
  if (final) return { kind: 'refused', pending, result: { kind: 'refused', message: text } };
  return { kind: 'again', pending, message: text };
}
