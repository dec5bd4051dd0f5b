import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../kernel/clock.ts';
import { errorText } from '../../kernel/error-text.ts';
import type { Fault } from '../faults/fault.ts';
import type { HttpReply, OutgoingRequest } from '../transport.ts';
import { gatewayFault } from './gateway-fault.ts';
import { type ReplyText, replyText } from './reply-text.ts';
import { timeoutFault, wireFault, wireTrouble } from './wire-fault.ts';

/** A whole export page of leads is some 3 MB; five times that is a broken server, and a Lambda has little memory. */
export const MAX_REPLY_BYTES = 16 * 1024 * 1024;

interface RoundTripPorts {
  readonly socket: Socket;
  readonly url: URL;
  readonly request: OutgoingRequest;
  /** From the first byte of the request to the last of the reply; a body that drips does not escape it. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly maxReplyBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** What was seen on the wire. `response` is null if no whole answer came, unless the size limit cut it. */
export interface RoundTrip {
  readonly outcome:
    | { readonly kind: 'reply'; readonly reply: HttpReply }
    | { readonly kind: 'failed'; readonly fault: Fault };
  readonly response: string | null;
  readonly httpStatus: number | null;
  readonly serverDate: number | null;
  readonly sentAt: number | null;
  readonly endedAt: number;
  /** How long the server says it keeps the socket; null if it does not say. */
  readonly keepAliveMs: number | null;
}

/**
 * Sends one request over an open socket, once, and waits for the whole answer. It never rejects. Afterwards the socket is
 * fit for another request only if it has said `free`; otherwise whoever owns it closes it.
 */
export function roundTrip(ports: RoundTripPorts): Promise<RoundTrip> {
  const { socket, url, timeoutMs, clock } = ports;
  return new Promise((resolve) => {
    const writtenBefore = socket.bytesWritten;
    const handedOver = (): boolean => socket.bytesWritten !== writtenBefore;
    const sentAt = clock();
    const chunks: Buffer[] = [];
    let received = 0;
    let answer: IncomingMessage | null = null;
    let settled = false;

    const end = (outcome: RoundTrip['outcome'], response: string | null): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      ports.signal?.removeEventListener('abort', abort);
      const unsent = outcome.kind === 'failed' && !handedOver();
      // At once: Node writes a request one tick after it was asked to, and what was called unsent must stay so.
      if (outcome.kind === 'failed') socket.destroy();
      const head = headOf(answer, response);
      resolve({ outcome, response, ...head, sentAt: unsent ? null : sentAt, endedAt: clock() });
    };
    const fail = (fault: Fault, response: string | null = null): void =>
      end({ kind: 'failed', fault }, response);
    const broken = (error: unknown): void => fail(wireFault(error, 'calling', url.hostname, handedOver()));
    const abort = (): void => broken(wireTrouble('ABORT_ERR'));
    // Every request closes, also one that was answered: an error with its trace would be made for nobody.
    const hungUp = (): void => {
      if (!settled) broken(wireTrouble('ECONNRESET'));
    };
    const late = (): void => fail(timeoutFault(url.hostname, timeoutMs, 'whole answer', handedOver()));
    const timer = setTimeout(late, timeoutMs);

    const onChunk = (chunk: Buffer): void => {
      if (settled) return;
      const room = ports.maxReplyBytes - received;
      received += chunk.length;
      chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
      if (received > ports.maxReplyBytes) fail(tooLarge(answer, ports.maxReplyBytes), cutText(chunks));
    };
    const onResponse = (response: IncomingMessage): void => {
      answer = response;
      response.on('data', onChunk);
      response.on('error', broken);
      response.on('end', () => {
        const body = textOf(response, chunks, ports.maxReplyBytes);
        end(outcomeOf(response, body, ports.maxReplyBytes), body.text);
      });
    };

    ports.signal?.addEventListener('abort', abort, { once: true });
    if (ports.signal?.aborted === true) return abort();
    if (socket.destroyed || !socket.writable) return hungUp();
    try {
      sendRequest(ports, { response: onResponse, error: broken, close: hungUp });
    } catch (error) {
      const message = `the request could not be built: ${errorText(error)}`;
      fail({ kind: 'internal', sent: handedOver(), message });
    }
  });
}

