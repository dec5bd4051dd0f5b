/** What went over the wire of a call that several jobs shared, with every secret masked. */
export interface KeptCall {
  readonly callId: string;
  readonly operation: string;
  /** How many jobs shared it. */
  readonly jobs: number;
  /** When its request was sent, or prepared if it never was (epoch ms). */
  readonly at: number;
  readonly httpStatus: number | null;
  readonly request: string;
  /** Null if no answer came. */
  readonly response: string | null;
}

/**
 * Keeps the exchange of a shared call once, and only where something in it failed. The attempts of every job that was in it
 * name it; a letter holds its own part.
 */
export interface Calls {
  /** `expiresAt` (epoch ms): it must not outlive the rows by which it is found. Keeping it again changes nothing. */
  keep(call: KeptCall, expiresAt: number): Promise<void>;
  /** Null if there is none, or a part of it is gone. */
  get(callId: string): Promise<KeptCall | null>;
  /** The ids of all that are kept, in no order (`mktq forget`). */
  ids(): AsyncIterable<string>;
  /** Removes it whole, whoever else was in it (`mktq forget`). */
  remove(callId: string): Promise<void>;
}
