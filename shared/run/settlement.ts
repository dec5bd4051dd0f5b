import { MAX_VISIBILITY_MS } from '../config/limits.ts';
import { DAY_MS, MINUTE_MS } from '../kernel/clock.ts';

/** What is left to do with the SQS message. `until` in epoch ms; null: until a hold is lifted. */
export type Settlement =
  | { readonly kind: 'acknowledge' }
  /** Another run has the job: neither acknowledge the message nor touch its visibility. */
  | { readonly kind: 'leave' }
  | {
      readonly kind: 'hide';
      readonly until: number | null;
      readonly held: boolean;
      /** The hold is that of the day's quota, which many wait for: see `YOUNGEST_LAST_MS`. */
      readonly quota?: boolean;
    };

export const ACKNOWLEDGE: Settlement = { kind: 'acknowledge' };
export const LEAVE: Settlement = { kind: 'leave' };

export const hideUntil = (until: number): Settlement => ({ kind: 'hide', until, held: false });

/** Under a hold a message comes back at most this often: a lifted hold is noticed within five minutes. */
const HELD_MS = 5 * MINUTE_MS;
/** Past this many receives the hold is a long one, and an hour is often enough. */
const HELD_RECEIVES = 50;

/**
 * SQS moves a message away at its thousandth receive, which a job that throttle answers send back every few seconds would
 * reach within the hour, and no throttle answer may dead-letter a job. So one that has come back often comes back less
 * often: a thousand receives then take longer than the 13 days after which it expires.
 */
const LEAST_MS = [
  { after: 600, ms: 45 * MINUTE_MS },
  { after: 400, ms: 30 * MINUTE_MS },
  { after: 200, ms: 5 * MINUTE_MS },
  { after: 100, ms: 60_000 },
] as const;

/**
 * When the day's quota comes back, more jobs may wait for it than it has calls, and SQS gives them out in no order between
 * groups: left to chance, some would wait until they expire. So the older one comes back first, the youngest so long after it;
 * a quota of 10,000 calls lasts half an hour. From this age on a job waits no longer than the hold. The test simulates it.
 */
const YOUNGEST_LAST_MS = 55 * MINUTE_MS;
const OLD_MS = 8 * DAY_MS;

/**
 * How long to hide a message, in ms. `ageMs`: since SQS has it. Never past an hour: SQS counts its 12 h from the receive and
 * refuses more.
 */
export function visibilityMs(
  settlement: Extract<Settlement, { kind: 'hide' }>,
  now: number,
  receiveCount: number,
  ageMs: number,
): number {
  const least = LEAST_MS.find(({ after }) => receiveCount > after)?.ms ?? 0;
  const most = settlement.held && receiveCount <= HELD_RECEIVES ? HELD_MS : MAX_VISIBILITY_MS;
  if (settlement.until === null) return most;
  const rest = Math.max(least, settlement.until - now);
  if (settlement.quota !== true) return Math.min(rest, most);
  const youth = 1 - Math.min(1, Math.max(0, ageMs) / OLD_MS);
  const last = rest + youth * YOUNGEST_LAST_MS;
  // Two hops where one is too long, the second a whole one: cut at an hour, the young would come back with the old.
  return last <= MAX_VISIBILITY_MS
    ? last
    : Math.min(most, Math.max(least, MINUTE_MS, last - MAX_VISIBILITY_MS));
}
