import type { Fault, NetworkReason } from '../faults/fault.ts';

/** How far a request had got when it failed. */
export type Phase = 'connecting' | 'handshake' | 'calling';

/** Turns an error of Node's sockets into a fault. `sent` is true unless it is proved that not one byte left. */
export function wireFault(error: unknown, phase: Phase, host: string, sent: boolean): Fault {
  const code = codeOf(error);
  if (phase === 'connecting' && code === 'ENOTFOUND') {
    return { kind: 'gone', httpStatus: null, message: `no host is known by the name ${host}` };
  }
  const reason = reasonOf(error, code, phase);
  return { kind: 'network', sent, reason, message: `${WORDS[reason]} (${host}${code && `, ${code}`})` };
}

export const timeoutFault = (host: string, timeoutMs: number, what: string, sent: boolean): Fault => ({
  kind: 'network',
  sent,
  reason: 'timeout',
  message: `no ${what} within ${timeoutMs} ms (${host})`,
});

/** What the wire itself finds out, in the form in which Node's sockets report theirs. */
export const wireTrouble = (code: 'ABORT_ERR' | 'ECONNRESET'): Error =>
  Object.assign(new Error(code), { code });

const WORDS: Readonly<Record<NetworkReason, string>> = {
  refused: 'the connection was refused',
  dns: 'the name could not be looked up',
  tls: 'no secure connection could be made',
  reset: 'the connection was closed before the whole answer came',
  timeout: 'the connection timed out',
  aborted: 'the request was aborted',
  other: 'the connection failed',
};

const REASONS: Readonly<Record<string, NetworkReason>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ECONNABORTED: 'reset',
  ERR_STREAM_PREMATURE_CLOSE: 'reset',
  ERR_STREAM_DESTROYED: 'reset',
  ETIMEDOUT: 'timeout',
  ABORT_ERR: 'aborted',
};

function reasonOf(error: unknown, code: string, phase: Phase): NetworkReason {
  if (error instanceof Error && 'syscall' in error && error.syscall === 'getaddrinfo') return 'dns';
  if (code.startsWith('EAI_') || code === 'ENOTFOUND') return 'dns';
  // Whatever goes wrong between TCP and the first byte of HTTP is the handshake's: a server that hangs up on it too.
  if (phase === 'handshake' && code !== 'ABORT_ERR') return 'tls';
  return REASONS[code] ?? 'other';
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** The only error `post` rejects with: no whole answer came, and the fault says how far the request got. */
export class WireError extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.message);
    this.name = 'WireError';
    this.fault = fault;
  }
}
