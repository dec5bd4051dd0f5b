import { DAY_MS, HOUR_MS, MINUTE_MS } from '../kernel/clock.ts';

/** Marketo's limits and the stack's own figures, each with the sentence that justifies it. `infra/` imports this file. */

/** The account's limits as Marketo states them, before share and guard band are taken off. */
export interface AccountLimits {
  /** Calls per window of 20 s, for the whole subscription. */
  readonly ratePerWindow: number;
  readonly windowMs: number;
  /** Calls in progress at once, for the whole subscription. */
  readonly concurrency: number;
  /** Calls per civil day of America/Chicago. */
  readonly dailyQuota: number;
  /** The part of all three that this queue may use: above 0, at most 1. */
  readonly share: number;
}

export const RATE_WINDOW_MS = 20_000;
export const DEFAULT_RATE_PER_WINDOW = 100;
export const DEFAULT_CONCURRENCY = 10;

/** Full jitter: a random delay up to base x 2^(attempt-1), never past the cap. */
export interface BackoffSettings {
  readonly baseMs: number;
  readonly capMs: number;
}

export const DEFAULT_BACKOFF: BackoffSettings = { baseMs: 2_000, capMs: 900_000 };

export const DEFAULT_MAX_ATTEMPTS = 12;
export const MOST_MAX_ATTEMPTS = 100;

/** What one run of the worker has to keep to. All durations in milliseconds. */
export interface WorkerTimings {
  /** A wait for rate or a slot up to this long is spent in the handler; a longer one goes back to SQS. */
  readonly shortWaitMs: number;
  /** What must remain, beside a call's full timeout, before it may start: time to record and settle. */
  readonly settleReserveMs: number;
  /** A notBefore further ahead than this is parked in the ledger instead of kept in flight. */
  readonly parkAheadMs: number;
  /** How long past the invocation's deadline a claim, or a hidden message, outlives it. */
  readonly graceMs: number;
}

export const DEFAULT_TIMINGS: WorkerTimings = {
  shortWaitMs: MINUTE_MS,
  settleReserveMs: 15_000,
  // The warden comes once a minute, and a parked job costs two writes and a message more.
  parkAheadMs: 15 * MINUTE_MS,
  graceMs: 30_000,
};

export const MAX_BODY_BYTES = 256 * 1024;
/** Bodies larger than this leave the item and go to gzip parts beside it (a DynamoDB item holds 400 KB). */
export const INLINE_BODY_BYTES = 64 * 1024;

export const FUNCTION_TIMEOUT_S = 300;
export const QUEUE_VISIBILITY_S = 1_800;
/** SQS's maximum: the ledger, not the receive count, decides when a job has had enough. */
export const MAX_RECEIVE_COUNT = 1_000;
export const RETENTION_S = 14 * 24 * 3_600;
export const BATCH_SIZE = 10;
export const MAX_CONCURRENCY = 10;
/** SQS keeps at most this many messages in flight and holds everything behind them. */
export const MAX_IN_FLIGHT = 120_000;

/** One day less than the retention: what expires here is filed as a letter before SQS deletes it. */
export const MAX_AGE_MS = 13 * DAY_MS;
/** No visibility is ever set beyond an hour: SQS counts its 12 h from the receive and refuses more. */
export const MAX_VISIBILITY_MS = HOUR_MS;

/** Of jobs that come one a second five then share a call: 10,000 calls a day carry 50,000 of them. */
export const DEFAULT_LINGER_MS = 5_000;

export const DEFAULT_RETENTION_DAYS = 30;
export const DEFAULT_RETENTION_MS = DEFAULT_RETENTION_DAYS * 24 * 3_600_000;
/** A completed job must outlive SQS's retention of 14 days, or a late redelivery would run it again. */
export const LEAST_RETENTION_DAYS = 15;

/**
 * At so many claims without a settle, whoever is to blame, few run in the process beside the job: after a crash loop that has
 * nothing to do with any of them, thirty share a call of the day's quota.
 */
export const CLAIMS_FEW = 10;
/** At so many it runs alone: from there on a death is its own. */
export const CLAIMS_ALONE = 12;
/** A run that was killed leaves its claim: at this many starts without a settle few run in the process beside the job. */
export const STARTS_FEW = 2;
/** Of 300 that were in the call over which a worker died, ten calls then tell apart who did it. */
export const FEW = 30;
/** At this many starts without a settle the job runs alone. */
export const STARTS_ALONE = 3;
/** At this many starts without a settle the job is dead-lettered as poison, without a call. */
export const STARTS_POISON = 5;
