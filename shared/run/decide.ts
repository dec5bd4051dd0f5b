import type { WaitReason } from '../budget/port.ts';
import type { BackoffSettings } from '../config/limits.ts';
import { DEFAULT_MAX_ATTEMPTS, RATE_WINDOW_MS } from '../config/limits.ts';
import type { Attempt } from '../job/attempt.ts';
import type { Job } from '../job/job.ts';
import { assertNever } from '../kernel/assert-never.ts';
import { MINUTE_MS } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { Ended, Failure } from '../marketo/faults/classify.ts';
import type { FaultClass } from '../marketo/faults/fault.ts';
import { backoffMs } from './backoff.ts';

/** Nothing is known yet, because nothing could be sent: the account, or the job's own notBefore, makes it wait. */
export interface Deferred {
  readonly kind: 'deferred';
  readonly until: number;
  readonly reason: WaitReason;
}

/** What to do with a job now. `until` in epoch ms. */
export type Disposition =
  | { readonly kind: 'complete'; readonly result: unknown }
  /** Spends an attempt (unless nothing was sent) and waits out a backoff. */
  | { readonly kind: 'retry'; readonly until: number; readonly counted: boolean }
  /** Spends nothing: the account's limits, a hold or the job's own notBefore made it wait. */
  | { readonly kind: 'defer'; readonly until: number; readonly reason: WaitReason }
  | {
      readonly kind: 'dead-letter';
      readonly class: FaultClass;
      readonly code: number | null;
      readonly message: string;
      readonly httpStatus: number | null;
      readonly counted: boolean;
      /** Until when Marketo may still be working on the call; the job's group waits until then. */
      readonly quietUntil: number | null;
    };

/** What a decision may look at beside how the call ended. Times in epoch ms. */
export interface Circumstances {
  readonly job: Pick<Job, 'maxAttempts' | 'onInDoubt'>;
  /** The attempts before this one. */
  readonly attempts: readonly Attempt[];
  readonly counted: number;
  readonly now: number;
  /** When Marketo must be done with a call whose answer never came; null where that does not matter (reads). */
  readonly quietUntil: number | null;
  /** Whether some of what must not be done twice is known to be done: a retry of the whole job would do it again. */
  readonly partlyDone?: boolean;
  /** Whether this very answer opened the account's hold. */
  readonly openedHold: boolean;
  /** Whether the credentials it was refused with have just been found good: then it is refused what it asked for. */
  readonly refusedAlone?: boolean;
  /** When the account's quota comes back. */
  readonly quotaResetsAt: number;
  readonly backoff: BackoffSettings;
  readonly random: Random;
}

/** Marketo's own sample client says of 20106: retry once, and handle the error if the retry fails. */
const SYNC_FAILED_RETRIES = 1;
const SYNC_FAILED_DELAY_MS = 30_000;
const UNKNOWN_RETRIES = 3;
const INTERNAL_ATTEMPTS = 3;
/** Imports in a queue (1016) or into that very list (1019) last longer than a backoff. */
const BUSY_FOR_LONGER: ReadonlySet<number | null> = new Set([1016, 1019]);
/** A slot comes free within seconds; the jitter keeps the refused from asking together. */
const CONCURRENCY_DELAY_MS = { least: 1_000, most: 5_000 };
/** A gateway's own figure is kept to, but for this. */
const LEAST_TOLD_MS = 1_000;
const LEAST_SPREAD_MS = 1_000;
const SPREAD_PART = 0.05;
/** A credentials hold is probed every minute. */
const CREDENTIALS_DELAY_MS = 60_000;

