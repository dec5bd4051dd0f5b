import { isObject } from '../../../kernel/is-object.ts';
import { jsonIn } from '../../../kernel/json-in.ts';
import type { Fault, UnreadableReply } from '../../faults/fault.ts';
import { gatewayFault } from '../../http/gateway-fault.ts';
import type { HttpReply, Read } from '../../transport.ts';

/** What a reply of success holds. */
export interface RestReply {
  /** The rows; empty where the reply has none, or says nothing of them. */
  readonly result: readonly unknown[];
  /** Where the next page begins; null: there is none. */
  readonly nextPageToken: string | null;
  /** Only where the reply says so. */
  readonly moreResult: boolean;
  readonly warnings: readonly string[];
}

/**
 * What an HTTP reply says; no text makes it throw. The body goes before the status: Marketo answers its errors with HTTP 200,
 * and a number means the same in whatever layer it came.
 */
export function readRestReply(reply: HttpReply): Read<RestReply> {
  const value = jsonIn(textOf(reply));
  if (!isObject(value) || typeof value['success'] !== 'boolean')
    return { kind: 'fault', fault: faultOfForeign(reply) };
  if (value['success']) return { kind: 'answered', value: replyOf(value) };
  const [error] = listOf(value['errors']);
  const message = isObject(error) && typeof error['message'] === 'string' ? error['message'] : '';
  const code = isObject(error) ? codeOf(error['code']) : null;
  return {
    kind: 'fault',
    fault: { kind: 'marketo', code, message: message || NO_WORDS, httpStatus: reply.status },
  };
}

const NO_WORDS = 'an error without a message';

/** Marketo sends numbers as text; both are taken. Null: it is no number. */
export function codeOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : null;
  return typeof value === 'string' && /^\d{1,9}$/.test(value.trim()) ? Number(value) : null;
}

function replyOf(value: Readonly<Record<string, unknown>>): RestReply {
  const token = value['nextPageToken'];
  return {
    result: listOf(value['result']),
    nextPageToken: typeof token === 'string' && token !== '' ? token : null,
    moreResult: value['moreResult'] === true,
    warnings: listOf(value['warnings']).map((one) => (typeof one === 'string' ? one : JSON.stringify(one))),
  };
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const textOf = ({ body }: HttpReply): string => body.replace(/^\ufeff?\s*/, '');

/** What a reply that is none of Marketo's says: by its status, else by what its body looks like. It repeats nothing of the body. */
export const faultOfForeign = (reply: HttpReply): Fault =>
  gone(reply) ?? gatewayFault(reply.status, reply.headers) ?? shapeless(reply);

function gone({ status }: HttpReply): Fault | null {
  if (status !== 404 && status !== 410) return null;
  return { kind: 'gone', httpStatus: status, message: `nothing answers at this address (HTTP ${status})` };
}

function shapeless(reply: HttpReply): Fault {
  const { what, words } = shapeOf(textOf(reply), reply);
  return { kind: 'unreadable', what, httpStatus: reply.status, message: `${words} (HTTP ${reply.status})` };
}

function shapeOf(text: string, reply: HttpReply): { what: UnreadableReply; words: string } {
  if (reply.status >= 300 && reply.status < 400)
    return { what: 'redirect', words: 'the answer points elsewhere, and no redirect is followed' };
  if (text === '') return { what: 'empty', words: 'the answer is empty' };
  if (jsonIn(text) !== undefined)
    return { what: 'foreign', words: 'the answer is JSON, but no reply of Marketo' };
  if (/^<!doctype html|^<html|^<\w/i.test(text)) return { what: 'html', words: 'the answer is a web page' };
  if (/^[[{"]/.test(text)) return { what: 'truncated', words: 'the answer was cut off, or is no JSON' };
  return { what: 'text', words: 'the answer is plain text' };
}
