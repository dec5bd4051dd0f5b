import type { Clock } from '../../../kernel/clock.ts';
import type { Random } from '../../../kernel/random.ts';
import { type Fault, shortMessage } from '../../faults/fault.ts';
import { mask } from '../../http/mask.ts';
import type { Exchange, OutgoingRequest, Read, Send, Sent, Target } from '../../transport.ts';
import type { Directory } from '../directory/directory.ts';
import type { Asking, Request, Tried } from './asking.ts';
import { CallEnded, CallRefused } from './call-ended.ts';
import { endpointOf, requestTimeoutMs } from './endpoints.ts';
import { type RestReply, readRestReply } from './read-reply.ts';
import { type BuiltRequest, buildRequest } from './request.ts';
import type { RestSettings } from './settings.ts';
import type { Tokens } from './token.ts';

export interface SessionParts {
  readonly send: Send<unknown>;
  /** `https://X.mktorest.com`, the part before `/rest`. */
  readonly origin: string;
  readonly tokens: Tokens;
  readonly directory: Directory;
  readonly settings: RestSettings;
  readonly workspace: string | null;
  readonly timeoutMs: number | null;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * No job has business with more requests of one call; what would need them is refused before the first. Short pages and halves
 * of what is too large can be foreseen by nobody: what goes beyond is not sent.
 */
export const MOST_REQUESTS = 60;

/** The requests of one call, one after the other, each with a permit of its own. */
export class Session implements Asking {
  readonly workspace: string | null;
  readonly settings: RestSettings;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly random: Random;
  readonly #parts: SessionParts;
  #last: Exchange | null = null;
  #countedAsRefused = false;
  #asked = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.workspace = parts.workspace;
    this.settings = parts.settings;
    this.directory = parts.directory;
    this.clock = parts.clock;
    this.random = parts.random;
  }

  async ask(request: Request): Promise<RestReply> {
    const tried = await this.try(request);
    if (tried.kind !== 'answered') throw tried.error;
    return tried.reply;
  }

  /** The same for a request after which the call goes on whatever became of it. */
  async try(request: Request): Promise<Tried> {
    const built = attempt(() => buildRequest(endpointOf(request.endpoint), request));
    if (built instanceof CallEnded) return { kind: 'ended', error: built };
    if (this.#asked >= MOST_REQUESTS) return { kind: 'ended', error: new CallEnded(TOO_MANY) };
    this.#asked += 1;
    const first = await this.#once(request, built, { isAgain: false });
    if (!first.tokenRefused) return first.tried;
    // That proves that nothing ran. A renewed token, be it the same once more, is tried with a permit of its own.
    const { tried } = await this.#once(request, built, { isAgain: true });
    // What announces has been sent once: to the queue a refusal would mean that nothing of it has.
    return tried.kind === 'refused' && request.announces === true ? first.tried : tried;
  }

  async #once(request: Request, built: BuiltRequest, { isAgain }: { isAgain: boolean }): Promise<Once> {
    const { send, tokens } = this.#parts;
    const authorization = await tokens.authorize(send);
    if (authorization.kind !== 'token')
      return { tried: this.#failed(authorization, request), tokenRefused: false };
    const { token } = authorization;
    let tokenRefused = false;
    const sent = await send(this.#target(request, built.path), async (post) => {
      const reply = await post(withToken(built, token));
      const read = hidden(checked(readRestReply(reply), request, reply.status), token);
      tokenRefused = isTokenRefused(read);
      if (read.kind === 'answered') tokens.taken();
      if (!tokenRefused) return read;
      tokens.refuse(token);
      return isAgain ? this.#refusedAgain(read) : read;
    });
    if (sent.kind !== 'answered') return { tried: this.#failed(sent, request), tokenRefused };
    this.#last = sent.exchange;
    return { tried: { kind: 'answered', reply: sent.value, exchange: sent.exchange }, tokenRefused };
  }

  /** Counted once a call: what it is asked for next meets the same. */
  #refusedAgain(read: Read<RestReply>): Read<RestReply> {
    if (this.#countedAsRefused) return read;
    this.#countedAsRefused = true;
    const fault = this.#parts.tokens.refusedAgain();
    return fault === null ? read : { kind: 'fault', fault };
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

const TOO_MANY: Fault = {
  kind: 'decided',
  code: 1003,
  message: `it takes more than ${MOST_REQUESTS} requests, and a job makes no more: split it`,
};

interface Once {
  readonly tried: Tried;
  readonly tokenRefused: boolean;
}

const TOKEN_REFUSED: ReadonlySet<number | null> = new Set([601, 602]);

const isTokenRefused = (read: Read<unknown>): boolean =>
  read.kind === 'fault' && read.fault.kind === 'marketo' && TOKEN_REFUSED.has(read.fault.code);

const withToken = ({ method, query, body, headers }: BuiltRequest, token: string): OutgoingRequest => ({
  method,
  query,
  body,
  headers: { ...headers, accept: 'application/json', authorization: `Bearer ${token}` },
  secrets: [token],
  captured: 'line-and-body',
});

/** A message may repeat what it complains about. */
function hidden<T>(read: Read<T>, token: string): Read<T> {
  if (read.kind === 'answered') return read;
  return { ...read, fault: { ...read.fault, message: shortMessage(mask(read.fault.message, [token])) } };
}

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
