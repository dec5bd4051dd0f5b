import { ChangeMessageVisibilityBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { MAX_VISIBILITY_MS } from '../config/limits.ts';
import type { JobsQueue } from '../job/queues.ts';
import { type Clock, MINUTE_MS, type Sleep } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import { retryDelay } from './retry-delay.ts';
import { isGone, refusedEntry } from './sqs-errors.ts';

export interface SqsQueue {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly sleep: Sleep;
}

type Message = Parameters<JobsQueue['hide']>[0][number];

/** SQS's own limit for one batch. */
const BATCH_ENTRIES = 10;
/** Even past `giveUpAt` one try is made, and it may take this long. */
const LEAST_TRY_MS = 1_000;
const MOST_TRY_MS = MINUTE_MS;

/** Hides messages until `delayMs` from now; a retry aims at the same moment, not at a later one. */
export async function hideMessages(
  queue: SqsQueue,
  messages: readonly Message[],
  delayMs: number,
  giveUpAt: number,
): Promise<boolean> {
  if (!(delayMs >= 0 && delayMs <= MAX_VISIBILITY_MS)) {
    throw new RangeError(`a visibility of ${delayMs} ms is not between 0 and ${MAX_VISIBILITY_MS}`);
  }
  const visibleAt = queue.clock() + delayMs;
  const chunks = Array.from({ length: Math.ceil(messages.length / BATCH_ENTRIES) }, (_, chunk) =>
    messages.slice(chunk * BATCH_ENTRIES, (chunk + 1) * BATCH_ENTRIES),
  );
  const done = await Promise.all(chunks.map((chunk) => hideChunk(queue, chunk, visibleAt, giveUpAt)));
  return done.every(Boolean);
}

async function hideChunk(
  queue: SqsQueue,
  chunk: readonly Message[],
  visibleAt: number,
  giveUpAt: number,
): Promise<boolean> {
  let left = chunk;
  let refused = false;
  for (let tries = 1; ; tries += 1) {
    const reply = await tryOnce(queue, left, visibleAt, giveUpAt);
    refused = refused || reply.refused;
    left = reply.again;
    if (left.length === 0) return !refused;
    const pause = retryDelay(tries, queue.random);
    if (queue.clock() + pause >= giveUpAt) return false;
    await queue.sleep(pause);
  }
}

interface Tried {
  /** Refused for good: SQS will never hide these. */
  readonly refused: boolean;
  readonly again: readonly Message[];
}

async function tryOnce(
  queue: SqsQueue,
  messages: readonly Message[],
  visibleAt: number,
  giveUpAt: number,
): Promise<Tried> {
  const now = queue.clock();
  const command = new ChangeMessageVisibilityBatchCommand({
    QueueUrl: queue.queueUrl,
    Entries: messages.map(({ receiptHandle }, i) => ({
      Id: String(i),
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: Math.max(0, Math.ceil((visibleAt - now) / 1000)),
    })),
  });
  // The SDK's own retries must end in time, too. A timer takes whole milliseconds only.
  const abortSignal = AbortSignal.timeout(
    Math.ceil(Math.min(MOST_TRY_MS, Math.max(LEAST_TRY_MS, giveUpAt - now))),
  );
  try {
    const reply = await queue.client.send(command, { abortSignal });
    const failed = (reply.Failed ?? []).map((entry) => ({ ...refusedEntry(entry), index: Number(entry.Id) }));
    const wrong = failed.filter((entry) => !isGone(entry));
    return {
      refused: wrong.some((entry) => entry.final),
      again: wrong.filter((entry) => !entry.final).flatMap((entry) => messages[entry.index] ?? []),
    };
  } catch {
    // Unreachable, throttled or out of time: hiding twice does no harm, so all of them are tried again.
    return { refused: false, again: messages };
  }
}
