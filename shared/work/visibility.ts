import { MAX_VISIBILITY_MS } from '../config/limits.ts';
import type { Settlement } from './settlement.ts';

/** Under a hold a message comes back at most this often: a lifted hold is noticed within five minutes. */
const HELD_MS = 5 * 60_000;
/** Past this many receives the hold is a long one, and an hour is often enough. */
const HELD_RECEIVES = 50;

/** How long to hide a message, in ms. Never past an hour: SQS counts its 12 h from the receive and refuses more. */
export function visibilityMs(
  settlement: Extract<Settlement, { kind: 'hide' }>,
  now: number,
  receiveCount: number,
): number {
  const rest = settlement.until === null ? MAX_VISIBILITY_MS : Math.max(0, settlement.until - now);
  const most = settlement.held && receiveCount <= HELD_RECEIVES ? HELD_MS : MAX_VISIBILITY_MS;
  return Math.min(rest, most);
}
