import { tellable } from '../events/event.ts';
import { type Clock, SECOND_MS, type Sleep } from '../kernel/clock.ts';
import { errorText } from '../kernel/error-text.ts';
import type { Log } from '../kernel/log.ts';
import { type OpenBatches, withTaken } from '../ledger/open-batches.ts';
import type { JobEvents } from './job-events.ts';

interface TakenPorts {
  readonly openBatches: Pick<OpenBatches, 'change'>;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly log: Log;
}

/** The read that finds a batch known already is asked for this often, before a message is removed, and at the end of each invocation. */
const ASK_EVERY_MS = 20 * SECOND_MS;
/** A table that does not answer must not keep an invocation, and with it the messages of its event. */
const FLUSH_MS = SECOND_MS;

interface Taken {
  /** When the last of its jobs was taken here. */
  at: number;
  /** What of that is written down. */
  writtenAt: number;
  askedAt: number;
  /** It is in the line of those that are being written. */
  isAsked: boolean;
}

/**
 * Writes down which batches are under way, for the warden to see when they end. A batch costs a read now and then, and a write each
 * half minute over all workers. What could not be written is tried again with the batch's next job, or at the end of the invocation.
 */
export function watchTakenBatches({ openBatches, clock, sleep, log }: TakenPorts): JobEvents {
  const batches = new Map<string, Taken>();
  let writing: Promise<unknown> = Promise.resolve();

  async function write(batch: string, taken: Taken): Promise<void> {
    const { at } = taken;
    taken.isAsked = false;
    if (at <= taken.writtenAt) return;
    try {
      await openBatches.change(batch, (stored) => withTaken(stored, batch, at));
      taken.writtenAt = Math.max(taken.writtenAt, at);
    } catch (error) {
      log.warn('a batch under way could not be written down', { error: errorText(error) });
    }
  }
  const ask = (batch: string, taken: Taken): void => {
    taken.askedAt = clock();
    if (taken.isAsked) return;
    taken.isAsked = true;
    writing = writing.then(() => write(batch, taken));
  };

  const note = (name: string | null | undefined, at: number): void => {
    const batch = tellable(name);
    if (batch === null) return;
    const taken = batches.get(batch) ?? newlyTaken();
    batches.set(batch, taken);
    taken.at = Math.max(taken.at, at);
    if (clock() - taken.askedAt >= ASK_EVERY_MS) ask(batch, taken);
  };
  const written = async (): Promise<void> => {
    for (const [batch, taken] of batches) if (taken.at > taken.writtenAt) ask(batch, taken);
    const done = new AbortController();
    await Promise.race([writing, sleep(FLUSH_MS, done.signal)]);
    done.abort();
  };

  return {
    taken: ({ batch }) => note(batch, clock()),
    completed() {},
    ended: ({ batch }, at) => note(batch, at),
    written,
    async flush() {
      await written();
      for (const [batch, taken] of batches) if (taken.at <= taken.writtenAt) batches.delete(batch);
    },
  };
}

const newlyTaken = (): Taken => ({
  at: 0,
  writtenAt: 0,
  askedAt: Number.NEGATIVE_INFINITY,
  isAsked: false,
});
