import { assertNever } from '../../kernel/assert-never.ts';
import { isObject } from '../../kernel/is-object.ts';
import { jsonIn } from '../../kernel/json-in.ts';
import type { Fault, UnreadableReply } from '../faults/fault.ts';
import { gatewayFault } from '../http/gateway-fault.ts';
import type { OperationName } from '../operations/registry.ts';
import { forbiddenInXml } from '../operations/xml-text.ts';
import type { HttpReply, Read } from '../transport.ts';
import { isCostly } from './reply-cost.ts';
import { successElement } from './wsdl.ts';
import { xmlEscape } from './xml-escape.ts';

/**
 * What an HTTP reply says about the operation; no text makes it throw. The body is read before the status: HTTP 500 carries
 * every fault of Marketo's, HTTP 200 may carry one too. `parse` answers the envelope's content or throws, as node-soap does.
 */
export function readReply(
  operation: OperationName,
  reply: HttpReply,
  parse: (xml: string) => unknown,
): Read<unknown> {
  const text = reply.body.replace(/^\ufeff?\s*/, '');
  if (text === '') return ofTheWay(reply) ?? unreadable(reply, 'empty', 'the answer is empty');
  const parsed = parseEnvelope(text, parse);
  switch (parsed.kind) {
    case 'fault':
      return readFault(parsed.fault, reply);
    case 'body':
      return readBody(operation, reply, parsed.body);
    case 'nothing':
      return ofTheWay(reply) ?? shapeless(text, reply, parsed.wellFormed);
    case 'costly':
      return ofTheWay(reply) ?? costly(text, reply);
    default:
      return assertNever(parsed);
  }
}

type Parsed =
  | { readonly kind: 'body'; readonly body: unknown }
  | { readonly kind: 'fault'; readonly fault: unknown }
  | { readonly kind: 'nothing'; readonly wellFormed: boolean }
  /** Not parsed: it would take longer, or more memory, than any answer is worth. */
  | { readonly kind: 'costly' };

function parseEnvelope(text: string, parse: (xml: string) => unknown): Parsed {
  const xml = withoutCdata(text);
  if (isCostly(xml)) return { kind: 'costly' };
  try {
    const envelope = parse(withoutForbidden(xml));
    if (!isObject(envelope) || !Object.hasOwn(envelope, 'Body')) return { kind: 'nothing', wellFormed: true };
    const body = plain(envelope['Body']);
    return isObject(body) && Object.hasOwn(body, 'Fault')
      ? { kind: 'fault', fault: body['Fault'] }
      : { kind: 'body', body };
  } catch (error) {
    const fault = field(field(field(field(error, 'root'), 'Envelope'), 'Body'), 'Fault');
    if (fault !== undefined) return { kind: 'fault', fault };
    // node-soap throws an Error over a body that its WSDL does not know, and a plain object over what is no XML.
    return { kind: 'nothing', wellFormed: error instanceof Error };
  }
}

const CDATA = '<![CDATA[';
const CDATA_END = ']]>';

/**
 * node-soap would parse a CDATA section that holds an XML declaration as a document inside the document. A section that
 * nobody closes ends the search: looked for behind each of them, its end would cost the square of the text.
 */
function withoutCdata(text: string): string {
  const pieces: string[] = [];
  let from = 0;
  for (let at = text.indexOf(CDATA); at >= 0; at = text.indexOf(CDATA, from)) {
    const end = text.indexOf(CDATA_END, at + CDATA.length);
    if (end < 0) break;
    pieces.push(text.slice(from, at), xmlEscape(text.slice(at + CDATA.length, end)));
    from = end + CDATA_END.length;
  }
  return pieces.length === 0 ? text : pieces.join('') + text.slice(from);
}

/** A reference to a character that XML has no place for is one sick value: the rest of the answer is readable. */
const withoutForbidden = (text: string): string =>
  text.replace(/&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));/g, (reference, hex?: string, decimal?: string) => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    const known = code <= 0x10_ffff && forbiddenInXml(String.fromCodePoint(code)).length === 0;
    return known ? reference : '\ufffd';
  });

/** A fault without a code of Marketo's, at an address that is not there, is the web server's own. */
function readFault(content: unknown, reply: HttpReply): Read<unknown> {
  const fault = marketoFault(content, reply.status);
  return (fault.code === null ? ofTheWay(reply) : null) ?? { kind: 'fault', fault };
}

function readBody(operation: OperationName, reply: HttpReply, body: unknown): Read<unknown> {
  if (!isObject(body) || Object.keys(body).length === 0) {
    return ofTheWay(reply) ?? unreadable(reply, 'empty', 'the envelope has an empty body');
  }
  const name = successElement(operation);
  if (Object.hasOwn(body, name)) return { kind: 'answered', value: body[name] };
  const others = Object.keys(body).join(', ').slice(0, MOST_SHOWN);
  return unreadable(reply, 'foreign', `the answer is not a ${name} but ${others}`);
}

const MOST_SHOWN = 100;

