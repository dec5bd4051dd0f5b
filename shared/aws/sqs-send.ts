import {
  SendMessageBatchCommand,
  type SendMessageBatchCommandOutput,
  type SendMessageBatchRequestEntry,
} from '@aws-sdk/client-sqs';
import { HAS_ROW } from '../config/names.ts';
import type { OutgoingMessage, SendResult } from '../job/queues.ts';
import { retryDelay } from './retry-delay.ts';
import type { SqsQueue } from './sqs-entries.ts';
import { isAskersTrouble, isSenderFault, refusedEntry } from './sqs-errors.ts';

/** SQS's limits on one batch; 256 KiB for all of it was one for years, and a job's body may have as much. */
const BATCH_ENTRIES = 10;
const BATCH_BYTES = 256 * 1024;
/** Tries of one message, each with the SDK's own retries inside. */
const MOST_TRIES = 5;

/** Sends messages of different groups, batch after batch, and answers in the order given. */
export async function sendMessages(
  queue: SqsQueue,
  messages: readonly OutgoingMessage[],
): Promise<readonly SendResult[]> {
  const results: SendResult[] = [];
  for (const batch of inBatches(messages)) results.push(...(await sendBatch(queue, batch)));
  return results;
}

/** In the order given, packed by count and size. */
function inBatches(messages: readonly OutgoingMessage[]): readonly (readonly OutgoingMessage[])[] {
  const batches: OutgoingMessage[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = sizeOf(message);
    const last = batches.at(-1);
    if (last !== undefined && last.length < BATCH_ENTRIES && bytes + size <= BATCH_BYTES) {
      last.push(message);
      bytes += size;
    } else {
      batches.push([message]);
      bytes = size;
    }
  }
  return batches;
}

/** An attribute counts with its name, its type and its value. */
const sizeOf = ({ body, hasRow }: Pick<OutgoingMessage, 'body' | 'hasRow'>): number =>
  Buffer.byteLength(body) + (hasRow === true ? `${HAS_ROW}String1`.length : 0);

/** Left out where the body alone is all that a message may be: it only saves a write. */
const hintOf = (isSaid: boolean): Pick<SendMessageBatchRequestEntry, 'MessageAttributes'> =>
  isSaid ? { MessageAttributes: { [HAS_ROW]: { DataType: 'String', StringValue: '1' } } } : {};

interface Tried {
  readonly results: readonly SendResult[];
  /** Whether what failed may go through a moment later. */
  readonly mayPass: boolean;
}

/** Tries again whatever of a batch could not be delivered, a few times. */
async function sendBatch(queue: SqsQueue, batch: readonly OutgoingMessage[]): Promise<readonly SendResult[]> {
  let { results, mayPass } = await tryOnce(queue, batch);
  for (let tries = 1; mayPass && tries < MOST_TRIES && results.some(isFailed); tries += 1) {
    await queue.sleep(retryDelay(tries, queue.random));
    const left = batch.filter((_, i) => isFailed(results[i]));
    const tried = await tryOnce(queue, left);
    const again = tried.results.values();
    results = results.map((result) => (isFailed(result) ? (again.next().value ?? result) : result));
    mayPass = tried.mayPass;
  }
  return results;
}

const isFailed = (result: SendResult | undefined): boolean => result?.kind === 'failed';

async function tryOnce(queue: SqsQueue, batch: readonly OutgoingMessage[]): Promise<Tried> {
  try {
    const reply = await queue.client.send(
      new SendMessageBatchCommand({
        QueueUrl: queue.queueUrl,
        Entries: batch.map(({ body, groupId, deduplicationId, hasRow }, i) => ({
          Id: String(i),
          MessageBody: body,
          MessageGroupId: groupId,
          MessageDeduplicationId: deduplicationId,
          ...hintOf(hasRow === true && sizeOf({ body, hasRow }) <= BATCH_BYTES),
        })),
      }),
    );
    return { results: batch.map((_, i) => resultOf(String(i), reply)), mayPass: true };
  } catch (error) {
    const message = String(error);
    // SQS may have taken them all the same; the deduplication id makes the repeat harmless.
    if (!isSenderFault(error)) {
      return { results: batch.map(() => ({ kind: 'failed', message })), mayPass: !isAskersTrouble(error) };
    }
    // One entry can make SQS refuse a whole batch: each is sent alone, and only the offending one is refused.
    if (batch.length === 1) return { results: [{ kind: 'refused', message }], mayPass: true };
    const alone = await Promise.all(batch.map((one) => tryOnce(queue, [one])));
    return {
      results: alone.flatMap(({ results }) => results),
      mayPass: alone.every(({ mayPass }) => mayPass),
    };
  }
}

function resultOf(id: string, reply: SendMessageBatchCommandOutput): SendResult {
  const sent = reply.Successful?.find((entry) => entry.Id === id);
  if (sent?.MessageId !== undefined)
    return { kind: 'sent', messageId: sent.MessageId, sequenceNumber: sent.SequenceNumber ?? null };
  const { code, message, final } = refusedEntry(reply.Failed?.find((entry) => entry.Id === id) ?? {});
  return { kind: final ? 'refused' : 'failed', message: `${code}: ${message}` };
}
