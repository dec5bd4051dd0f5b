import type { OperationResults } from './operation-results.ts';

/** What comes back to who sends: plain interfaces, too, one for each end that a job can come to. */

/** One of the operations of the Marketo SOAP API. */
export type OperationName = keyof OperationResults;

/** What Marketo answers to this operation. Names as in the WSDL, over REST, too. */
export type ResultOf<Name extends OperationName> = OperationResults[Name];

/** How a job has ended. Each end is a value: whoever waits has no exception to expect but for an abort, or a stack out of reach. */
export type Answer<Name extends OperationName = OperationName> =
  | CompletedJob<Name>
  | DeadLetteredJob<Name>
  | CancelledJob<Name>;

/** One of the operations named, so that `operation` tells the results apart. */
export type CompletedJob<Name extends OperationName = OperationName> = {
  readonly [One in Name]: CompletedJobOf<One>;
}[Name];

interface CompletedJobOf<Name extends OperationName> extends EndedJob<Name> {
  readonly kind: 'completed';
  /** Null where there was nothing to keep, or it could not be kept. */
  readonly result: ResultOf<Name> | null;
  /** Marketo answered, and the answer could not be stored, or was erased with a person. */
  readonly resultDropped: boolean;
}

export interface DeadLetteredJob<Name extends OperationName = OperationName> extends EndedJob<Name> {
  readonly kind: 'dead-lettered';
  readonly class: FaultClass;
  /** Marketo's own, if it gave one. */
  readonly code: number | null;
  readonly message: string;
  /** What that means and what to do about it. */
  readonly advice: string;
  /** Under which an operator finds it, and may send it again. */
  readonly letterId: string;
}

/** Its batch was cancelled before it was run. */
export interface CancelledJob<Name extends OperationName = OperationName> extends EndedJob<Name> {
  readonly kind: 'cancelled';
}

interface EndedJob<Name extends OperationName> {
  readonly id: string;
  readonly operation: Name;
}

/** The time was up before the job had ended. It goes on, and may be waited for again. */
export interface PendingJob {
  readonly kind: 'pending';
  readonly id: string;
  /** Where it is. `unknown`: not taken up yet by a worker, or there is no job of this id. */
  readonly pending: 'unknown' | JobState;
  /** Why it waits, where that is known, */
  readonly reason: WaitReason | null;
  /** and until when, ISO-8601; null if nobody knows. */
  readonly until: string | null;
}

export type JobState = 'queued' | 'waiting' | 'running' | 'completed' | 'dead-lettered' | 'cancelled';

export type WaitReason =
  | 'quota'
  | 'rate'
  | 'concurrency'
  | 'credentials'
  | 'upstream'
  | 'operator'
  | 'backoff'
  | 'notBefore'
  | 'order';

/** What kind of thing went wrong; `docs/operating.md` of mktq says what is done about each. */
export type FaultClass =
  | 'quota-exhausted'
  | 'rate-limited'
  | 'concurrency-limited'
  | 'expired-signature'
  | 'transient'
  | 'too-large'
  | 'daily-allowance'
  | 'sync-failed'
  | 'credentials'
  | 'invalid-request'
  | 'not-found'
  | 'end-of-stream'
  | 'record-failed'
  | 'unknown'
  | 'in-doubt'
  | 'malformed'
  | 'expired'
  | 'internal'
  | 'poison';

/** A job as it is now. Times are ISO-8601 in UTC. */
export type Job<Name extends OperationName = OperationName> = {
  readonly [One in Name]: JobAsItIs<One>;
}[Name];

interface JobAsItIs<Name extends OperationName> {
  readonly id: string;
  readonly operation: Name;
  readonly state: JobState;
  readonly attempts: readonly Attempt[];
  readonly waiting: { readonly reason: WaitReason; readonly until: string | null } | null;
  /** What Marketo answered; null before the end, and where there is nothing to keep. */
  readonly result: ResultOf<Name> | null;
}

/** A call that was made for the job. */
export interface Attempt {
  readonly at: string;
  readonly durationMs: number;
  /** Null: it was answered. */
  readonly class: FaultClass | null;
  readonly code: number | null;
  readonly httpStatus: number | null;
  readonly message: string;
  /** Whether it is one of the job's `maxAttempts`. */
  readonly counted: boolean;
  /** How many jobs shared the call; absent: none but this one. */
  readonly shared?: number;
  readonly callId?: string;
}

/** How far a batch is. */
export interface BatchProgress {
  readonly batch: string;
  readonly total: number;
  readonly completed: number;
  readonly deadLettered: number;
  readonly cancelled: number;
  /** Not ended. */
  readonly waiting: number;
}

/** What came of waiting for a batch. */
export type BatchWait =
  | ({ readonly kind: 'ended' } & BatchProgress)
  /** The time was up. `reason`: what keeps the whole account, if something does. */
  | ({
      readonly kind: 'pending';
      readonly reason: WaitReason | null;
      readonly until: string | null;
    } & BatchProgress);

export interface WaitOptions {
  /** Without it the wait lasts as long as it takes. */
  readonly timeoutMs?: number | undefined;
  /** An AbortSignal, for instance: the wait then rejects with its reason. The job goes on. */
  readonly signal?: Signal | undefined;
}

/** What is asked of an AbortSignal. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** The jobs that were sent under one name. */
export interface Batch {
  readonly name: string;
  /** Null for a batch that no job names. */
  progress(): Promise<BatchProgress | null>;
  /**
   * Waits until every job has ended that was sent so far: wait when all are sent. A batch that no job names is waited for. A look
   * costs a few queries, however many jobs wait.
   */
  wait(options?: WaitOptions): Promise<BatchWait>;
  /** The jobs that have died or were cancelled, in the order of their lines where they came from a file. */
  failures(): AsyncIterable<DeadLetteredJob | CancelledJob>;
  /** The jobs that have completed, in the same order. Name the operation if the batch has but one: `results<'syncLead'>()`. */
  results<Name extends OperationName = OperationName>(): AsyncIterable<CompletedJob<Name>>;
}
