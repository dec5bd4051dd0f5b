import { assertNever } from '../kernel/assert-never.ts';
import type { Documents } from '../kernel/document.ts';
import type { JobRow } from './row.ts';

/**
 * What happened to every job. A port with one change and a few queries: every rule about what may follow
 * what is a pure function of `JobRow`, so that both adapters obey the same rules and one suite holds them to it.
 */
export interface Ledger extends Documents<JobRow> {
  /** Jobs by ordering key, batch or state; newest first by enqueuedAt. `limit` bounds what is read, too. */
  list(query: JobQuery): AsyncIterable<JobRow>;
  /** Parked jobs whose time has come, earliest first, then by sequence number. */
  due(now: number, limit: number, onUnreadable?: OnUnreadable): Promise<readonly JobRow[]>;
  /** The jobs of a batch that its index knows, in no order; one that ends while it is read may come twice, open and ended. */
  ofBatch(batch: string): AsyncIterable<BatchEntry>;
  /** enqueuedAt of the oldest job that has not ended and is not parked; null if there is none. */
  oldestOpen(onUnreadable?: OnUnreadable): Promise<number | null>;
  /** How many jobs are parked until their time: they are in no queue. */
  countParked(): Promise<number>;
  /** The last completed write under an ordering key (see `OrderMark`). */
  readMark(orderingKey: string): Promise<OrderMark | null>;
  /** Remembers a completed write, unless a later one is remembered already. */
  putMark(mark: OrderMark): Promise<void>;
  /** Removes what is remembered under an ordering key (`mktq forget`). */
  removeMark(orderingKey: string): Promise<void>;
  /** Removes the row for good. */
  remove(jobId: string): Promise<void>;
  /** Every row, in no order (`mktq forget`). */
  scan(onUnreadable?: OnUnreadable): AsyncIterable<JobRow>;
}

/** Told of each row that cannot be read, which is then passed over; without it such a row ends the query. */
export type OnUnreadable = (jobId: string, error: unknown) => void;

export interface JobQuery {
  readonly by:
    | { readonly kind: 'key'; readonly orderingKey: string }
    /** `ended`: only those that ended so. */
    | {
        readonly kind: 'batch';
        readonly batch: string;
        readonly ended?: EndedKind | undefined;
      }
    | { readonly kind: 'state'; readonly state: JobRow['state']['kind'] }
    | { readonly kind: 'all' };
  readonly limit: number;
  readonly onUnreadable?: OnUnreadable | undefined;
}

/** The states that a job does not leave of itself. */
export const ENDED_KINDS = [
  'completed',
  'dead-lettered',
  'cancelled',
] as const satisfies readonly JobRow['state']['kind'][];
export type EndedKind = (typeof ENDED_KINDS)[number];

export const isEndedKind = (kind: string): kind is EndedKind => ENDED_KINDS.some((ended) => ended === kind);

export interface BatchEntry {
  readonly jobId: string;
  readonly outcome: 'open' | EndedKind;
}

/** How a batch counts a job. */
export function outcomeOf({ state }: JobRow): BatchEntry['outcome'] {
  switch (state.kind) {
    case 'completed':
    case 'dead-lettered':
    case 'cancelled':
      return state.kind;
    case 'queued':
    case 'waiting':
    case 'parked':
    case 'running':
    case 'decided':
      return 'open';
    default:
      return assertNever(state);
  }
}

export interface BatchCount {
  readonly total: number;
  readonly completed: number;
  readonly deadLettered: number;
  readonly cancelled: number;
}

/** How far a batch is; one that ended while it was read counts as ended only. */
export async function countEntries(entries: AsyncIterable<BatchEntry>): Promise<BatchCount> {
  const outcomes = new Map<string, BatchEntry['outcome']>();
  for await (const { jobId, outcome } of entries) {
    if (outcome !== 'open' || !outcomes.has(jobId)) outcomes.set(jobId, outcome);
  }
  const counts = { open: 0, completed: 0, 'dead-lettered': 0, cancelled: 0 };
  for (const outcome of outcomes.values()) counts[outcome] += 1;
  const { completed, cancelled, 'dead-lettered': deadLettered } = counts;
  return { total: outcomes.size, completed, deadLettered, cancelled };
}

/**
 * SQS's SequenceNumber of the last completed write of a key: a letter of the same key with an earlier one is
 * superseded. Sequence numbers are decimal strings of up to 20 digits, compared as numbers. `orderingKey` is stored hashed.
 */
export interface OrderMark {
  readonly orderingKey: string;
  readonly sequenceNumber: string;
  readonly jobId: string;
  readonly at: number;
}
