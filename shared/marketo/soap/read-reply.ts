import type { Fault, UnreadableReply } from '../fault.ts';
import type { HttpReply } from '../transport.ts';
import { marketoFault } from './marketo-fault.ts';
import { xmlEscape } from './xml-escape.ts';

export type ReadReply =
  | { readonly kind: 'answered'; readonly result: unknown }
  | { readonly kind: 'fault'; readonly fault: Fault };

/**
 * What an HTTP reply says about the operation. The body is judged before the status: HTTP 500 carries every fault of
 * Marketo's, HTTP 200 may carry one too, and neither is worth anything without `success<Operation>` in it.
 * Total: no text makes it throw. `parse` answers the envelope's content or throws, as node-soap does.
 */
export function readReply(operation: string, reply: HttpReply, parse: (xml: string) => unknown): ReadReply {
  const text = reply.body.replace(/^\ufeff?\s*/, '');
  if (text === '') return gone(reply) ?? unreadable(reply, 'empty', 'the answer is empty');
  const parsed = parseEnvelope(text, parse);
  switch (parsed.kind) {
    case 'fault':
      return { kind: 'fault', fault: marketoFault(parsed.fault, reply.status) };
    case 'body':
      return readBody(operation, reply, parsed.body);
    case 'nothing':
      return gone(reply) ?? unreadable(reply, ...whatElse(text));
  }
}

type Fields = Readonly<Record<string, unknown>>;
type Parsed =
  | { readonly kind: 'body'; readonly body: unknown }
  | { readonly kind: 'fault'; readonly fault: unknown }
  | { readonly kind: 'nothing' };

function parseEnvelope(text: string, parse: (xml: string) => unknown): Parsed {
  try {
    const envelope = parse(withoutCdata(text));
    if (!isFields(envelope) || !Object.hasOwn(envelope, 'Body')) return { kind: 'nothing' };
    const body = envelope['Body'];
    return isFields(body) && Object.hasOwn(body, 'Fault')
      ? { kind: 'fault', fault: body['Fault'] }
      : { kind: 'body', body };
  } catch (error) {
    const fault = field(field(field(field(error, 'root'), 'Envelope'), 'Body'), 'Fault');
    return fault === undefined ? { kind: 'nothing' } : { kind: 'fault', fault };
  }
}

/** node-soap would parse a CDATA section that holds an XML declaration as a document inside the document. */
const withoutCdata = (text: string): string =>
  text.replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, (_, inner: string) => xmlEscape(inner));

function readBody(operation: string, reply: HttpReply, body: unknown): ReadReply {
  const name = `success${operation.charAt(0).toUpperCase()}${operation.slice(1)}`;
  if (!isFields(body) || Object.keys(plainFields(body)).length === 0) {
    return unreadable(reply, 'empty', 'the envelope has an empty body');
  }
  if (!Object.hasOwn(body, name)) {
    return unreadable(
      reply,
      'foreign',
      `the answer is not a ${name} but ${Object.keys(plainFields(body)).join(', ')}`,
    );
  }
  return { kind: 'answered', result: plain(body[name]) };
}

/** The address knows nothing of the operation any more; a page of any kind may say so. */
function gone(reply: HttpReply): ReadReply | null {
  if (reply.status !== 404 && reply.status !== 410) return null;
  const message = `nothing answers at this address any more (HTTP ${reply.status})`;
  return { kind: 'fault', fault: { kind: 'gone', httpStatus: reply.status, message } };
}

function unreadable(reply: HttpReply, what: UnreadableReply, words: string): ReadReply {
  const message = `${words} (HTTP ${reply.status})`;
  return { kind: 'fault', fault: { kind: 'unreadable', what, httpStatus: reply.status, message } };
}

/** Names what came instead of an envelope, without showing any of it: it may hold anybody's values. */
function whatElse(text: string): [UnreadableReply, string] {
  const start = text.slice(0, 2_000);
  if (/<!doctype html|<html[\s>]/i.test(start)) return ['html', 'the answer is a web page'];
  if (isJson(text)) return ['json', 'the answer is JSON, not XML'];
  const root = /<([\w.-]+:)?Envelope[\s>]/.exec(start);
  if (root === null && /^<\?xml\s[^>]*$|^<\?xml[^>]*>\s*$/.test(text))
    return ['truncated', 'the answer was cut off'];
  if (root !== null) {
    return text.includes(`</${root[1] ?? ''}Envelope>`)
      ? ['foreign', 'the answer is an envelope, but no answer to this operation']
      : ['truncated', 'the answer was cut off'];
  }
  return text.startsWith('<')
    ? ['other', 'the answer is XML or markup, but no envelope']
    : ['text', 'the answer is plain text'];
}

function isJson(text: string): boolean {
  if (!/^[[{"]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const field = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

// The fault comes as a property of an Error.
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const plainFields = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'attributes'));

/** Without XML attributes: an element that has some is `{ attributes, $value }` to node-soap. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isFields(value)) return value;
  if (Object.hasOwn(value, '$value')) return value['$value'];
  return Object.fromEntries(Object.entries(plainFields(value)).map(([name, child]) => [name, plain(child)]));
}
