import type { OutgoingMessage, SendResult } from '../shared/job/queues.ts';
import type { Ledger } from '../shared/ledger/ledger.ts';
import { latch } from './latch.ts';
import type { PreparePorts } from './prepare.ts';
import { openReader } from './reader.ts';
import { openWindow } from './window.ts';

/** One thing to enqueue: a job message to be, or what was wrong with the row it should have come from. */
export type Candidate =
  | { readonly kind: 'job'; readonly value: unknown }
  | { readonly kind: 'unreadable'; readonly error: string };

/** What became of the candidate at `index` (from 0), in the order of the input. */
export type EnqueueResult =
  /** `sent` is false if the ledger knew the job already. `recorded` is false if its row could not be written: the worker will. */
  | { readonly index: number; readonly id: string; readonly sent: boolean; readonly recorded: boolean }
  | { readonly index: number; readonly error: string };

export interface EnqueuePorts extends PreparePorts {
  readonly ledger: Pick<Ledger, 'get' | 'change'>;
  readonly jobsQueue: { send(messages: readonly OutgoingMessage[]): Promise<readonly SendResult[]> };
}

export interface EnqueueSettings {
  /** Messages per SendMessageBatch: SQS takes 10. */
  readonly batchSize: number;
  /** Batches under way at once. */
  readonly batches: number;
  /** Jobs read ahead of the oldest unanswered one, and their bytes: what bounds memory. */
  readonly windowJobs: number;
  readonly windowBytes: number;
}

/** Found by trial on the embedded servers; more batches only queue up in front of them. */
export const DEFAULT_ENQUEUE: EnqueueSettings = {
  batchSize: 10,
  batches: 4,
  windowJobs: 400,
  windowBytes: 8 * 1024 * 1024,
};

/**
 * Enqueues a stream of candidates and yields what became of each, in order. Two jobs of one ordering key, or of one id,
 * are never under way together: the second is sent only when the first is acknowledged and in the ledger. A batch that
 * is not full leaves at once if nothing else is under way, so a slow source is not kept waiting for company.
 */
export async function* enqueueJobs(
  ports: EnqueuePorts,
  candidates: Iterable<Candidate> | AsyncIterable<Candidate>,
  settings: EnqueueSettings = DEFAULT_ENQUEUE,
): AsyncGenerator<EnqueueResult, void, undefined> {
  const changed = latch();
  const source = openReader(candidates, changed.open);
  const window = openWindow(ports, settings, changed.open);
  try {
    for (;;) {
      const candidate = source.taken();
      if (candidate !== null) window.add(candidate);
      if (window.hasRoom()) source.pull();
      window.dispatch(source.ended());
      yield* window.finished();
      if (source.ended() && window.isEmpty()) break;
      if (!source.has()) await changed.wait();
    }
    source.throwIfFailed();
  } finally {
    await source.close();
    await window.settled();
  }
}
