import type { Clock, Sleep } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';

/** What a wait needs of an AbortSignal, of whatever making. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface WaitLimits {
  /** Without it the wait lasts as long as it takes. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: Signal | undefined;
}

export interface WaitPorts {
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly random: Random;
}

/** Somebody who waits for one call should not notice the looking; of a long wait nobody notices five seconds. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
const GROWTH = 1.5;

/** A look at a batch of 100,000 jobs takes seconds: most of the time nobody should be looking. */
const PAUSE_PER_LOOK = 4;

/** What the first look throws is for the caller to know; later on a store may have a bad moment. */
const MOST_FAILURES = 5;

/**
 * Looks again and again, in growing pauses, until there is something to be seen; null when the time is up, after a last look. State
 * is looked at and no event is listened for, so a wait that begins late, or anew, misses nothing. Rejects with the signal's reason.
 */
export async function waitUntil<T>(
  look: () => Promise<T | null>,
  ports: WaitPorts,
  { timeoutMs = Number.POSITIVE_INFINITY, signal }: WaitLimits,
): Promise<T | null> {
  checkLimits({ timeoutMs, signal });
  const giveUpAt = ports.clock() + timeoutMs;
  const pauses = growingPauses(ports);
  let failures: number | null = null;
  for (;;) {
    throwIfAborted(signal);
    const lookedAt = ports.clock();
    try {
      const seen = await unlessAborted(look(), signal);
      if (seen !== null) return seen;
      failures = 0;
    } catch (error) {
      throwIfAborted(signal);
      if (failures === null || failures >= MOST_FAILURES) throw error;
      failures += 1;
    }
    const now = ports.clock();
    if (now >= giveUpAt) return null;
    const pauseMs = Math.max(pauses.next(), PAUSE_PER_LOOK * (now - lookedAt));
    await sleepUnlessAborted(Math.min(pauseMs, giveUpAt - now), ports, signal);
  }
}

interface Pauses {
  next(): number;
  /** After something has been seen more may follow soon. */
  restart(): void;
}

/** Pauses in whole ms, each somewhere between half of its length and the whole, so that many who wait do not ask together. */
export function growingPauses({ random }: Pick<WaitPorts, 'random'>): Pauses {
  let lengthMs = FIRST_PAUSE_MS;
  return {
    next() {
      const pauseMs = Math.ceil(lengthMs * (0.5 + random() / 2));
      lengthMs = Math.min(LONGEST_PAUSE_MS, lengthMs * GROWTH);
      return pauseMs;
    },
    restart() {
      lengthMs = FIRST_PAUSE_MS;
    },
  };
}

/** Throws where there is nothing to begin with. A time that is no number is never up, and every pause would be over at once. */
export function checkLimits({ timeoutMs, signal }: WaitLimits): void {
  throwIfAborted(signal);
  if (Number.isNaN(timeoutMs)) throw new RangeError('timeoutMs is not a number');
}

function throwIfAborted(signal: Signal | undefined): void {
  if (signal?.aborted === true) throw signal.reason ?? new Error('the wait was aborted');
}

/** A look at a store that does not answer keeps nobody who wants to go. */
function unlessAborted<T>(looking: Promise<T>, signal: Signal | undefined): Promise<T> {
  if (signal === undefined) return looking;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort);
    looking.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Ends at once when the signal aborts. */
export async function sleepUnlessAborted(
  ms: number,
  { sleep }: Pick<WaitPorts, 'sleep'>,
  signal: Signal | undefined,
): Promise<void> {
  if (signal === undefined) return sleep(ms);
  const ended = new AbortController();
  const end = (): void => ended.abort();
  signal.addEventListener('abort', end);
  try {
    if (!signal.aborted) await sleep(ms, ended.signal);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
