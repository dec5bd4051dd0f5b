import type { Fault } from './faults/fault.ts';
import type { OperationInput } from './operations/registry.ts';
import type { PackingBounds } from './packing/packing-bounds.ts';

/** One HTTP request and what came back, as it went over the wire but with every secret masked. Times in epoch ms. */
export interface Exchange {
  readonly url: string;
  readonly request: string;
  /** Null if no answer came. Cut only by the reply size limit, and then the fault says so. */
  readonly response: string | null;
  readonly httpStatus: number | null;
  /** When the first byte was handed to the socket; null if none was. */
  readonly sentAt: number | null;
  readonly endedAt: number;
  /** The server's own clock, from the `Date` header. */
  readonly serverDate: number | null;
}

/** One piece of work at Marketo. It may stand for one job or for many, and may take one HTTP request or several. */
export type Call = OperationInput & { readonly workspace: string | null };

/** What an answer says of one record of its call. */
export interface RecordOutcome {
  readonly ok: boolean;
  /** Null where it has none: over SOAP a record has only words. */
  readonly code: number | null;
  /** Why it failed, in Marketo's own words; empty if it did not. */
  readonly message: string;
  /** What the answer holds of this record alone; null if nothing. */
  readonly result: unknown;
  /** What a call of this record alone would have met, where the record was not sent for a reason of its own. */
  readonly fault?: Fault;
  /** Its failure is that of a request with others in it: alone it may fare better. */
  readonly ofRequest?: true;
}

/** What a successful answer says of the records of its call. A call that is not about records has exactly one. */
export interface RecordOutcomes {
  readonly records: readonly [RecordOutcome, ...RecordOutcome[]];
  /** Whether they stand in the order of the call's records. If not, nobody can say which record a failure is about. */
  readonly inOrder: boolean;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The bytes of one request. `secrets` are the values that must not survive in the captured exchange. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Encoded, without the question mark. It is no part of the target's address: what stands in it is kept, if at all, as part of the request. */
  readonly query?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly secrets: readonly string[];
  /** What of it the exchange shows: the body, as SOAP needs no more; the request line above it; or nothing of it and of its reply. */
  readonly captured?: 'body' | 'line-and-body' | 'nothing';
}

/** Sends one request over the socket that was opened for it. Rejects with a `WireError` when no whole answer came. */
export type Post = (request: OutgoingRequest) => Promise<HttpReply>;

/** Where a request goes, and how careful to be on the way. */
export interface Target {
  /** Without a query: it may be logged. */
  readonly url: string;
  /** Total time from the first byte to the last, in ms. */
  readonly timeoutMs: number;
  /** How long after it was sent Marketo may still be working on it, if no answer comes. */
  readonly serverDoneMs: number;
  /** Whether it may change something at Marketo: unanswered, it must be over before the lead's next write is sent. */
  readonly changes: boolean;
  /** Whether Marketo counts it against the limits: then it needs a permit and a slot. Asking for a token does not. */
  readonly spends: boolean;
  /**
   * Whether it is what must not be done twice: its intent is written before the first byte, and only a new connection, or one
   * that answered less than 2 s ago, may carry it. A look-up before it does not announce anything.
   */
  readonly announces: boolean;
}

/** What one answer says, read by the transport. */
export type Read<T> = { readonly kind: 'answered'; readonly value: T } | Faulted;

interface Faulted {
  readonly kind: 'fault';
  readonly fault: Fault;
  /** Asked with credentials that have been replaced since: it says nothing of the account. */
  readonly outdated?: true;
}

/**
 * Sends one request: opens the socket, takes a permit, writes the intent of what announces, and only then calls `perform`,
 * which signs, calls `post` once and reads the answer. `refused`, without a byte sent, where permit or intent fail.
 */
export type Send<Refusal> = <T>(
  target: Target,
  perform: (post: Post) => Promise<Read<T>>,
) => Promise<Sent<T, Refusal>>;

export type Sent<T, Refusal> =
  | { readonly kind: 'answered'; readonly value: T; readonly exchange: Exchange }
  /** It failed on the wire, before or after the first byte, or the answer says so. */
  | (Faulted & { readonly exchange: Exchange })
  /** Not admitted: what the caller does about it is not the transport's business. */
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What became of a call. */
export type CallOutcome<Refusal> =
  /** `result` is what stands in `success<Operation>`, as `params` is what stands in `params<Operation>`. */
  | ({ readonly kind: 'answered'; readonly result: unknown; readonly exchange: Exchange } & RecordOutcomes &
      Remaining)
  | (Faulted & { readonly exchange: Exchange } & Remaining)
  /** Only where nothing that announces has been sent: what followed it can only add to the outcome. */
  | { readonly kind: 'refused'; readonly refusal: Refusal };

interface Remaining {
  /** The params that are left to do, of a call of several requests in which some are done. Absent: the failed records alone, else all. */
  readonly remaining?: unknown;
}

/** Runs operations at Marketo. Has never heard of jobs, queues or budgets: `send` brings all of that. */
export interface Transport<Refusal> {
  run(call: Call, send: Send<Refusal>): Promise<CallOutcome<Refusal>>;
  /** A harmless read, which shows whether the account works. */
  probe(send: Send<Refusal>): Promise<CallOutcome<Refusal>>;
  /** What one call of it may hold of several jobs. Absent: every job travels alone. */
  readonly bounds?: PackingBounds | undefined;
  /** Marketo's own count of the day's calls, out of what a probe has answered. Absent: its probe tells nothing of that. */
  readonly usageIn?:
    | ((result: unknown) => { readonly day: string; readonly total: number } | null)
    | undefined;
}
