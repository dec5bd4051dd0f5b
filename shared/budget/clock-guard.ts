import type { Clock } from '../kernel/clock.ts';
import type { StoreClock } from './store-clock.ts';

export interface ClockGuardParts {
  readonly storeClock: StoreClock | undefined;
  readonly clock: Clock;
  /** One exchange with the store. */
  readonly ask: () => Promise<unknown>;
  /** Says that the clock is off, where people will see it. Called at most once a minute. */
  readonly tell: (aheadMs: number) => Promise<void>;
}

const TELL_EVERY_MS = 60_000;
/** A store that does not tell the time is not asked for it again before each permit. */
const BLIND_MS = 60_000;

/**
 * Whether this worker's clock is proved wrong: an hour ahead it would see every window empty and every slot free, an hour
 * behind it would stop the others. Asked before every permit; costs an exchange only if none was made of late.
 */
export function createClockGuard({ storeClock, clock, ask, tell }: ClockGuardParts): () => Promise<boolean> {
  let toldAt = Number.NEGATIVE_INFINITY;
  let blindAt = Number.NEGATIVE_INFINITY;
  const isWithin = (at: number, ms: number): boolean => Math.abs(clock() - at) < ms;
  return async () => {
    if (storeClock === undefined) return false;
    const known = storeClock.aheadMs(clock());
    if (known === 0 || (known === null && isWithin(blindAt, BLIND_MS))) return false;
    // It may have been set right since, or have jumped.
    await ask();
    const aheadMs = storeClock.aheadMs(clock());
    if (aheadMs === null) blindAt = clock();
    if (aheadMs === null || aheadMs === 0) return false;
    if (!isWithin(toldAt, TELL_EVERY_MS)) {
      toldAt = clock();
      await tell(aheadMs);
    }
    return true;
  };
}
