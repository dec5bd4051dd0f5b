import { type Clock, DAY_MS } from '../kernel/clock.ts';
import type { Documents } from '../kernel/document.ts';

/** A batch of which no further job is to be started. */
export interface Cancellation {
  /** When it was asked for, epoch ms. */
  readonly at: number;
}

/** By the name of the batch. */
export type Cancellations = Documents<Cancellation>;

/** As long as a job of the batch may turn up: a parked one comes back within a year, and may then lie in the queue. */
export const CANCELLATION_KEEP_MS = 400 * DAY_MS;

/** Whether a batch was cancelled, a few seconds ago at the latest. */
export type IsCancelled = (batch: string) => Promise<boolean>;

/** Every job of a batch asks; the answer to one of them does for the others meanwhile. */
const FRESH_MS = 5_000;
const MOST_REMEMBERED = 1_000;

/** Asks once in a few seconds per batch. An answer that did not come is asked for again, and is an error until it does. */
export function watchCancellations(cancellations: Pick<Cancellations, 'get'>, clock: Clock): IsCancelled {
  const known = new Map<string, { readonly at: number; readonly answer: Promise<boolean> }>();
  return (batch) => {
    const now = clock();
    const last = known.get(batch);
    if (last !== undefined && now - last.at < FRESH_MS && now >= last.at) return last.answer;
    const answer = cancellations.get(batch).then((found) => found !== null);
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(batch, { at: now, answer });
    answer.catch(() => known.delete(batch));
    return answer;
  };
}
