import { isObject } from '../../../kernel/is-object.ts';
import { jsonIn } from '../../../kernel/json-in.ts';
import { mask } from '../../http/mask.ts';
import type { HttpReply, Read } from '../../transport.ts';
import { faultOfForeign } from './read-reply.ts';

/** A token and how long Marketo says it still lives. */
export interface IssuedToken {
  readonly token: string;
  readonly lifeMs: number;
}

/** It goes into a header: nothing else gets there, whatever an answer holds. */
const TOKEN = /^[\x21-\x7e]{1,4096}$/;
/** Adobe's live an hour. An answer that promises more than a day is mistaken, or not from there. */
const LONGEST_LIFE_S = 86_400;

/**
 * What the identity service has answered; no text makes it throw. A refusal of the credentials is a fault `identity`; what a
 * gateway or a broken service says is read like any other reply. No fault repeats the secret or a token.
 */
export function readIdentityReply(reply: HttpReply, secret: string): Read<IssuedToken> {
  const body = jsonIn(reply.body.replace(/^\ufeff/, ''));
  const { status } = reply;
  if (status >= 200 && status < 300 && isObject(body)) {
    const token = body['access_token'];
    if (typeof token === 'string' && TOKEN.test(token))
      return { kind: 'answered', value: { token, lifeMs: lifeS(body['expires_in']) * 1_000 } };
  }
  if (status === 401 || (isRefusal(status) && isObject(body))) {
    const message = `the identity service refused the client's credentials${reasonIn(body, secret)} (HTTP ${status})`;
    return { kind: 'fault', fault: { kind: 'identity', message, httpStatus: status } };
  }
  const fault = faultOfForeign(reply);
  return { kind: 'fault', fault: { ...fault, message: `the identity service: ${fault.message}` } };
}

/** The others among the 400s say that the address is wrong, or that a gateway has no time. */
const OTHERS: ReadonlySet<number> = new Set([404, 408, 410, 413, 414, 429]);

const isRefusal = (status: number): boolean => status >= 400 && status < 500 && !OTHERS.has(status);

/** Without a life it is used at once and soon asked for again. */
function lifeS(value: unknown): number {
  const seconds = typeof value === 'string' ? Number.parseFloat(value) : value;
  if (typeof seconds !== 'number' || !(seconds > 0)) return 0;
  return Math.min(seconds, LONGEST_LIFE_S);
}

function reasonIn(body: unknown, secret: string): string {
  if (!isObject(body)) return '';
  const words = [body['error'], body['error_description']].filter((word) => typeof word === 'string');
  return words.length === 0 ? '' : `: ${mask(words.join(', '), [secret])}`;
}
