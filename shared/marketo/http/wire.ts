import type { LookupFunction } from 'node:net';
import type { Clock } from '../../kernel/clock.ts';
import type { Fault } from '../faults/fault.ts';
import type { Exchange, Post, Target } from '../transport.ts';
import { Connection } from './connection.ts';
import type { Address } from './dial.ts';
import { MAX_REPLY_BYTES } from './round-trip.ts';
import { SocketPool } from './socket-pool.ts';
import { unsentExchange } from './unsent-exchange.ts';

export interface WirePorts {
  readonly clock: Clock;
  /** How long TCP and TLS may take together. */
  readonly connectTimeoutMs?: number;
  readonly maxReplyBytes?: number;
  /** Instead of the system's resolver. */
  readonly lookup?: LookupFunction;
  /** Certificates to trust instead of the well-known ones (PEM). */
  readonly ca?: string;
}

/** A connection that is ready to carry exactly one request. Whoever opened it must release it, once, whatever happened. */
export interface OpenConnection {
  /** Whether the socket may still carry the request: it is alive and, for a fresh target, opened or answered less than 2 s ago. */
  usable(): boolean;
  /**
   * Opens another socket if this one has grown stale; the fault if that fails. Call it before each time a permit is
   * asked for. `post` does the same as a last resort: it never writes to a stale socket.
   */
  refresh(): Promise<Fault | null>;
  /** Sends the request. Rejects with a `WireError`, and nothing else, when no whole answer came. Never repeats anything. */
  readonly post: Post;
  /** What went over the wire, secrets masked; before `post` it is empty and `sentAt` is null. */
  exchange(): Exchange;
  /** Gives the socket back to the pool, or closes it if it cannot be used again. */
  release(): void;
}

type Opened =
  | { readonly kind: 'open'; readonly connection: OpenConnection }
  | { readonly kind: 'failed'; readonly fault: Fault; readonly exchange: Exchange };

/**
 * HTTP for every transport, without retry, redirect, proxy or decompression. How a `Send` uses it:
 * open -> refresh and ask for a permit until there is one -> write the intent -> perform(connection.post) -> release.
 */
export interface Wire {
  /** A connected socket, TCP and TLS done, so that the moment of a permit is close to the moment of sending. Never rejects. */
  open(target: Target, signal?: AbortSignal): Promise<Opened>;
  /** Closes idle sockets now and the others when they are released. */
  close(): void;
}

/** A handshake takes four round trips at most; a server that needs longer than this is not there. */
const CONNECT_TIMEOUT_MS = 10_000;

export function createWire(ports: WirePorts): Wire {
  const pool = new SocketPool(ports.clock);
  const open = async (target: Target, signal?: AbortSignal): Promise<Opened> => {
    const url = httpUrl(target.url);
    if (url === null) return notAnAddress(target.url, ports.clock);
    const connection = new Connection({
      target,
      url,
      address: addressOf(url),
      pool,
      clock: ports.clock,
      maxReplyBytes: ports.maxReplyBytes ?? MAX_REPLY_BYTES,
      dial: {
        timeoutMs: ports.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
        lookup: ports.lookup,
        ca: ports.ca,
        signal,
      },
    });
    const fault = await connection.refresh();
    if (fault === null) return { kind: 'open', connection };
    connection.release();
    return { kind: 'failed', fault, exchange: connection.exchange() };
  };
  return { open, close: () => pool.close() };
}

function httpUrl(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') ? url : null;
}

function addressOf(url: URL): Address {
  const secure = url.protocol === 'https:';
  return {
    secure,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (secure ? 443 : 80)),
  };
}

function notAnAddress(url: string, clock: Clock): Opened {
  const message = 'the endpoint is not an http or https address';
  const exchange = unsentExchange(url, clock());
  return { kind: 'failed', fault: { kind: 'network', sent: false, reason: 'other', message }, exchange };
}
