import type { Wire } from '../../shared/marketo/http/wire.ts';
import { WireError } from '../../shared/marketo/http/wire-fault.ts';
import type { Exchange, OutgoingRequest, Send, Target } from '../../shared/marketo/transport.ts';

/** A `Send` that asks nobody: open, perform, release. */
export function directSend(wire: Wire): Send<never> {
  return async (target, perform) => {
    const opened = await wire.open(target);
    if (opened.kind === 'failed') return { ...opened, kind: 'fault' };
    const { connection } = opened;
    try {
      return { ...(await perform(connection.post)), exchange: connection.exchange() };
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return { kind: 'fault', fault: error.fault, exchange: connection.exchange() };
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
  serverDoneMs: 180_000,
  spends: true,
  changes: true,
  announces: false,
  ...over,
});
