import type { Exchange, HttpReply, OutgoingRequest, Send, Target } from '../../shared/marketo/transport.ts';

export const jsonReply = (body: unknown, status = 200): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

export const issued = (token: string, expiresIn: unknown = 3_600): HttpReply =>
  jsonReply({ access_token: token, token_type: 'bearer', expires_in: expiresIn, scope: 'api@acme.example' });

export const exchangeOf = (target: Target): Exchange => ({
  url: target.url,
  request: '',
  response: null,
  httpStatus: 200,
  sentAt: 0,
  endedAt: 0,
  serverDate: null,
});

export interface Sendings {
  readonly send: Send<unknown>;
  readonly requests: OutgoingRequest[];
  readonly targets: Target[];
  /** The most requests that were under way at once. */
  most(): number;
}

/** A send whose replies a function makes; each takes a turn of the event loop, as a network does. */
export function sendOf(
  reply: (request: OutgoingRequest, target: Target, number: number) => HttpReply | Promise<HttpReply>,
): Sendings {
  const requests: OutgoingRequest[] = [];
  const targets: Target[] = [];
  let underWay = 0;
  let most = 0;
  const send: Send<unknown> = async (target, perform) => {
    underWay += 1;
    most = Math.max(most, underWay);
    try {
      const read = await perform(async (request) => {
        requests.push(request);
        targets.push(target);
        const number = requests.length;
        await new Promise((resolve) => setImmediate(resolve));
        return reply(request, target, number);
      });
      return { ...read, exchange: exchangeOf(target) };
    } finally {
      underWay -= 1;
    }
  };
  return { send, requests, targets, most: () => most };
}
