import type { Delivery } from './job.ts';

/** What can be done with a delivered message of the jobs queue. To acknowledge is to leave it out of batchItemFailures. */
export interface JobsQueue {
  /**
   * Hides the message for `delayMs` from now (0: visible at once; never more than an hour).
   * Retried until `giveUpAt` (epoch ms); false if SQS refused to the end: the message then comes back when its present visibility ends.
   */
  hide(
    deliveries: readonly Pick<Delivery, 'messageId' | 'receiptHandle'>[],
    delayMs: number,
    giveUpAt: number,
  ): Promise<boolean>;
  /**
   * Sends a batch of job messages, no two of one group; answers in the order given.
   * Whoever has several of a group, or more than a batch, sends through `sendInOrder`.
   */
  send(messages: readonly OutgoingMessage[]): Promise<readonly SendResult[]>;
  stats(): Promise<{ readonly visible: number; readonly inFlight: number; readonly delayed: number }>;
}

export interface OutgoingMessage {
  readonly body: string;
  readonly groupId: string;
  readonly deduplicationId: string;
  /** See `Delivery.hasRow`. */
  readonly hasRow?: true;
}

export type SendResult =
  | { readonly kind: 'sent'; readonly messageId: string; readonly sequenceNumber: string | null }
  /** SQS will never take it: asking again gives the same answer. */
  | { readonly kind: 'refused'; readonly message: string }
  /** It could not be delivered, or the answer was lost, however often it was tried: another time it may go. */
  | { readonly kind: 'failed'; readonly message: string };

/** The SQS dead-letter queue, as the worker uses it. `body` is the letter's notice, JSON. */
export interface DeadLetterQueue {
  send(letterId: string, body: string): Promise<void>;
}
