import type { Wire } from '../../shared/marketo/http/wire.ts';
import { WireError } from '../../shared/marketo/http/wire-fault.ts';
import type { Exchange, HttpReply, OutgoingRequest } from '../../shared/marketo/transport.ts';

/** A request as it arrives: `POST /rest/v1/leads.json`. */
export interface Arrived {
  readonly line: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

/** What comes back; null: no answer ever. */
export type Answering = (arrived: Arrived) => Promise<HttpReply | null>;

/** Connections to a Marketo that is a function. */
export function restWire(clock: () => number, answer: Answering): Wire {
  return {
    close: () => {},
    open: async (target) => {
      let exchange: Exchange = {
        url: target.url,
        request: '',
        response: null,
        httpStatus: null,
        sentAt: null,
        endedAt: clock(),
        serverDate: null,
      };
      const post = async ({ method, query = '', body }: OutgoingRequest): Promise<HttpReply> => {
        const line = `${method} ${new URL(target.url).pathname}`;
        exchange = { ...exchange, request: line, sentAt: clock(), endedAt: clock() };
        const reply = await answer({ line, query: new URLSearchParams(query), body });
        exchange = { ...exchange, endedAt: clock() };
        if (reply === null)
          throw new WireError({ kind: 'network', sent: true, reason: 'timeout', message: 'no answer' });
        exchange = { ...exchange, response: reply.body, httpStatus: reply.status, serverDate: clock() };
        return reply;
      };
      const connection = {
        usable: () => true,
        refresh: async () => null,
        release: () => {},
        exchange: () => exchange,
        post,
      };
      return { kind: 'open', connection };
    },
  };
}
