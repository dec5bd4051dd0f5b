import { METRICS } from '../config/names.ts';
import { type Completed, EVENT_VERSION, type Events, MOST_EVENTS, tellable } from '../events/event.ts';
import { type Clock, isoTime, MINUTE_MS, SECOND_MS, type Sleep } from '../kernel/clock.ts';
import { errorText } from '../kernel/error-text.ts';
import type { Log } from '../kernel/log.ts';
import type { Metrics } from '../kernel/metrics.ts';
import type { JobRow } from '../ledger/row.ts';
import type { JobEvents } from './job-events.ts';

interface TellPorts {
  readonly events: Events;
  readonly stack: string;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** More than a process completes while one publication is under way. */
const MOST_HELD = 1_000;
/** No message waits for an event; the next event of the queue may, so long. */
const FLUSH_MS = SECOND_MS;
/** A bus that did not answer is left alone: asked again and again it would cost each invocation its patience. */
const REST_MS = MINUTE_MS;

/**
 * Tells of each completed job at most once, beside the work: what a bus does not take, or what comes faster than it takes, is dropped and
 * counted.
 */
export function tellCompleted({ events, stack, clock, sleep, log, metrics }: TellPorts): JobEvents {
  const held: Completed[] = [];
  let publishing: Promise<void> | null = null;
  let restsUntil = 0;
  const { most = MOST_EVENTS } = events;

  const drop = (count: number): void => {
    for (let i = 0; i < count; i += 1) metrics.count(METRICS.eventsDropped);
  };
  async function publishOnce(): Promise<void> {
    const some = held.splice(0, most);
    try {
      drop(await events.publish(some));
    } catch (error) {
      restsUntil = clock() + REST_MS;
      const dropped = some.length + held.splice(0).length;
      drop(dropped);
      log.warn('events were dropped', { dropped, error: errorText(error) });
    }
  }
  async function publishAll(least: number): Promise<void> {
    while (held.length >= least) await publishOnce();
  }
  const publish = (least: number): Promise<void> => {
    publishing ??= publishAll(least).finally(() => {
      publishing = null;
    });
    return publishing;
  };

  return {
    taken() {},
    ended() {},
    written: async () => {},
    completed(row) {
      if (clock() < restsUntil || held.length >= MOST_HELD) return drop(1);
      held.push(eventOf(row, stack, clock()));
      if (held.length >= most) void publish(most);
    },
    async flush() {
      // One that is under way may leave some behind.
      const all = publish(most).then(() => publish(1));
      const done = new AbortController();
      await Promise.race([all, sleep(FLUSH_MS, done.signal)]);
      done.abort();
    },
  };
}

const eventOf = ({ jobId, epoch, operation, batch }: JobRow, stack: string, now: number): Completed => ({
  version: EVENT_VERSION,
  id: `completed/${jobId}/${epoch}`,
  type: 'completed',
  at: isoTime(now),
  stack,
  jobId,
  epoch,
  operation,
  batch: tellable(batch),
});
