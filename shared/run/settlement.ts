import { MAX_VISIBILITY_MS } from '../config/limits.ts';

/** What is left to do with the SQS message. `until` in epoch ms; null: until a hold is lifted. */
export type Settlement =
  | { readonly kind: 'acknowledge' }
  /** Another run has the job: neither acknowledge the message nor touch its visibility. */
  | { readonly kind: 'leave' }
  | { readonly kind: 'hide'; readonly until: number | null; readonly held: boolean };

export const ACKNOWLEDGE: Settlement = { kind: 'acknowledge' };
export const LEAVE: Settlement = { kind: 'leave' };

export const hideUntil = (until: number): Settlement => ({ kind: 'hide', until, held: false });

/** Under a hold a message comes back at most this often: a lifted hold is noticed within five minutes. */
const HELD_MS = 5 * 60_000;
/** Past this many receives the hold is a long one, and an hour is often enough. */
const HELD_RECEIVES = 50;

/**
 * SQS moves a message away at its thousandth receive, which a job that throttle answers send back every few seconds would
 * reach within the hour, and no throttle answer may dead-letter a job. So one that has come back often comes back less
 * often: a thousand receives then take longer than the 13 days after which it expires.
 */
const LEAST_MS = [
  { after: 400, ms: 30 * 60_000 },
  { after: 200, ms: 5 * 60_000 },
  { after: 100, ms: 60_000 },
] as const;

/** How long to hide a message, in ms. Never past an hour: SQS counts its 12 h from the receive and refuses more. */
export function visibilityMs(
  settlement: Extract<Settlement, { kind: 'hide' }>,
  now: number,
  receiveCount: number,
): number {
  const least = LEAST_MS.find(({ after }) => receiveCount > after)?.ms ?? 0;
  const rest = settlement.until === null ? MAX_VISIBILITY_MS : Math.max(least, settlement.until - now);
  const most = settlement.held && receiveCount <= HELD_RECEIVES ? HELD_MS : MAX_VISIBILITY_MS;
  return Math.min(rest, most);
}
