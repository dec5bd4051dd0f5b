import type { BatchResultErrorEntry, SQSClient } from '@aws-sdk/client-sqs';
import type { Delivered } from '../job/queues.ts';
import { type Clock, MINUTE_MS, type Sleep } from '../kernel/clock.ts';
import { pagesOf } from '../kernel/pages.ts';
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

/** One batch request about delivered messages; each entry bears its message's place in the list as its id. */
export type AskBatch = (
  messages: readonly Delivered[],
  now: number,
  abortSignal: AbortSignal,
) => Promise<{ readonly Failed?: readonly BatchResultErrorEntry[] | undefined }>;

/** SQS's own limit for one batch. */
const BATCH_ENTRIES = 10;
/** Even past `giveUpAt` one try is made, and it may take this long. */
const LEAST_TRY_MS = 1_000;
const MOST_TRY_MS = MINUTE_MS;

/**
 * Asks the same of every message, ten at a time, and again for those that SQS could not do, until `giveUpAt` (epoch ms); false if
 * one was refused for good or the time was over. A message that is gone counts as done. Asking twice must do no harm.
 */
export async function askForEach(
  queue: SqsQueue,
  messages: readonly Delivered[],
  giveUpAt: number,
  ask: AskBatch,
): Promise<boolean> {
  const chunks = pagesOf(messages, BATCH_ENTRIES);
  const done = await Promise.all(chunks.map((chunk) => askForChunk(queue, chunk, giveUpAt, ask)));
  return done.every(Boolean);
}

async function askForChunk(
  queue: SqsQueue,
  chunk: readonly Delivered[],
  giveUpAt: number,
  ask: AskBatch,
): Promise<boolean> {
  let left = chunk;
  let refused = false;
  for (let tries = 1; ; tries += 1) {
    const reply = await tryOnce(queue, left, giveUpAt, ask);
    refused = refused || reply.refused;
    left = reply.again;
    if (left.length === 0) return !refused;
    const pause = retryDelay(tries, queue.random);
    if (queue.clock() + pause >= giveUpAt) return false;
    await queue.sleep(pause);
  }
}

interface Tried {
  /** Refused for good: SQS will never do it for these. */
  readonly refused: boolean;
  readonly again: readonly Delivered[];
}

async function tryOnce(
  queue: SqsQueue,
  messages: readonly Delivered[],
  giveUpAt: number,
  ask: AskBatch,
): Promise<Tried> {
  const now = queue.clock();
  // The SDK's own retries must end in time, too. A timer takes whole milliseconds only.
  const abortSignal = AbortSignal.timeout(
    Math.ceil(Math.min(MOST_TRY_MS, Math.max(LEAST_TRY_MS, giveUpAt - now))),
  );
  try {
    const reply = await ask(messages, now, abortSignal);
    const failed = (reply.Failed ?? []).map((entry) => ({ ...refusedEntry(entry), index: Number(entry.Id) }));
    const wrong = failed.filter((entry) => !isGone(entry));
    return {
      refused: wrong.some((entry) => entry.final),
      again: wrong.filter((entry) => !entry.final).flatMap((entry) => messages[entry.index] ?? []),
    };
  } catch {
    // Unreachable, throttled or out of time: all of them are tried again.
    return { refused: false, again: messages };
  }
}
