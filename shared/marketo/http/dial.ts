import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Fault } from '../faults/fault.ts';
import { type Phase, timeoutFault, wireFault, wireTrouble } from './wire-fault.ts';

export interface Address {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
}

export interface DialSettings {
  readonly timeoutMs: number;
  /** Instead of the system's resolver; tests hand one in. */
  readonly lookup?: LookupFunction | undefined;
  /** Certificates to trust instead of the well-known ones. */
  readonly ca?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Dialled =
  | { readonly kind: 'open'; readonly socket: Socket }
  | { readonly kind: 'failed'; readonly fault: Fault };

/** Opens one socket, TCP and TLS. It never rejects, and whatever fails here is proof that no request left. */
export function dial(address: Address, settings: DialSettings): Promise<Dialled> {
  return new Promise((resolve) => {
    let phase: Phase = 'connecting';
    const socket = openSocket(address, settings);
    const end = (outcome: Dialled): void => {
      clearTimeout(timer);
      settings.signal?.removeEventListener('abort', abort);
      if (outcome.kind === 'failed') socket.destroy();
      resolve(outcome);
    };
    const fail = (error: unknown): void =>
      end({ kind: 'failed', fault: wireFault(error, phase, address.host, false) });
    const abort = (): void => fail(wireTrouble('ABORT_ERR'));
    const timer = setTimeout(() => {
      end({
        kind: 'failed',
        fault: timeoutFault(address.host, settings.timeoutMs, 'connection', false),
      });
    }, settings.timeoutMs);

    socket.setNoDelay(true);
    // Stays for the socket's whole life: an idle socket that breaks must not take the process with it.
    socket.on('error', fail);
    socket.once('close', () => fail(wireTrouble('ECONNRESET')));
    socket.once('connect', () => {
      phase = 'handshake';
    });
    socket.once(address.secure ? 'secureConnect' : 'connect', () => end({ kind: 'open', socket }));
    if (settings.signal?.aborted === true) return abort();
    settings.signal?.addEventListener('abort', abort, { once: true });
  });
}

// A socket of our own knows no proxy: neither the environment's nor anybody's default agent has a say.
function openSocket(address: Address, settings: DialSettings): Socket {
  const { host, port, secure } = address;
  const lookup = settings.lookup === undefined ? {} : { lookup: settings.lookup };
  if (!secure) return connectTcp({ host, port, ...lookup });
  return connectTls({
    host,
    port,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(settings.ca === undefined ? {} : { ca: settings.ca }),
    ...lookup,
  });
}
