/** One exchange with the store, by the own clock, and the `Date` of its reply, which is cut to whole seconds. All in epoch ms. */
export interface StoreReply {
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly date: number;
}

/** What the replies of the store show of the own clock. */
export interface StoreClock {
  /** By how much the own clock is ahead at least (negative: behind); 0 if it may be right; null if no reply of late says. */
  aheadMs(now: number): number | null;
}

/** Further apart than this, the clocks of two workers may break the account's limits. */
const MOST_SKEW_MS = 2_000;
const DATE_STEP_MS = 1_000;
/** A clock may jump at any time: what a reply has shown counts for so long. */
const FRESH_MS = 10_000;

/**
 * By how much the own clock is proved wrong: the reply was made while the own clock stood between sent and received, and the
 * store's within the second of its `Date`. If the two spans lie no more than two seconds apart, nothing is proved.
 */
export function provenAheadMs({ sentAt, receivedAt, date }: StoreReply): number {
  const aheadMs = Math.min(sentAt, receivedAt) - (date + DATE_STEP_MS);
  if (aheadMs > MOST_SKEW_MS) return aheadMs;
  const behindMs = date - Math.max(sentAt, receivedAt);
  return behindMs > MOST_SKEW_MS ? -behindMs : 0;
}

/** Keeps the last reply that had a date. */
export function createStoreClock(): StoreClock & { observe(reply: StoreReply): void } {
  let last: { readonly at: number; readonly aheadMs: number } | null = null;
  return {
    observe(reply) {
      if (Number.isFinite(reply.date)) last = { at: reply.receivedAt, aheadMs: provenAheadMs(reply) };
    },
    aheadMs: (now) => (last === null || Math.abs(now - last.at) > FRESH_MS ? null : last.aheadMs),
  };
}
