import type { WaitReason } from '../budget/port.ts';
import type { Attempt, LateOutcome } from '../job/attempt.ts';
import type { BodyRef } from '../job/bodies.ts';
import type { Job } from '../job/job.ts';
import { digestOf } from '../job/message.ts';
import { orderingKeyOf } from '../job/ordering-key.ts';
import { MINUTE_MS } from '../kernel/clock.ts';
import type { FaultClass } from '../marketo/faults/fault.ts';
import type { OperationName } from '../marketo/operations/registry.ts';

/** The digest of a job whose person was forgotten: no contents have it, and its ended row stands for whatever comes under its id. */
export const FORGOTTEN_DIGEST = '';

/** What the ledger knows of one job. Times in epoch ms. */
export interface JobRow {
  readonly jobId: string;
  /** How often the job was redriven. */
  readonly epoch: number;
  readonly operation: OperationName;
  /** Half a SHA-256 of operation, params and workspace: the same id with other contents is another job. */
  readonly digest: string;
  readonly orderingKey: string;
  readonly batch: string | null;
  /**
   * The index of its batch has it before it ends: it is redriven, and was there among the ended. Absent: at its end alone,
   * which costs one write where a move costs two; until then its sender's chunk tells of it.
   */
  readonly listed?: true;
  /** SQS's SentTimestamp, or when its sender wrote the row. What the message itself says of it is for people only. */
  readonly enqueuedAt: number;
  /**
   * SQS's SequenceNumber: the job's place among the writes of its key. Null before the first delivery. A redriven job
   * (epoch above 0) keeps the number of its first message, or its older contents would count as the newest write.
   */
  readonly sequenceNumber: string | null;
  readonly attempts: readonly Attempt[];
  /** Attempts beyond the most recent that are kept (200), only counted. */
  readonly attemptsDropped: number;
  /** How many of all attempts count against maxAttempts. */
  readonly counted: number;
  /**
   * Claims without a settle in between, but for those whose run died before it had a permit, in company: a job that kills its
   * worker is known by it.
   */
  readonly starts: number;
  /** All claims without a settle in between; absent: none. */
  readonly claims?: number;
  /** The most jobs that may share a call with it; absent: as many as have room. */
  readonly company?: number;
  readonly state: JobState;
  /** The letter of no job (malformed) whose edit made this row; absent for every other. */
  readonly redriveOf?: string;
  /** An answer that came after its run had lost the claim. */
  readonly lateOutcome: LateOutcome | null;
  /** When the row may be deleted; null while the job is not completed. */
  readonly deleteAt: number | null;
}

/** Where the job is. Each state holds only what exists in it. */
export type JobState =
  /** Known, not taken by any run. */
  | { readonly kind: 'queued' }
  /**
   * In SQS, hidden until then: a retry's backoff, or a deferral. `quietOf`: a write that an earlier run may have sent waits
   * until these leases of the budget are given back or quiet; absent for every other wait. `isLong`: for more than a minute.
   */
  | {
      readonly kind: 'waiting';
      readonly reason: WaitReason;
      readonly until: number;
      readonly quietOf?: readonly string[];
      readonly isLong?: true;
    }
  /** Not in SQS at all: kept here with its body, until the warden sends it. */
  | { readonly kind: 'parked'; readonly until: number; readonly body: BodyRef; readonly groupId: string }
  /** Claimed by one run until `leaseUntil`. An open intent means: something unsafe to repeat may have been sent. */
  | {
      readonly kind: 'running';
      readonly owner: string;
      readonly leaseUntil: number;
      readonly intentAt: number | null;
      /** Nothing else ran in the process: if it died, the job was the cause. */
      readonly alone?: boolean;
    }
  /** Decided and recorded, the letter not yet filed: settle it again, without a call. */
  | {
      readonly kind: 'decided';
      readonly decision: DeadLetterDecision;
      /** How often a later run began to settle it and never came to the end; absent: never. */
      readonly tries?: number;
    }
  | {
      readonly kind: 'completed';
      readonly at: number;
      readonly result: BodyRef | null;
      readonly resultDropped: boolean;
    }
  /** Its batch was cancelled before a run took it, or took it again. */
  | { readonly kind: 'cancelled'; readonly at: number }
  /** `quietUntil`: Marketo may still be working on the job's last call; its group waits until then. */
  | {
      readonly kind: 'dead-lettered';
      readonly at: number;
      readonly letterId: string;
      readonly quietUntil: number | null;
      /** When the letter was closed for good: the row goes with it. Absent while it is open. */
      readonly closedAt?: number;
    };

/** Everything the letter needs that the message itself does not have. */
export interface DeadLetterDecision {
  readonly letterId: string;
  readonly class: FaultClass;
  readonly code: number | null;
  readonly message: string;
  /** For `LetterHead.retryBody`: the job message reduced to its failed records; null if a redrive sends the whole job. */
  readonly retryBody: BodyRef | null;
  readonly request: BodyRef | null;
  readonly response: BodyRef | null;
  readonly httpStatus: number | null;
  readonly decidedAt: number;
  readonly quietUntil: number | null;
}

/** A row for a job that has none. `seen.enqueuedAt` in epoch ms. */
export const firstRow = (
  job: Job,
  seen: { readonly sequenceNumber: string | null; readonly enqueuedAt: number },
): JobRow => ({
  jobId: job.id,
  epoch: job.epoch ?? 0,
  operation: job.operation,
  digest: digestOf(job),
  orderingKey: orderingKeyOf(job),
  batch: job.batch ?? null,
  enqueuedAt: seen.enqueuedAt,
  sequenceNumber: seen.sequenceNumber,
  attempts: [],
  attemptsDropped: 0,
  counted: 0,
  starts: 0,
  state: { kind: 'queued' },
  lateOutcome: null,
  deleteAt: null,
});

/** A wait that begins now; times in epoch ms. */
export const waitingState = (
  reason: WaitReason,
  until: number,
  now: number,
): Extract<JobState, { kind: 'waiting' }> => ({
  kind: 'waiting',
  reason,
  until,
  ...(until - now > LONG_WAIT_MS ? { isLong: true } : {}),
});

/** Waits past it are found by their state, without key or batch. */
const LONG_WAIT_MS = MINUTE_MS;

/** The same row where its batch's index is to have it from now on (see `listed`). */
export const asListed = (row: JobRow): JobRow => (row.batch === null ? row : { ...row, listed: true });
