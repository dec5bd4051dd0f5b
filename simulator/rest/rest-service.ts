import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, deliver } from '../answer.ts';
import { Refusal } from '../instance/refusal.ts';
import type { BrokenLimit, Limits } from '../limits.ts';
import { perform, type Service } from '../perform.ts';
import type { Cue } from '../script.ts';
import { NO_CUE } from '../script.ts';
import type { Entry } from '../witness.ts';
import { Forgotten } from '../world.ts';
import { restArrival, restExecution } from './execution.ts';
import type { TokenBook } from './identity.ts';
import { countedMethod, type RawRequest, readRequest } from './read-request.ts';
import type { RestRequest } from './request.ts';
import { type Dialect, dialectOf, failure, httpRefusal, scriptedAnswer, success } from './rest-answer.ts';
import { errorOf, messageOf, RestError } from './rest-error.ts';
import { type Route, route } from './router.ts';

/** A request that was understood, or the error that says why not. */
interface Read {
  readonly route: Route | null;
  readonly request: RestRequest | RestError;
}

/** A body of 1 MB, of 10 MB for a bulk import; a URI of 8 KB, of 64 KB for an asset (docs/marketo-facts.md). */
const MOST_BODY_BYTES = 1024 * 1024;
const MOST_BULK_BYTES = 10 * 1024 * 1024;
const MOST_URI_BYTES = 8 * 1024;
const MOST_ASSET_URI_BYTES = 64 * 1024;

/** The codes that are charged to neither quota nor rate (docs/marketo-facts.md). */
const UNCHARGED: ReadonlySet<number> = new Set([413, 414, 601, 602, 604, 605, 608, 611]);
/** The limits' rejections and the missing token, which the switch `chargeRejections` is about. */
const REJECTIONS: ReadonlySet<number> = new Set([600, 606, 607, 615]);

/** One request: size, token, limits, path and body are checked, and the arrival booked, in one turn; then it runs. */
export async function serveRest(
  service: Service,
  tokens: TokenBook,
  incoming: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const { world } = service;
  const at = service.clock();
  const admission = world.gate.arrive(at);
  try {
    const raw = rawRequest(incoming, body);
    const read = understood(raw);
    const refusal =
      tooLarge(raw, incoming.url ?? '') ??
      tokenProblem(tokens, incoming, raw, at) ??
      limitError(admission.rejected, world.gate.limits) ??
      (read.request instanceof RestError ? read.request : null);
    const cue = refusal === null ? cueOf(service, read, raw) : NO_CUE;
    const entry = world.arrive(arrivalOf(read, service), at, isCharged(refusal, cue, world.gate.limits));
    const answer = await answerOf(service, read, entry, cue, refusal, dialectOf(raw.path));
    await deliver(answer, response, () => {
      admission.leave();
      world.replied(entry);
    });
  } finally {
    admission.leave();
  }
}

function rawRequest(incoming: IncomingMessage, body: Buffer): RawRequest {
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: incoming.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    contentType: incoming.headers['content-type'] ?? '',
    body,
  };
}

function understood(raw: RawRequest): Read {
  const method = countedMethod(raw);
  const found = method instanceof RestError ? method : route(method, raw.path);
  if (found instanceof RestError) return { route: null, request: found };
  try {
    return { route: found, request: readRequest(raw, found.endpoint) };
  } catch (error) {
    if (error instanceof RestError) return { route: found, request: error };
    throw error;
  }
}

function tooLarge({ path, body }: RawRequest, url: string): RestError | null {
  const mostUri = dialectOf(path) === 'asset' ? MOST_ASSET_URI_BYTES : MOST_URI_BYTES;
  if (Buffer.byteLength(url) > mostUri) return new RestError(414);
  const mostBody = path.startsWith('/bulk/') ? MOST_BULK_BYTES : MOST_BODY_BYTES;
  return body.length > mostBody ? new RestError(413) : null;
}

/** The token stands in the header, and nowhere else: a token in the query is no token. */
function tokenProblem(
  tokens: TokenBook,
  { headers }: IncomingMessage,
  { query }: RawRequest,
  at: number,
): RestError | null {
  const token = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (token === undefined) return new RestError(query.has('access_token') ? 601 : 600);
  const code = tokens.problemWith(token, at);
  return code === null ? null : new RestError(code);
}

function limitError(broken: BrokenLimit | null, limits: Limits): RestError | null {
  switch (broken) {
    case null:
      return null;
    case 'rate': {
      const seconds = limits.windowMs / 1000;
      const words = `Max rate limit '${limits.ratePerWindow}' exceeded with in '${seconds}' secs`;
      return new RestError(606, words);
    }
    case 'quota':
      return new RestError(607);
    case 'concurrency':
      return new RestError(615);
  }
}

/** A rule sees values as they were meant, not as a URL spells them. */
function cueOf(service: Service, { route: found, request }: Read, raw: RawRequest): Cue {
  if (found === null || request instanceof RestError) return NO_CUE;
  const query = request.query.map(([name, value]) => `${name}=${value}`).join('&');
  return service.script.cueFor(found.name, `${request.method} ${request.path}?${query}\n${raw.body}`);
}

function arrivalOf({ route: found, request }: Read, { world }: Service) {
  if (found === null) return { operation: '', keys: [], fingerprint: '' };
  if (request instanceof RestError) return { operation: found.name, keys: [], fingerprint: '' };
  return restArrival(found, request, world.instance);
}

function isCharged(refusal: RestError | null, { action }: Cue, limits: Limits): boolean {
  const code = refusal?.code ?? (action.kind === 'fault' ? action.code : null);
  if (code === null) return true;
  return !UNCHARGED.has(code) && (limits.chargeRejections || !REJECTIONS.has(code));
}

function answerOf(
  service: Service,
  { request }: Read,
  entry: Entry,
  cue: Cue,
  refusal: RestError | null,
  dialect: Dialect,
): Promise<Answer> {
  if (refusal !== null) return Promise.resolve(refuse(service, entry, refusal, dialect));
  if (request instanceof RestError) return Promise.resolve(refuse(service, entry, request, dialect));
  return perform(service, {
    entry,
    cue,
    run: () => execute(service, request, entry, dialect),
    replaced: (action, answer) => scriptedAnswer(action, answer, dialect, requestId(entry)),
  });
}

function refuse({ world }: Service, entry: Entry, error: RestError, dialect: Dialect): Answer {
  world.end(entry, `rejected:${error.code}`);
  if (error.code === 413 || error.code === 414) return httpRefusal(error.code);
  return failure(error, dialect, requestId(entry));
}

function execute(service: Service, request: RestRequest, entry: Entry, dialect: Dialect): Answer {
  try {
    const result = service.world.execute(entry, restExecution(request), service.clock());
    return success(result, dialect, requestId(entry));
  } catch (error) {
    return refuse(service, entry, errorIn(error), dialect);
  }
}

/** What an endpoint threw as an error of the API; anything else is a bug. */
function errorIn(error: unknown): RestError {
  if (error instanceof RestError) return error;
  if (error instanceof Refusal) return errorOf(error);
  if (error instanceof Forgotten) return new RestError(611, messageOf(611));
  throw error;
}

/** `1f#19c2a8d41b0`. */
const requestId = ({ seq, at }: Entry): string => `${seq.toString(16)}#${at.toString(16)}`;
