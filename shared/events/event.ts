import { asciiJson } from '../kernel/hash.ts';
import type { FaultClass } from '../marketo/faults/fault.ts';

/** The shapes of docs/events.md; a field may come, none goes without another number. */
export const EVENT_VERSION = 1;

/** Where events are said to come from on a bus, for the rules that want them. */
export const EVENT_SOURCE = 'mktq';

interface Envelope {
  readonly version: typeof EVENT_VERSION;
  /** The same where one event is told twice. */
  readonly id: string;
  /** When it was told, ISO-8601 in UTC. */
  readonly at: string;
  /** `mktq-<account>`. */
  readonly stack: string;
}

/**
 * What is told to programs outside. Ids, codes, counts and advice: nothing of a lead, and none of Marketo's words, which may
 * quote one.
 */
export type StackEvent = BatchEnded | DeadLettered | Completed;

export interface BatchEnded extends Envelope {
  readonly type: 'batch-ended';
  readonly batch: string;
  readonly total: number;
  readonly completed: number;
  readonly deadLettered: number;
  readonly cancelled: number;
  /** Of its dead letters, the largest first. */
  readonly causes: readonly EventCause[];
  /** When a worker took the first of its jobs since its end was told last. */
  readonly startedAt: string;
  /** About when the last of them ended: of more than a hundred jobs the last hundred are asked. */
  readonly endedAt: string;
  /** Between the two. */
  readonly tookMs: number;
}

export interface EventCause {
  readonly cause: string;
  readonly class: FaultClass;
  readonly code: number | null;
  readonly operation: string | null;
  readonly advice: string;
  /** How many letters. */
  readonly count: number;
}

/** `count`: of the open letters of the cause. */
export interface DeadLettered extends Envelope, EventCause {
  readonly type: 'dead-lettered';
  /** The cause was not told before. */
  readonly isNew: boolean;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  /** The newest letter. */
  readonly sampleId: string;
  /** What shows the letters, as an operator types it. */
  readonly command: string;
}

export interface Completed extends Envelope {
  readonly type: 'completed';
  readonly jobId: string;
  readonly epoch: number;
  readonly operation: string;
  readonly batch: string | null;
}

/** An event as it is sent. In ASCII: a batch may have any name, topics and queues refuse some characters, and readers of lines end one at others. */
export const eventText = (event: StackEvent): string => asciiJson(event);

/** Where events go. */
export interface Events {
  /** How many it takes at once, if that is not `MOST_EVENTS`. */
  readonly most?: number;
  /**
   * Publishes at most so many at once, in their order as far as the other side keeps one. Answers how many of them were
   * not taken; rejects if nobody can say.
   */
  publish(events: readonly StackEvent[]): Promise<number>;
}

/** Of EventBridge and SNS alike. */
export const MOST_EVENTS = 10;

/** A batch that may be spoken of, or null: a sender may name one after a lead, and no address leaves the table, nor is kept for an event. */
export const tellable = (batch: string | null | undefined): string | null =>
  batch === undefined || batch === null || /@|%40/.test(batch) ? null : batch;
