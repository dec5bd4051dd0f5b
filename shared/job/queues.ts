import type { Delivery } from './job.ts';

/** A delivered message, as SQS knows it. */
export type Delivered = Pick<Delivery, 'messageId' | 'receiptHandle'>;

/** What can be done with the jobs queue. A message of an event may also be left out of batchItemFailures: that removes it, too. */
export interface JobsQueue {
  /**
   * Takes messages that are visible now, ten at most, and hides them for `hiddenMs`; of one group in order, and none of a group
   * that is in flight. Does not wait for any. Tried again under one name, so that a lost answer takes no message with it.
   */
  receive(hiddenMs: number): Promise<readonly Delivery[]>;
  /**
   * Hides the message for `delayMs` from now (0: visible at once; never more than an hour).
   * Retried until `giveUpAt` (epoch ms); false if SQS refused to the end: the message then comes back when its present visibility ends.
   */
  hide(deliveries: readonly Delivered[], delayMs: number, giveUpAt: number): Promise<boolean>;
  /** Removes messages for good, retried until `giveUpAt` (epoch ms); false if SQS refused to the end: they come back. */
  remove(deliveries: readonly Delivered[], giveUpAt: number): Promise<boolean>;
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
