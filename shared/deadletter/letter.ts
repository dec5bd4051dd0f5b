import type { Attempt, LateOutcome } from '../job/attempt.ts';
import type { BodyRef } from '../job/bodies.ts';
import { shortHash } from '../kernel/hash.ts';
import type { FaultClass } from '../marketo/faults/fault.ts';

/** On its way out a letter is `redriving` or `discarding`, until all that belongs to it is done. */
export const LETTER_STATUSES = ['open', 'redriving', 'discarding', 'redriven', 'discarded'] as const;
export type LetterStatus = (typeof LETTER_STATUSES)[number];

/** What still wants somebody to do something, or to finish it. */
export const OPEN_STATUSES = ['open', 'redriving', 'discarding'] as const satisfies readonly LetterStatus[];

/** A dead letter as it is kept. The long texts are references; `letterJson` has them inline. Times in epoch ms. */
export interface LetterHead {
  /** `<jobId>`, `<jobId>#<epoch>` for a redriven job, or `msg-<SQS message id>` for what never was a job. */
  readonly letterId: string;
  /** Null if the body named none that could be read. */
  readonly jobId: string | null;
  readonly epoch: number;
  readonly operation: string | null;
  readonly class: FaultClass;
  readonly code: number | null;
  readonly message: string;
  /** 12 hex digits: what groups letters. */
  readonly cause: string;
  readonly attempts: readonly Attempt[];
  readonly deadLetteredAt: number;
  readonly status: LetterStatus;
  /** Why it was discarded, or where it was redriven to (the new epoch). */
  readonly closing: Closing | null;
  /** What people did to it, the first first. Absent: nothing yet. */
  readonly actions?: readonly LetterAction[];
  /** The message's raw body. */
  readonly job: BodyRef;
  /**
   * The whole job message that a redrive sends instead of `job`: the failed records only, or the operator's edit.
   * Null: a redrive sends `job`. Its epoch and expiresAt do not matter, redrive sets the one and drops the other.
   */
  readonly retryBody: BodyRef | null;
  readonly orderingKey: string | null;
  readonly batch: string | null;
  readonly sequenceNumber: string | null;
  /** When its job was first sent, before any redrive (epoch ms): how long completed rows must have been kept to tell what came after it. Null: not known. */
  readonly firstSentAt: number | null;
  readonly request: BodyRef | null;
  readonly response: BodyRef | null;
  readonly httpStatus: number | null;
  readonly lateOutcome: LateOutcome | null;
}

/** What somebody did to a letter. A redrive stands here from its first step on. */
export interface LetterAction {
  readonly action: 'redrive' | 'edited-redrive' | 'discard' | 'reopen';
  readonly at: number;
  /** An identity of AWS, the name of a local user, or `unknown`. */
  readonly by: string;
  /** The reason, where one was asked for. */
  readonly note?: string;
}

/** The letter's actions with one more. */
export const withAction = (
  { actions = [] }: Pick<LetterHead, 'actions'>,
  action: LetterAction,
): readonly LetterAction[] => [...actions, action];

/** How a letter is being closed, or was. The note is for people. */
interface Closing {
  readonly at: number;
  readonly note: string;
  /** A redrive of an edit. */
  readonly edited: boolean;
}

/** The few columns that listing and grouping need: what the adapter can read without the whole item. */
export type LetterSummary = Pick<
  LetterHead,
  | 'letterId'
  | 'jobId'
  | 'epoch'
  | 'operation'
  | 'class'
  | 'code'
  | 'message'
  | 'cause'
  | 'deadLetteredAt'
  | 'status'
> & {
  /** `tagOf` its batch and its ordering key; absent of a letter that an earlier version filed: its head says it. */
  readonly batchTag?: string | null;
  readonly keyTag?: string | null;
};

/** What a summary has of a text that may be long, or name a person: enough to tell whether it is a given one. */
export const tagOf = (text: string | null): string | null => (text === null ? null : shortHash(text));

/** The cause of a letter of which only the key could be read. It is none of any letter's: a cause is 12 hex digits. */
export const UNREADABLE_CAUSE = 'unreadable';

/** What is known of a letter whose summary is no summary: a list shows it, so that somebody sees that it is there. */
export const unreadableSummary = (
  of: Pick<LetterSummary, 'letterId' | 'deadLetteredAt' | 'status'>,
): LetterSummary => ({
  ...of,
  jobId: null,
  epoch: 0,
  operation: null,
  class: 'internal',
  code: null,
  message: 'this letter cannot be read',
  cause: UNREADABLE_CAUSE,
});

/** `<jobId>`, and `<jobId>#<epoch>` once the job was redriven. */
export const letterIdOf = (jobId: string, epoch: number): string =>
  epoch === 0 ? jobId : `${jobId}#${epoch}`;

/** The letter of what never was a job, or of a message that reused a job's id. Told apart by its class, not by this name. */
export const malformedLetterId = (messageId: string): string => `msg-${messageId}`;
