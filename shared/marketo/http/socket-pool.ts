import type { Socket } from 'node:net';
import type { Clock } from '../../kernel/clock.ts';

/** A socket between two requests. `aliveAt` is when it was opened or last answered (epoch ms). */
export interface PooledSocket {
  readonly socket: Socket;
  readonly aliveAt: number;
  /** How long it may rest before it counts as stale. */
  readonly restMs: number;
}

/** Below the 5 s after which common servers close an idle socket: we let go first, so that no request meets a dead one. */
export const MAX_REST_MS = 4_000;
/** What answered so recently is not stale, and may carry something unsafe to repeat. */
export const FRESH_MS = 2_000;
/** A server that says how long it waits starts counting before our clock does. */
const REST_MARGIN_MS = 1_000;

export const restMs = (keepAliveMs: number | null): number =>
  keepAliveMs === null ? MAX_REST_MS : Math.min(MAX_REST_MS, keepAliveMs - REST_MARGIN_MS);

/** May it carry the next request? `fresh` asks for more. Ages come from the clock: timers stand still in a frozen Lambda. */
export function isHealthy(entry: PooledSocket, fresh: boolean, now: number): boolean {
  const { socket } = entry;
  if (socket.destroyed || !socket.writable || socket.readableEnded) return false;
  const limitMs = fresh ? Math.min(FRESH_MS, entry.restMs) : entry.restMs;
  return now - entry.aliveAt < limitMs;
}

/** Keeps sockets between requests, by origin. It takes them back only alive, and lets go of them soon. */
export class SocketPool {
  readonly #clock: Clock;
  readonly #resting = new Map<PooledSocket, Rest>();
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The one that answered last, or null. */
  take(origin: string, fresh: boolean): PooledSocket | null {
    const now = this.#clock();
    const fit = [...this.#resting]
      .filter(([entry, rest]) => rest.origin === origin && isHealthy(entry, fresh, now))
      .map(([entry]) => entry)
      .reduce<PooledSocket | null>((best, next) => (best && best.aliveAt > next.aliveAt ? best : next), null);
    if (fit === null) return null;
    this.#resting.get(fit)?.end();
    fit.socket.ref();
    return fit;
  }

  give(origin: string, entry: PooledSocket): void {
    const { socket } = entry;
    if (this.#closed || !isHealthy(entry, false, this.#clock())) {
      socket.destroy();
      return;
    }
    const drop = (): void => {
      socket.destroy();
    };
    const end = (): void => {
      this.#resting.delete(entry);
      clearTimeout(timer);
      socket.off('close', end);
      socket.off('data', drop);
    };
    const timer = setTimeout(drop, entry.restMs);
    timer.unref();
    socket.unref();
    socket.once('close', end);
    // Nobody asked: whatever a server says between two requests would be taken for the next answer.
    socket.on('data', drop);
    this.#resting.set(entry, { origin, end });
  }

  /** Closes what rests; a socket given back later is closed too. */
  close(): void {
    this.#closed = true;
    for (const entry of [...this.#resting.keys()]) entry.socket.destroy();
  }
}

interface Rest {
  readonly origin: string;
  readonly end: () => void;
}
