import type { Wire } from '../../shared/marketo/http/wire.ts';
import { WireError } from '../../shared/marketo/http/wire-error.ts';
import type { Exchange, OutgoingRequest, Send, Target } from '../../shared/marketo/transport.ts';

/** A `Send` that asks nobody: open, perform, release. */
export function directSend(wire: Wire): Send {
  return async (target, perform) => {
    const opened = await wire.open(target);
    if (opened.kind === 'failed') return opened;
    const { connection } = opened;
    try {
      const value = await perform(connection.post);
      return { kind: 'sent', value, exchange: connection.exchange() };
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return { kind: 'failed', fault: error.fault, exchange: connection.exchange() };
    } finally {
      connection.release();
    }
  };
}

export const POST: OutgoingRequest = { method: 'POST', headers: {}, body: 'hello', secrets: [] };

export const emptyExchange: Exchange = {
  url: '',
  request: '',
  response: null,
  httpStatus: null,
  sentAt: null,
  endedAt: 0,
  serverDate: null,
};

export const targetOf = (url: string, over: Partial<Target> = {}): Target => ({
  url,
  timeoutMs: 10_000,
  fresh: false,
  ...over,
});
