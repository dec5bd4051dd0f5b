import { assertNever } from '../../kernel/assert-never.ts';
import type { RecordOutcome, RecordOutcomes } from '../transport.ts';
import { classOf, provesNothingRan } from './codes.ts';
import { type Fault, type FaultClass, shortMessage } from './fault.ts';

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
      return answered(fault, classOfMarketo(fault), fault.code, ranOf(fault));
    case 'record':
      return answered(fault, recordClass(fault), fault.code, 'yes');
    case 'decided':
      return decided(fault);
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

/** 1029 is three things: a full queue, an extract that is queued already, and the megabytes of a day. */
const classOfMarketo = ({ code, message }: Extract<Fault, { kind: 'marketo' }>): FaultClass =>
  code === 1029 && /quota/i.test(message) ? 'daily-allowance' : classOf(code);

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
  message: shortMessage(fault.message),
  httpStatus: fault.httpStatus,
  ran,
  sent: true,
  replied: true,
});

/** Its look-ups cost permits, but no try of the job's: nothing of it was sent. */
const decided = ({ code, message }: Extract<Fault, { kind: 'decided' }>): Failure => ({
  kind: 'failed',
  class: classOf(code),
  code,
  message: shortMessage(message),
  httpStatus: null,
  ran: 'no',
  sent: false,
  replied: true,
});

const unanswered = (
  fault: { readonly message: string; readonly sent: boolean },
  faultClass: FaultClass,
): Failure => ({
  kind: 'failed',
  class: faultClass,
  code: null,
  message: shortMessage(fault.message),
  httpStatus: null,
  ran: fault.sent ? 'maybe' : 'no',
  sent: fault.sent,
  replied: false,
});

/** The failure inside an answer that says success, or null. Such an answer is always an HTTP 200. */
export function recordFault(answer: RecordOutcomes): Extract<Fault, { kind: 'record' }> | null {
  const failed = failuresIn(answer);
  const [first, ...others] = failed;
  if (first === undefined) return null;
  return {
    kind: 'record',
    code: others.every(({ code }) => code === first.code) ? first.code : null,
    message: shortMessage(describe(failed, answer)),
    httpStatus: 200,
    failed: failed.length,
    total: answer.records.length,
  };
}

/** The positions of the failed records; null if none failed or nobody can say which. */
export function failedPositions(answer: RecordOutcomes): ReadonlySet<number> | null {
  const failed = failuresIn(answer);
  return failed.length === 0 || !answer.inOrder ? null : new Set(failed.map(({ position }) => position));
}

interface Failed extends RecordOutcome {
  readonly position: number;
}

const failuresIn = ({ records }: RecordOutcomes): readonly Failed[] =>
  records.map((record, position) => ({ ...record, position })).filter(({ ok }) => !ok);

const MOST_TEXTS = 5;
const MOST_POSITIONS = 20;

/**
 * Quotes each error once and names its records by position, from 1, in brackets at the end:
 * `Unknown name attribute list: x [records 2, 5 of 300]`. Of a single record the brackets are left out.
 */
function describe(failed: readonly Failed[], answer: RecordOutcomes): string {
  const byText = [...Map.groupBy(failed, ({ message }) => message)];
  const texts = byText.slice(0, MOST_TEXTS).map(([text, records]) => `${text}${where(records, answer)}`);
  const more = byText.length - texts.length;
  if (more > 0) texts.push(`and ${more} more errors`);
  return texts.join('; ');
}

function where(failed: readonly Failed[], { records, inOrder }: RecordOutcomes): string {
  const total = records.length;
  if (total === 1) return '';
  if (!inOrder) return ` [${failed.length} of ${total} records]`;
  const shown = failed
    .slice(0, MOST_POSITIONS)
    .map(({ position }) => position + 1)
    .join(', ');
  const rest = failed.length > MOST_POSITIONS ? ', …' : '';
  return ` [record${failed.length === 1 ? '' : 's'} ${shown}${rest} of ${total}]`;
}