/** What a server before Marketo has said by the status alone. A fault with a code of Marketo's goes before it. */
function ofTheWay(reply: HttpReply): Read<unknown> | null {
  const fault = gatewayFault(reply.status, reply.headers);
  return gone(reply) ?? (fault === null ? null : { kind: 'fault', fault });
}

/** The address knows nothing of the operation any more; a page of any kind may say so. */
function gone(reply: HttpReply): Read<unknown> | null {
  if (reply.status !== 404 && reply.status !== 410) return null;
  const message = `nothing answers at this address any more (HTTP ${reply.status})`;
  return { kind: 'fault', fault: { kind: 'gone', httpStatus: reply.status, message } };
}

function unreadable(reply: HttpReply, what: UnreadableReply, words: string): Read<unknown> {
  const message = `${words} (HTTP ${reply.status})`;
  return { kind: 'fault', fault: { kind: 'unreadable', what, httpStatus: reply.status, message } };
}

function shapeless(text: string, reply: HttpReply, wellFormed: boolean): Read<unknown> {
  const { what, words } = replyShape(text, reply.headers['content-type'] ?? '', wellFormed);
  return unreadable(reply, what, words);
}

/** A page or a text is that, however much of it there is; an envelope is refused for what it would cost. */
function costly(text: string, reply: HttpReply): Read<unknown> {
  const shape = replyShape(text, reply.headers['content-type'] ?? '', true);
  return shape.what === 'foreign' || shape.what === 'other'
    ? unreadable(reply, 'too-large', 'the answer has more markup than any answer of Marketo')
    : unreadable(reply, shape.what, shape.words);
}

const field = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

/** Without XML attributes: an element that has some is `{ attributes, $value }` to node-soap. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  if (Object.hasOwn(value, '$value')) return value['$value'];
  const children = Object.entries(value).filter(([name]) => name !== 'attributes');
  return children.length === 0
    ? null
    : Object.fromEntries(children.map(([name, child]) => [name, plain(child)]));
}

/**
 * Reads Marketo's fault: the code from detail/serviceException/code, else the number that leads the
 * faultstring, else `(NNNNN)` in the message; fewer digits there are a web server's status. `faultcode` is not looked at: every captured fault says Client.
 */
function marketoFault(fault: unknown, httpStatus: number): Fault & { kind: 'marketo' } {
  const exception = child(child(fault, 'detail'), 'serviceException');
  const faultstring = textOf(child(fault, 'faultstring'));
  const message = textOf(child(exception, 'message'));
  const code =
    number(/^\d+$/.exec(textOf(child(exception, 'code')))?.[0]) ??
    number(/^(\d{5,})\b/.exec(faultstring)?.[1]) ??
    lastInBrackets(message) ??
    lastInBrackets(faultstring);
  return {
    kind: 'marketo',
    code,
    message: message || faultstring || NO_WORDS,
    httpStatus,
  };
}

const NO_WORDS = 'a fault without a message';

const number = (digits: string | undefined): number | null => {
  const value = Number(digits);
  return digits !== undefined && Number.isSafeInteger(value) ? value : null;
};

/** The last one: before it stand values of leads, which may hold brackets of their own. */
const lastInBrackets = (text: string): number | null =>
  number([...text.matchAll(/\((\d{5})\)/g)].at(-1)?.[1]);

function child(parent: unknown, name: string): unknown {
  const one = Array.isArray(parent) ? parent[0] : parent;
  return isObject(one) && Object.hasOwn(one, name) ? one[name] : undefined;
}

function textOf(value: unknown): string {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  const text = child(one, '$value') ?? one;
  return typeof text === 'string' || typeof text === 'number' ? String(text).trim() : '';
}

interface ReplyShape {
  readonly what: UnreadableReply;
  readonly words: string;
}

/**
 * Names what came instead of an answer, without showing any of it: it may hold anybody's values. `wellFormed` is whether an
 * XML parser took it.
 */
function replyShape(text: string, contentType: string, wellFormed: boolean): ReplyShape {
  if (isJson(text)) return { what: 'json', words: 'the answer is JSON, not XML' };
  const root = /<([A-Za-z_][\w.:-]*)/.exec(text)?.[1] ?? '';
  if (/^<!doctype html/i.test(text) || /^html$/i.test(root) || /^text\/html/i.test(contentType)) {
    return { what: 'html', words: 'the answer is a web page' };
  }
  if (!text.startsWith('<')) return { what: 'text', words: 'the answer is plain text' };
  if (root === '' || (!wellFormed && !text.includes(`</${root}>`))) {
    return { what: 'truncated', words: 'the answer was cut off' };
  }
  if (!/(^|:)Envelope$/.test(root)) return { what: 'other', words: 'the answer is markup, but no envelope' };
  return wellFormed
    ? { what: 'foreign', words: 'the answer is an envelope, but not one of this operation' }
    : { what: 'malformed', words: 'the answer is an envelope, but no well-formed XML' };
}

const isJson = (text: string): boolean => /^[[{"]/.test(text) && jsonIn(text) !== undefined;
