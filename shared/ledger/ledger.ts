import { assertNever } from '../kernel/assert-never.ts';
import type { Documents } from '../kernel/document.ts';
import type { JobRow } from './row.ts';

/**
 * What happened to every job. A port with one change and a few queries: every rule about what may follow
 * what is a pure function of `JobRow`, so that both adapters obey the same rules and one suite holds them to it.
 */
export interface Ledger extends Documents<JobRow> {
  /** The rows of these jobs, strongly consistent, in no order; an id without a row is left out. */
  getAll(jobIds: readonly string[], onUnreadable?: OnUnreadable): Promise<readonly JobRow[]>;
  /** The jobs that an index knows, newest first by enqueuedAt. `limit` bounds what is read, too. */
  list(query: JobQuery): AsyncIterable<JobRow>;
  /** Parked jobs whose time has come, earliest first, then by sequence number. */
  due(now: number, limit: number, onUnreadable?: OnUnreadable): Promise<readonly JobRow[]>;
  /**
   * The jobs that the index of a batch knows, in no order and without their rows: each that has ended, and of the others those
   * that are `listed` (see `JobRow`). One that ends meanwhile may come as open and as ended.
   */
  ofBatch(batch: string): AsyncIterable<BatchEntry>;
  /** How many jobs are parked until their time: they are in no queue. */
  countParked(): Promise<number>;
  /** Which jobs are alone under their ordering keys; null if reading that takes more than `mostPages` pages, or is not allowed. */
  soleJobs(mostPages: number): Promise<IsSoleJob | null>;
  /** Removes the row for good. */
  remove(jobId: string): Promise<void>;
  /** Every row, in no order (`mktq forget`, and a list without a filter). */
  scan(onUnreadable?: OnUnreadable): AsyncIterable<JobRow>;
}

/** Whether the job is the only one of this key. False where that is not sure. */
export type IsSoleJob = (orderingKey: string, jobId: string) => boolean;

/** Told of each row that cannot be read, which is then passed over; without it such a row ends the query. */
export type OnUnreadable = (jobId: string, error: unknown) => void;

export interface JobQuery {
  readonly by:
    | { readonly kind: 'key'; readonly orderingKey: string }
    /** The jobs of `ofBatch`. `ended`: only those that ended so. */
    | { readonly kind: 'batch'; readonly batch: string; readonly ended?: EndedKind | undefined }
    | { readonly kind: 'state'; readonly state: IndexedState };
  readonly limit: number;
  /** Only jobs that were enqueued no later than this (epoch ms). */
  readonly upTo?: number | undefined;
  /** A job whose row the caller has: it is not read. */
  readonly except?: string | undefined;
  readonly onUnreadable?: OnUnreadable | undefined;
}

/**
 * The states that are found without a key or a batch. Of the waits only those past a minute (`isLong`): an entry costs two
 * writes, and whoever looks for what is stuck has no use for a wait of seconds.
 */
export const INDEXED_STATES = ['waiting', 'parked', 'decided'] as const satisfies readonly StateKind[];
export type IndexedState = (typeof INDEXED_STATES)[number];

type StateKind = JobRow['state']['kind'];

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