function textOf({ headers }: IncomingMessage, chunks: readonly Buffer[], mostBytes: number): ReplyText {
  const { 'content-type': contentType, 'content-encoding': contentEncoding } = headers;
  return replyText(Buffer.concat(chunks), { contentType, contentEncoding }, mostBytes);
}

interface Listeners {
  response(response: IncomingMessage): void;
  error(error: unknown): void;
  close(): void;
}

function sendRequest({ socket, url, request }: RoundTripPorts, on: Listeners): void {
  const outgoing = httpRequest(withQuery(url, request.query), {
    method: request.method,
    headers: headersOf(request),
    // Plain HTTP over a socket that may be a TLS one: the handshake is done, and no agent has a say in it.
    protocol: 'http:',
    defaultPort: url.protocol === 'https:' ? 443 : 80,
    createConnection: () => socket,
  });
  outgoing.on('response', on.response);
  outgoing.on('error', on.error);
  outgoing.on('close', on.close);
  outgoing.end(request.body);
}

function withQuery(url: URL, query: string | undefined): URL {
  const whole = new URL(url);
  if (query !== undefined) whole.search = query;
  return whole;
}

const headersOf = (request: OutgoingRequest): Record<string, string> => ({
  ...request.headers,
  'accept-encoding': 'identity',
  connection: 'keep-alive',
  ...(request.method === 'GET' && request.body === ''
    ? {}
    : { 'content-length': String(Buffer.byteLength(request.body)) }),
});

const statusOf = (response: IncomingMessage): number => response.statusCode ?? 0;

function flat(response: IncomingMessage): Record<string, string> {
  const entries = Object.entries(response.headersDistinct);
  return Object.fromEntries(entries.map(([name, values]) => [name, (values ?? []).join(', ')]));
}

/** What the head of the answer says. `response` is its body, null if that broke off. */
function headOf(
  answer: IncomingMessage | null,
  response: string | null,
): Pick<RoundTrip, 'httpStatus' | 'serverDate' | 'keepAliveMs'> {
  if (answer === null) return { httpStatus: null, serverDate: null, keepAliveMs: null };
  const date = Date.parse(answer.headers.date ?? '');
  const keep = /timeout=(\d+)/i.exec(answer.headersDistinct['keep-alive']?.join(', ') ?? '')?.[1];
  const httpStatus = statusOf(answer);
  // The status of an answer that broke off is no proof that Marketo is done with the call.
  const status = response === null ? null : httpStatus;
  return {
    httpStatus: status,
    serverDate: Number.isNaN(date) ? null : date,
    keepAliveMs: keep === undefined ? null : Number(keep) * 1_000,
  };
}

function outcomeOf(response: IncomingMessage, body: ReplyText, mostBytes: number): RoundTrip['outcome'] {
  const fault = refusal(response, body, mostBytes);
  if (fault !== null) return { kind: 'failed', fault };
  const { text } = body;
  return { kind: 'reply', reply: { status: statusOf(response), headers: flat(response), body: text } };
}

/** An answer that nobody may read as one: a redirect (following it would send the request twice), or bytes that stay packed. */
function refusal(response: IncomingMessage, { kind }: ReplyText, mostBytes: number): Fault | null {
  const httpStatus = statusOf(response);
  if (httpStatus >= 300 && httpStatus < 400) {
    return {
      kind: 'unreadable',
      what: 'redirect',
      httpStatus,
      message: `redirected with HTTP ${httpStatus}; redirects are not followed`,
    };
  }
  if (kind === 'text') return null;
  const ofGateway = gatewayFault(httpStatus, flat(response));
  if (ofGateway !== null) return ofGateway;
  if (kind === 'too-large') return tooLarge(response, mostBytes);
  const encoding = response.headers['content-encoding'];
  return {
    kind: 'unreadable',
    what: 'other',
    httpStatus,
    message: `the answer is compressed (${encoding}) although plain text was asked for, and cannot be unpacked`,
  };
}

/** For a letter only: the cut may go through a character, or through packed bytes. */
const cutText = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8');

const tooLarge = (response: IncomingMessage | null, limit: number): Fault => ({
  kind: 'unreadable',
  what: 'too-large',
  httpStatus: response === null ? 0 : statusOf(response),
  message: `the answer is larger than ${limit} bytes and was cut there`,
});
