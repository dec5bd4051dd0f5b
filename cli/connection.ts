import type { BudgetStore } from '../shared/budget/port.ts';
import type { AccountLimits } from '../shared/config/limits.ts';
import type { Archive } from '../shared/deadletter/archive.ts';
import type { Bodies } from '../shared/job/bodies.ts';
import type { DeadLetterQueue, JobsQueue } from '../shared/job/queues.ts';
import type { Clock } from '../shared/kernel/clock.ts';
import type { Ledger } from '../shared/ledger/ledger.ts';

/** Where a stack lives and what it was configured with: out of DIR/stack.json, or of a deployed stack's outputs. */
export interface StackDescription {
  readonly name: string;
  /** Undefined: AWS's own, or wherever the environment sends the SDK. */
  readonly sqs: string | undefined;
  readonly dynamodb: string | undefined;
  readonly jobsQueueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly table: string;
  readonly region: string;
  readonly account: string;
  readonly limits: AccountLimits;
}

/** The ports of a stack, for the length of one command. */
export interface Connection {
  readonly stack: StackDescription;
  readonly ledger: Ledger;
  readonly archive: Archive;
  readonly bodies: Bodies;
  readonly budgetStore: BudgetStore;
  readonly jobsQueue: JobsQueue;
  readonly deadLetterQueue: DeadLetterQueue;
  readonly limits: AccountLimits;
  readonly clock: Clock;
  /** Write tokens and owners. */
  close(): void;
}
