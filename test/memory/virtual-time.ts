import type { Clock, Sleep } from '../../shared/kernel/clock.ts';

/** Time that passes only from event to event: hours of it cost as long as what happens in them. */
export interface VirtualTime {
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** Calls `what` at `at`, or at once if that is past. */
  schedule(at: number, what: () => void): void;
  /** Runs events in order until `done` answers true or nothing is left to happen. */
  run(done: () => boolean): Promise<void>;
}

interface Event {
  readonly at: number;
  readonly order: number;
  readonly what: () => void;
}

export function virtualTime(start: number): VirtualTime {
  let now = start;
  let order = 0;
  const events: Event[] = [];

  function schedule(at: number, what: () => void): void {
    const event = { at: Math.max(now, at), order, what };
    order += 1;
    let low = 0;
    let high = events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = events[middle];
      // Latest first, so that the next event is popped off the end.
      if (other !== undefined && other.at > event.at) low = middle + 1;
      else high = middle;
    }
    events.splice(low, 0, event);
  }

  return {
    clock: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        schedule(now + ms, resolve);
        signal?.addEventListener('abort', () => resolve(), { once: true });
      }),
    schedule,
    async run(done) {
      await settled();
      while (!done()) {
        const event = events.pop();
        if (event === undefined) return;
        now = event.at;
        event.what();
        await settled();
      }
    },
  };
}

/** All promises that can settle without time passing have settled. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
