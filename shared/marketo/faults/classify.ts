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

const DOUBTFUL: ReadonlySet<FaultClass> = new Set(['transient', 'unknown', 'sync-failed', 'internal']);

/** As if a repeat were harmless. */
function ofSafe(fault: Fault): Failure {
  switch (fault.kind) {
    case 'marketo':
      return answered(fault, classOf(fault.code), fault.code, ranOf(fault));
    case 'record':
      return answered(fault, recordClass(fault), fault.code, 'yes');
    case 'unreadable':
      return answered(fault, 'transient', null, 'maybe');
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
