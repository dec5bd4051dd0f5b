import { assertNever } from '../../kernel/assert-never.ts';
import { classOf, provesNothingRan } from './codes.ts';
import type { Fault, FaultClass } from './fault.ts';

/** What became of one job of a call. */
export type Ended = { readonly kind: 'succeeded'; readonly result: unknown } | Failure;

/** A fault with its class. `ran` is what is known of Marketo's side: `no` is proved, `maybe` is not. */
export interface Failure {
  readonly kind: 'failed';
  readonly class: FaultClass;
  readonly code: number | null;
  readonly message: string;
  readonly httpStatus: number | null;
  readonly ran: 'no' | 'maybe' | 'yes';
  /** Whether a byte of the request left. What was never sent never counts as an attempt. */
  readonly sent: boolean;
  /** Whether an answer of any kind came. Without one Marketo may still be working. */
  readonly replied: boolean;
  /** How long the answer asks to wait before the next try, which then spends no attempt. */
  readonly waitMs?: number;
  /** Another try would be answered alike: its reply is larger than anybody here may read. */
  readonly final?: true;
}

/**
 * A fault -> its class, for one job. Pure and total. On an operation that is unsafe to repeat, whatever may have run
 * without a readable answer is `in-doubt`: a state of its own, not an error to retry.
 */
export function classify(fault: Fault, unsafe: boolean): Failure {
  const failure = ofSafe(fault);
  return unsafe && failure.ran === 'maybe' && DOUBTFUL.has(failure.class)
    ? { ...failure, class: 'in-doubt' }
    : failure;
}

/** `invalid-request` is here for an answer too long to be read: where Marketo says it, it proves that nothing ran. */
const DOUBTFUL: ReadonlySet<FaultClass> = new Set([
  'transient',
  'unknown',
  'sync-failed',
  'internal',
  'invalid-request',
]);

/** As if a repeat were harmless. */
function ofSafe(fault: Fault): Failure {
  switch (fault.kind) {
    case 'marketo':
      return answered(fault, classOf(fault.code), fault.code, ranOf(fault));
    case 'record':
      return answered(fault, recordClass(fault), fault.code, 'yes');
    case 'unreadable':
      return fault.what === 'too-large'
        ? { ...answered(fault, 'invalid-request', null, 'maybe'), final: true }
        : answered(fault, 'transient', null, 'maybe');
    case 'gateway':
      return refusedOnTheWay(fault);
    case 'identity':
      return answered(fault, 'credentials', null, 'no');
    case 'gone':
      // An unknown host was never reached; a 404 page is an answer that proves nothing.
      return fault.httpStatus === null
        ? unanswered({ ...fault, sent: false }, 'transient')
        : answered({ ...fault, httpStatus: fault.httpStatus }, 'transient', null, 'maybe');
    case 'network':
      return unanswered(fault, 'transient');
    case 'internal':
      return unanswered(fault, 'internal');
    default:
      return assertNever(fault);
  }
}

/** However long a gateway asks for, the job looks again within the hour. */
const MOST_WAIT_MS = 60 * 60_000;
/** For a 429 that does not say how long. */
const USUAL_WAIT_MS = 60_000;

/** 413, 414 and 429 are answered instead of Marketo; a 503 may also come after it was asked. */
function refusedOnTheWay(fault: Extract<Fault, { kind: 'gateway' }>): Failure {
  if (fault.httpStatus === 413 || fault.httpStatus === 414) return answered(fault, 'too-large', null, 'no');
  const waitMs = Math.min(MOST_WAIT_MS, fault.retryAfterMs ?? USUAL_WAIT_MS);
  return { ...answered(fault, 'transient', null, fault.httpStatus === 429 ? 'no' : 'maybe'), waitMs };
}

const ranOf = (fault: Extract<Fault, { kind: 'marketo' }>): 'no' | 'maybe' =>
  provesNothingRan(fault.code) ? 'no' : 'maybe';

// A record with a code has the class of it. Where others of its call are done, only `record-failed` sends it again alone.
function recordClass({ code, failed, total }: Extract<Fault, { kind: 'record' }>): FaultClass {
  const known = classOf(code);
  const ofAll = failed === total && (total === 1 || known === 'transient');
  return ofAll && known !== 'unknown' ? known : 'record-failed';
}

const answered = (
  fault: { readonly message: string; readonly httpStatus: number },
  faultClass: FaultClass,
  code: number | null,
  ran: Failure['ran'],
): Failure => ({
  kind: 'failed',
  class: faultClass,
  code,
  message: bounded(fault.message),
  httpStatus: fault.httpStatus,
  ran,
  sent: true,
  replied: true,
});

const unanswered = (
  fault: { readonly message: string; readonly sent: boolean },
  faultClass: FaultClass,
): Failure => ({
  kind: 'failed',
  class: faultClass,
  code: null,
  message: bounded(fault.message),
  httpStatus: null,
  ran: fault.sent ? 'maybe' : 'no',
  sent: fault.sent,
  replied: false,
});

/** Two hundred attempts have to fit an item beside the rest; the whole text stands in the letter's response. */
const MOST_MESSAGE_LENGTH = 1_000;

const bounded = (message: string): string =>
  message.length <= MOST_MESSAGE_LENGTH ? message : `${message.slice(0, MOST_MESSAGE_LENGTH)}…`;
