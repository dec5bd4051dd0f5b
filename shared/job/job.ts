import type { OperationInput } from '../marketo/operations/registry.ts';

export const MESSAGE_VERSION = 1;

/** One accepted unit of work: the SQS body, parsed, with the params of its operation checked. */
export type Job = JobFields & OperationInput;

/** What a job says beside what it asks for. Times as the sender wrote them (ISO-8601). */
export interface JobFields {
  readonly version: 1;
  readonly id: string;
  readonly workspace?: string | undefined;
  readonly orderingKey?: string | undefined;
  readonly batch?: string | undefined;
  readonly enqueuedAt?: string | undefined;
  readonly notBefore?: string | undefined;
  readonly expiresAt?: string | undefined;
  readonly maxAttempts?: number | undefined;
  readonly onInDoubt?: 'dead-letter' | 'retry' | undefined;
  readonly meta?: unknown;
  readonly epoch?: number | undefined;
}

/** One SQS delivery of a message, in the words of the core. Times in epoch ms. */
export interface Delivery {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly groupId: string;
  readonly sequenceNumber: string | null;
  /** SQS's own SentTimestamp. */
  readonly sentAt: number;
  readonly receiveCount: number;
  /** Its sender said that it puts down a row beside the message; absent: not said. A hint, nothing rests on it. */
  readonly hasRow?: true;
  /** SQS's AWSTraceHeader: of the trace in which the message was sent. */
  readonly traceHeader?: string;
}
