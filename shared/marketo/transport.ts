import type { Fault } from './faults/fault.ts';
import type { OperationInput, OperationName } from './operations/registry.ts';

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
export type Call = OperationInput & {
  readonly workspace: string | null;
  /** Unsafe to repeat: a stale keep-alive socket must not carry it. */
  readonly unsafe: boolean;
};

/** What an answer says of one record of its call. */
export interface RecordOutcome {
  readonly ok: boolean;
  /** Null where it has none: over SOAP a record has only words. */
  readonly code: number | null;
  /** Why it failed, in Marketo's own words; empty if it did not. */
  readonly message: string;
  /** What the answer holds of this record alone; null if nothing. */
  readonly result: unknown;
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
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly secrets: readonly string[];
}

/** Sends one request over the socket that was opened for it. Rejects with a `WireError` when no whole answer came. */
export type Post = (request: OutgoingRequest) => Promise<HttpReply>;

/** Where a request goes, and how careful to be on the way. */
export interface Target {
  readonly url: string;
  /** Total time from the first byte to the last, in ms. */
  readonly timeoutMs: number;
  /** Only a new connection, or one that answered less than 2 s ago, may carry it. */
  readonly fresh: boolean;
}

/**
 * Leave to send ONE request: opens the socket, takes a permit, writes the intent of an unsafe call, and only then
 * calls `perform`, which must call `post` once (so that a signature is made at the moment of sending).
 * Answers `refused` without a byte sent when the budget has no permit in time or the run may not go on.
 */
export type Send = <T>(target: Target, perform: (post: Post) => Promise<T>) => Promise<Sent<T>>;

export type Sent<T> =
  | { readonly kind: 'sent'; readonly value: T; readonly exchange: Exchange }
  /** The request failed on the wire, before or after the first byte. */
  | { readonly kind: 'failed'; readonly fault: Fault; readonly exchange: Exchange }
  /** Not admitted: what the caller does about it is not the transport's business. */
  | { readonly kind: 'refused'; readonly refusal: unknown };

/** What became of a call. */
export type CallOutcome =
  /** `result` is what stands in `success<Operation>`, as `params` is what stands in `params<Operation>`. */
  | ({ readonly kind: 'answered'; readonly result: unknown; readonly exchange: Exchange } & RecordOutcomes)
  | { readonly kind: 'fault'; readonly fault: Fault; readonly exchange: Exchange }
  | { readonly kind: 'refused'; readonly refusal: unknown };

/** Runs operations at Marketo. Has never heard of jobs, queues or budgets: `send` brings all of that. */
export interface Transport {
  readonly name: 'soap';
  /** Total deadline of one call of this operation, in ms. */
  timeoutMs(operation: OperationName): number;
  run(call: Call, send: Send): Promise<CallOutcome>;
  /** Shifts the clock that signs requests by what the server's `Date` header shows. */
  correctClock(serverDate: number): void;
  /** A harmless read, for the warden's probes. */
  readonly probe: Call;
}
