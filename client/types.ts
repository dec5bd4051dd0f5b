import type { Answer, Batch, Job, OperationName, PendingJob, WaitOptions } from './answer-types.ts';
import type { OperationParams } from './operation-params.ts';

export type { OperationName } from './answer-types.ts';

/** What a program sees of this library beside the params: plain interfaces, which need nothing installed to be read. */
export interface ClientOptions {
  readonly jobsQueueUrl: string;
  /** Without it the client only sends: it writes nothing down of what it sent, knows no job again, and reads no answers. */
  readonly table?: string | undefined;
  /**
   * The output `Account` of the stack, if it is not `default`: a job that waits because the whole account is held then says so. To
   * read the answers themselves it is not needed.
   */
  readonly account?: string | undefined;
  /**
   * Where queue and table are, as AWS names it: `eu-central-1`. Without it the SDK looks into `AWS_REGION` and the profile;
   * on loopback any will do.
   */
  readonly region?: string | undefined;
  /**
   * Of the local stack, or of another service that is not AWS's own: one address for both, or one for each. On loopback no
   * credentials are needed, and none of the environment's are sent there. Without it: AWS.
   */
  readonly endpoint?: Endpoint | undefined;
}

export type Endpoint = string | { readonly sqs: string; readonly dynamodb: string };

/** What a job of this operation asks for. */
export type ParamsOf<Name extends OperationName> = OperationParams[Name];

/** A job to be: its operation with the params of that operation. `id` and `version` are filled in where they are absent. */
export type NewJob = { readonly [Name in OperationName]: JobOf<Name> }[OperationName];

/** A job to be of one operation. */
export interface JobOf<Name extends OperationName> extends NewJobFields {
  readonly operation: Name;
  readonly params: ParamsOf<Name>;
}

/** What a job may say beside what it asks for. */
interface NewJobFields {
  readonly version?: 1 | undefined;
  /**
   * 1 to 100 letters, digits, `-`, `_` and `.`, unique for ever: the same id with the same operation and params is the same job
   * and runs once, with others it is refused.
   */
  readonly id?: string | undefined;
  /** Of `syncLead` alone: the workspace in which the lead is written. */
  readonly workspace?: string | undefined;
  /** Replaces the key that is derived from the lead: jobs of one key run in the order in which they were sent. */
  readonly orderingKey?: string | undefined;
  /** Counts the job under this name. */
  readonly batch?: string | undefined;
  /** For people; nothing hangs on it. ISO-8601 with a zone, as the other times. */
  readonly enqueuedAt?: string | undefined;
  /** It does not run before this time, and has its place in the order of its key from then. */
  readonly notBefore?: string | Date | undefined;
  /** It does not run after this time; it is dead-lettered as expired. */
  readonly expiresAt?: string | Date | undefined;
  /** Calls that may fail before it is dead-lettered, 12 without it, at most 100. Waiting for a limit is no attempt. */
  readonly maxAttempts?: number | undefined;
  /** What becomes of an unsafe call whose answer never came. `retry` says that doing it twice does no harm. */
  readonly onInDoubt?: 'dead-letter' | 'retry' | undefined;
  /** Carried through untouched, for the sender. */
  readonly meta?: unknown;
}

/** What became of the job at `index` (from 0), in the order of the input. */
export type EnqueueResult =
  /** `sent` is false if the ledger knew the job already. */
  | { readonly index: number; readonly id: string; readonly sent: boolean }
  /** `idIsTaken`: by a job with other contents. */
  | { readonly index: number; readonly error: string; readonly idIsTaken?: true };

export interface Client {
  /**
   * Answers when the queue has the job; `sent` is false if the ledger knew it already. Rejects with an `EnqueueError` that says what
   * to change.
   */
  enqueue(job: NewJob): Promise<{ readonly id: string; readonly sent: boolean }>;
  /**
   * Sends a stream of jobs of any length in bounded memory and yields what became of each, in order: one that is
   * refused stops nothing else. Two jobs of one ordering key are never on their way together, so their order stands.
   */
  enqueueAll(jobs: Iterable<NewJob> | AsyncIterable<NewJob>): AsyncIterable<EnqueueResult>;
  /** `enqueue`, then `result`. Give the job an id: after an abort, or a crash, it finds the answer again. */
  enqueueAndWait<Name extends OperationName>(
    job: JobOf<Name>,
    options?: WaitOptions,
  ): Promise<Answer<Name> | PendingJob>;
  /** A job as it is now; null if nothing tells of it: it is not taken up yet, or there is none. The operation is the caller's word. */
  job<Name extends OperationName = OperationName>(id: string): Promise<Job<Name> | null>;
  /**
   * Waits until the job has ended. An id of which nothing is known is waited for, too: its job may not be taken up yet. The operation
   * is the caller's word: `result<'getLead'>(id)`.
   */
  result<Name extends OperationName = OperationName>(
    id: string,
    options?: WaitOptions,
  ): Promise<Answer<Name> | PendingJob>;
  batch(name: string): Batch;
  /** Closes the connections. */
  close(): void;
}