/** Job, how its call ended, attempts and clock -> what to do. Pure and total. */
export function decide(ended: Ended | Deferred, at: Circumstances): Disposition {
  if (ended.kind === 'succeeded') return { kind: 'complete', result: ended.result };
  if (ended.kind === 'deferred') return { kind: 'defer', until: ended.until, reason: ended.reason };
  switch (ended.class) {
    case 'quota-exhausted':
      return { kind: 'defer', until: at.quotaResetsAt, reason: 'quota' };
    case 'rate-limited':
      return { kind: 'defer', until: at.now + RATE_WINDOW_MS, reason: 'rate' };
    case 'concurrency-limited':
      return {
        kind: 'defer',
        until: at.now + jittered(CONCURRENCY_DELAY_MS, at.random),
        reason: 'concurrency',
      };
    // What is used up is this operation's alone: the account stays open, and so does no hold.
    case 'daily-allowance':
      return { kind: 'defer', until: at.quotaResetsAt, reason: 'backoff' };
    case 'expired-signature':
      return retry(ended, at);
    case 'transient':
      return retry(ended, at, at.now + (BUSY_FOR_LONGER.has(ended.code) ? MINUTE_MS : 0));
    case 'sync-failed':
      return seen('sync-failed', at) < SYNC_FAILED_RETRIES
        ? retry(ended, at, at.now + SYNC_FAILED_DELAY_MS)
        : deadLetter(ended, at);
    case 'unknown':
      return seen('unknown', at) < UNKNOWN_RETRIES ? retry(ended, at) : deadLetter(ended, at);
    case 'internal':
      return seen('internal', at) + 1 < INTERNAL_ATTEMPTS ? retry(ended, at) : deadLetter(ended, at);
    // A sender who takes the risk of a doubt does not ask for what is known to be done once more: its letter has the rest.
    case 'in-doubt':
      return at.job.onInDoubt === 'retry' && at.partlyDone !== true
        ? retry(ended, at)
        : deadLetter(ended, at);
    // A single job cannot be made smaller here.
    case 'too-large':
      return deadLetter({ ...ended, class: 'invalid-request' }, at);
    case 'credentials':
      if (at.refusedAlone === true) return deadLetter(refusedAlone(ended), at);
      return at.openedHold
        ? deadLetter(ended, at)
        : { kind: 'defer', until: at.now + CREDENTIALS_DELAY_MS, reason: 'credentials' };
    case 'end-of-stream':
      return { kind: 'complete', result: null };
    case 'invalid-request':
    case 'not-found':
    case 'record-failed':
    case 'malformed':
    case 'expired':
    case 'poison':
      return deadLetter(ended, at);
    default:
      return assertNever(ended.class);
  }
}

const refusedAlone = (failure: Failure): Failure => ({
  ...failure,
  class: 'invalid-request',
  message: `${failure.message} (only for this operation: a probe with the same credentials was answered)`,
});

/** Another attempt, if one is left. What was never sent spends none: an unreachable Marketo dead-letters nobody. */
function retry(failure: Failure, at: Circumstances, notBefore: number = at.now): Disposition {
  if (failure.final === true) return deadLetter({ ...failure, class: 'invalid-request' }, at);
  if (failure.waitMs !== undefined) return waitAsTold(failure, failure.waitMs, at);
  const spent = at.counted + (failure.sent ? 1 : 0);
  if (spent >= (at.job.maxAttempts ?? DEFAULT_MAX_ATTEMPTS)) return deadLetter(failure, at);
  const failuresInRow = trailingFailures(at.attempts) + 1;
  const until = Math.max(
    notBefore,
    at.now + backoffMs(failuresInRow, at.backoff, at.random),
    quietUntilOf(failure, at) ?? 0,
  );
  return { kind: 'retry', until, counted: failure.sent };
}

/** Never at once, and a little apart: all that were sent away together would come back together. */
function waitAsTold(failure: Failure, waitMs: number, at: Circumstances): Disposition {
  const spreadMs = Math.max(LEAST_SPREAD_MS, waitMs * SPREAD_PART);
  const until = Math.max(
    at.now + Math.max(LEAST_TOLD_MS, waitMs) + Math.round(at.random() * spreadMs),
    quietUntilOf(failure, at) ?? 0,
  );
  return { kind: 'retry', until, counted: false };
}

const deadLetter = (failure: Failure, at: Circumstances): Disposition => ({
  kind: 'dead-letter',
  class: failure.class,
  code: failure.code,
  message: failure.message,
  httpStatus: failure.httpStatus,
  counted: failure.sent,
  quietUntil: quietUntilOf(failure, at),
});

const quietUntilOf = (failure: Failure, at: Circumstances): number | null =>
  failure.sent && !failure.replied ? at.quietUntil : null;

const seen = (faultClass: FaultClass, at: Circumstances): number =>
  at.attempts.filter((attempt) => attempt.class === faultClass).length;

function trailingFailures(attempts: readonly Attempt[]): number {
  const fromEnd = attempts.toReversed().findIndex((attempt) => attempt.class === null);
  return fromEnd === -1 ? attempts.length : fromEnd;
}

const jittered = (range: { least: number; most: number }, random: Random): number =>
  range.least + Math.round(random() * (range.most - range.least));
