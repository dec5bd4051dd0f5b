import type { Clock } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import type { Exchange, Read, Send, Sent, Target } from '../transport.ts';
import { CallEnded, CallRefused } from './call-ended.ts';
import type { Directory } from './directory.ts';
import { type EndpointName, endpointOf, requestTimeoutMs } from './endpoints.ts';
import type { RestSettings } from './mapping.ts';
import { type RestReply, readRestReply } from './read-reply.ts';
import { buildRequest, type RequestParts } from './request.ts';

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

/** Gives the token for the `Authorization` header, after an identity request of its own if need be. */
export type Authorize = (send: Send<unknown>) => Promise<Authorization>;

export type Authorization =
  | { readonly kind: 'token'; readonly token: string }
  | Exclude<Sent<never, unknown>, { readonly kind: 'answered' }>;

export interface SessionParts {
  readonly send: Send<unknown>;
  /** `https://X.mktorest.com`, the part before `/rest`. */
  readonly origin: string;
  readonly authorize: Authorize;
  /** Called with a token that Marketo has refused (601, 602): the next request asks for another. */
  readonly refuseToken: (token: string) => void;
  readonly directory: Directory;
  readonly settings: RestSettings;
  readonly workspace: string | null;
  readonly timeoutMs: number | null;
  readonly clock: Clock;
  readonly random: Random;
}

/** No job has business with more requests of one call; what would need them is refused before the first. */
export const MOST_REQUESTS = 60;

/** The requests of one call, one after the other, each with a permit of its own. */
export class Session {
  readonly workspace: string | null;
  readonly settings: RestSettings;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly random: Random;
  readonly #parts: SessionParts;
  #last: Exchange | null = null;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.workspace = parts.workspace;
    this.settings = parts.settings;
    this.directory = parts.directory;
    this.clock = parts.clock;
    this.random = parts.random;
  }

  /** The rows and page of an answered request. Every other end of it ends the call: throws `CallEnded` or `CallRefused`. */
  async ask(request: Request): Promise<RestReply> {
    const tried = await this.try(request);
    if (tried.kind !== 'answered') throw tried.error;
    return tried.reply;
  }

  /** The same for a request after which the call goes on whatever became of it. */
  async try(request: Request): Promise<Tried> {
    const { send, authorize, refuseToken } = this.#parts;
    const built = attempt(() => buildRequest(endpointOf(request.endpoint), request));
    if (built instanceof CallEnded) return { kind: 'ended', error: built };
    const authorization = await authorize(send);
    if (authorization.kind !== 'token') return this.#failed(authorization, request);
    const sent = await send(this.#target(request, built.path), async (post) => {
      // Asked for again here: a call that is made again because its token was refused needs the new one.
      const again = await authorize(send);
      const token = again.kind === 'token' ? again.token : authorization.token;
      const { method, query, body, headers } = built;
      const secrets = [token];
      const reply = await post({
        method,
        query,
        body,
        headers: { ...headers, accept: 'application/json', authorization: `Bearer ${token}` },
        secrets,
        captured: 'line-and-body',
      });
      const read = checked(readRestReply(reply), request, reply.status);
      if (read.kind === 'fault' && isTokenRefused(read)) refuseToken(token);
      return read;
    });
    if (sent.kind !== 'answered') return this.#failed(sent, request);
    this.#last = sent.exchange;
    return { kind: 'answered', reply: sent.value, exchange: sent.exchange };
  }

  /** Of the last request that was answered or failed: what a verdict rests on. */
  exchange(): Exchange | null {
    return this.#last;
  }

  #failed(sent: Exclude<Sent<unknown, unknown>, { kind: 'answered' }>, { step }: Request): Tried {
    if (sent.kind === 'refused') return { kind: 'refused', error: new CallRefused(sent.refusal) };
    this.#last = sent.exchange;
    const fault =
      step === undefined ? sent.fault : { ...sent.fault, message: `${step}: ${sent.fault.message}` };
    const outdated = sent.outdated === true;
    return { kind: 'ended', error: new CallEnded(fault, sent.exchange, { outdated }) };
  }

  #target({ endpoint: name, announces = false }: Request, path: string): Target {
    const endpoint = endpointOf(name);
    return {
      url: `${this.#parts.origin}${path}`,
      timeoutMs: this.#parts.timeoutMs ?? requestTimeoutMs(endpoint),
      serverDoneMs: endpoint.serverS * 1_000,
      spends: true,
      changes: endpoint.changes,
      announces,
    };
  }
}

const TOKEN_REFUSED: ReadonlySet<number | null> = new Set([601, 602]);

const isTokenRefused = (read: Extract<Read<unknown>, { kind: 'fault' }>): boolean =>
  read.fault.kind === 'marketo' && TOKEN_REFUSED.has(read.fault.code);

function checked(read: Read<RestReply>, { isReply }: Request, httpStatus: number): Read<RestReply> {
  const problem = read.kind === 'answered' ? (isReply?.(read.value) ?? null) : null;
  if (problem === null) return read;
  const message = `the answer is not one to this request: ${problem} (HTTP ${httpStatus})`;
  return { kind: 'fault', fault: { kind: 'unreadable', what: 'foreign', httpStatus, message } };
}

function attempt<T>(make: () => T): T | CallEnded {
  try {
    return make();
  } catch (error) {
    if (error instanceof CallEnded) return error;
    throw error;
  }
}
