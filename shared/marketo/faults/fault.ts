/** What can go wrong, named by what is done about it. The table of codes is in codes.ts. */
export const FAULT_CLASSES = [
  'quota-exhausted',
  'rate-limited',
  'concurrency-limited',
  'expired-signature',
  'transient',
  'too-large',
  'daily-allowance',
  'sync-failed',
  'credentials',
  'invalid-request',
  'not-found',
  'end-of-stream',
  'record-failed',
  'unknown',
  'in-doubt',
  'malformed',
  'expired',
  'internal',
  'poison',
] as const;

export type FaultClass = (typeof FAULT_CLASSES)[number];

/**
 * What was observed when a call did not succeed, before it has a class. Pure data: a transport makes it,
 * `classify` reads it, and a test can write any of it by hand.
 */
export type Fault =
  /** Marketo answered with a fault of its own. `code` is null if no number could be found in it. */
  | {
      readonly kind: 'marketo';
      readonly code: number | null;
      readonly message: string;
      readonly httpStatus: number;
    }
  /** The call succeeded but the work in it did not: `failed` of `total` records. The code is the one they share, else null. */
  | {
      readonly kind: 'record';
      readonly code: number | null;
      readonly message: string;
      readonly httpStatus: number;
      readonly failed: number;
      readonly total: number;
    }
  /** An answer that is not an answer: HTML, text, JSON where XML belongs, truncated, empty, another operation's, an ill-formed envelope. */
  | {
      readonly kind: 'unreadable';
      readonly what: UnreadableReply;
      readonly httpStatus: number;
      readonly message: string;
    }
  /**
   * Whoever stands before Marketo has answered for itself, by the status alone: 413 and 414 too much, 429 and 503 not now.
   * `retryAfterMs` is what its Retry-After asks for; null if it has none.
   */
  | {
      readonly kind: 'gateway';
      readonly httpStatus: number;
      readonly retryAfterMs: number | null;
      readonly message: string;
    }
  /** Decided before anything was written, by a rule or a look-up, with the code that Marketo would have given. */
  | { readonly kind: 'decided'; readonly code: number; readonly message: string }
  /** The identity service refused the client's credentials (REST only; HTTP 401). */
  | { readonly kind: 'identity'; readonly message: string; readonly httpStatus: number }
  /** The endpoint is not there any more: HTTP 404 or 410, or a host name nobody knows. */
  | { readonly kind: 'gone'; readonly httpStatus: number | null; readonly message: string }
  /** No answer. `sent` is false only where it is proved that not one byte of the request left. */
  | {
      readonly kind: 'network';
      readonly sent: boolean;
      readonly reason: NetworkReason;
      readonly message: string;
    }
  /** A bug of ours, caught around one job. */
  | { readonly kind: 'internal'; readonly sent: boolean; readonly message: string };

export type UnreadableReply =
  | 'html'
  | 'text'
  | 'json'
  | 'truncated'
  | 'empty'
  | 'foreign'
  | 'malformed'
  | 'redirect'
  | 'too-large'
  | 'other';
export type NetworkReason = 'refused' | 'dns' | 'tls' | 'reset' | 'timeout' | 'aborted' | 'other';

/** More than anybody reads. A row keeps 200 of them, the account's document one per hold, and neither may outgrow its item. */
const MOST_MESSAGE = 1_000;

/** Words of a server's, bounded: the whole of them is in the exchange. */
export const shortMessage = (message: string): string =>
  message.length <= MOST_MESSAGE ? message : `${message.slice(0, MOST_MESSAGE)}…`;
