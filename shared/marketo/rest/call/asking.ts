import type { Exchange } from '../../transport.ts';
import type { CallEnded, CallRefused } from './call-ended.ts';
import type { EndpointName } from './endpoints.ts';
import type { RestReply } from './read-reply.ts';
import type { RequestParts } from './request.ts';

/** One request of a call. */
export interface Request extends RequestParts {
  readonly endpoint: EndpointName;
  /** Whether it is what must not be done twice: only this one is announced, and only this one can be in doubt. */
  readonly announces?: boolean;
  /** Put before the words of a fault: `step 2 of 2, associate`. */
  readonly step?: string;
  /** Checks that the reply is one to this request; what it answers says what is wrong with it. */
  readonly isReply?: (reply: RestReply) => string | null;
}

/** What became of a request whose failure does not end the call. */
export type Tried =
  | { readonly kind: 'answered'; readonly reply: RestReply; readonly exchange: Exchange }
  | { readonly kind: 'ended'; readonly error: CallEnded }
  /** Not admitted, nothing sent. */
  | { readonly kind: 'refused'; readonly error: CallRefused };

/** Whoever may ask Marketo: a call's session. */
export interface Asking {
  /** The rows and page of an answered request. Every other end of it ends the call: throws `CallEnded` or `CallRefused`. */
  ask(request: Request): Promise<RestReply>;
}
