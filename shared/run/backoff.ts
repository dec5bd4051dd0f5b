import type { BackoffSettings } from '../config/limits.ts';
import type { Random } from '../kernel/random.ts';

// 2^40 ms is past any cap; beyond 2^1023 the power would be Infinity and Infinity x 0 is not a number.
const MOST_DOUBLINGS = 40;

/**
 * Full jitter: a random delay from 0 to base x 2^(attempt-1), never past the cap, in ms. `attempt` counts from 1.
 * Spreading over the whole range keeps jobs that failed together from coming back together.
 */
export function backoffMs(attempt: number, settings: BackoffSettings, random: Random): number {
  const doublings = Math.min(MOST_DOUBLINGS, Math.max(0, attempt - 1));
  return Math.round(random() * Math.min(settings.capMs, settings.baseMs * 2 ** doublings));
}
