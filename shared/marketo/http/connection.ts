import type { Clock } from '../../kernel/clock.ts';
import type { Fault } from '../faults/fault.ts';
import type { Exchange, HttpReply, OutgoingRequest, Target } from '../transport.ts';
import { type Address, type DialSettings, dial } from './dial.ts';
import { mask } from './mask.ts';
import { type RoundTrip, roundTrip } from './round-trip.ts';
import { isHealthy, MAX_REST_MS, type PooledSocket, restMs, type SocketPool } from './socket-pool.ts';
import { unsentExchange } from './unsent-exchange.ts';
import { WireError } from './wire-fault.ts';

interface ConnectionPorts {
  readonly target: Target;
  readonly url: URL;
  readonly address: Address;
  readonly pool: SocketPool;
  readonly clock: Clock;
  readonly maxReplyBytes: number;
  readonly dial: DialSettings;
}

/** One request's way to the server: a socket from the pool or a new one, one post, and what was seen of it. */
export class Connection {
  readonly #ports: ConnectionPorts;
  readonly #origin: string;
  #socket: PooledSocket | null = null;
  #state: 'open' | 'posting' | 'posted' | 'released' = 'open';
  #exchange: Exchange;

  constructor(ports: ConnectionPorts) {
    this.#ports = ports;
    this.#origin = ports.url.origin;
    this.#exchange = unsentExchange(ports.target.url, ports.clock());
  }

  usable(): boolean {
    const { target, clock } = this.#ports;
    return this.#socket !== null && isHealthy(this.#socket, target.announces, clock());
  }

  async refresh(): Promise<Fault | null> {
    if (this.usable()) return null;
    const { pool, target, address, clock } = this.#ports;
    this.#giveBack();
    this.#socket = pool.take(this.#origin, target.announces);
    if (this.#socket !== null) return null;
    const dialled = await dial(address, this.#ports.dial);
    this.#exchange = { ...this.#exchange, endedAt: clock() };
    if (dialled.kind === 'failed') return dialled.fault;
    if (this.#state === 'released') {
      dialled.socket.destroy();
      return { kind: 'network', sent: false, reason: 'aborted', message: 'released while it was opened' };
    }
    this.#socket = { socket: dialled.socket, aliveAt: clock(), restMs: MAX_REST_MS };
    return null;
  }

  readonly post = async (request: OutgoingRequest): Promise<HttpReply> => {
    if (this.#state !== 'open') {
      const message = 'a connection carries one request, and this one has had its own';
      throw new WireError({ kind: 'internal', sent: this.#exchange.sentAt !== null, message });
    }
    this.#state = 'posting';
    const fault = await this.refresh();
    if (fault !== null || this.#socket === null) throw this.#unsent(request, fault);
    const trip = await this.#send(request, this.#socket);
    this.#state = 'posted';
    this.#exchange = exchangeOf(this.#ports.url, request, trip);
    if (trip.outcome.kind === 'failed') throw new WireError(trip.outcome.fault);
    return trip.outcome.reply;
  };

  exchange(): Exchange {
    return this.#exchange;
  }

  release(): void {
    if (this.#state === 'released') return;
    // A request still under way ends here: its answer would be the next request's.
    if (this.#state === 'posting') this.#socket?.socket.destroy();
    this.#state = 'released';
    this.#giveBack();
  }

  async #send(request: OutgoingRequest, used: PooledSocket): Promise<RoundTrip> {
    const {
      url,
      target,
      clock,
      maxReplyBytes,
      dial: { signal },
    } = this.#ports;
    let free = false;
    const onFree = (): void => {
      free = true;
    };
    used.socket.once('free', onFree);
    const trip = await roundTrip({
      socket: used.socket,
      url,
      request,
      timeoutMs: target.timeoutMs,
      clock,
      maxReplyBytes,
      signal,
    });
    used.socket.off('free', onFree);
    // Node says `free` when both sides keep the socket and every byte of this exchange is through.
    if (!free) used.socket.destroy();
    this.#socket = { socket: used.socket, aliveAt: trip.endedAt, restMs: restMs(trip.keepAliveMs) };
    return trip;
  }

  #unsent(request: OutgoingRequest, fault: Fault | null): WireError {
    this.#state = 'posted';
    this.#exchange = {
      ...this.#exchange,
      request: requestText(request, this.#ports.url),
      endedAt: this.#ports.clock(),
    };
    return new WireError(
      fault ?? { kind: 'internal', sent: false, message: 'the connection was lost while it was opened' },
    );
  }

  #giveBack(): void {
    if (this.#socket !== null) this.#ports.pool.give(this.#origin, this.#socket);
    this.#socket = null;
  }
}

const exchangeOf = (url: URL, request: OutgoingRequest, trip: RoundTrip): Exchange => ({
  url: mask(url.href, request.secrets),
  request: requestText(request, url),
  response:
    trip.response === null || request.captured === 'nothing' ? null : mask(trip.response, request.secrets),
  httpStatus: trip.httpStatus,
  sentAt: trip.sentAt,
  endedAt: trip.endedAt,
  serverDate: trip.serverDate,
});

/** As it went over the wire, from its line on where that says what was asked for; never what is to be kept nowhere. */
function requestText(request: OutgoingRequest, { pathname }: URL): string {
  const { method, query, body, secrets, captured = 'body' } = request;
  if (captured === 'nothing') return '';
  if (captured === 'body') return mask(body, secrets);
  const line = `${method} ${pathname}${query === undefined || query === '' ? '' : `?${query}`}`;
  return mask(body === '' ? line : `${line}\n\n${body}`, secrets);
}
