import { canonicalJson, sha256Hex } from '../../../kernel/hash.ts';
import { isObject } from '../../../kernel/is-object.ts';
import { jsonIn } from '../../../kernel/json-in.ts';
import { refused } from './call-ended.ts';
import { refusal } from './findings.ts';
import type { Finding } from './mapping.ts';

/** One per stream that the rows come from, as Marketo gave them; null: the stream is at its end, or was not begun. */
export type Tokens = readonly (string | null)[];

/** Positions of SOAP begin otherwise. */
const PREFIX = 'r1.';

/**
 * The position to go on from, for `streamPosition`, `newStreamPosition` or `offset`: opaque to the sender, and good for these
 * params alone, whatever their batch size.
 */
export function writePosition(tokens: Tokens, params: unknown): string {
  const content = JSON.stringify({ tokens, digest: digestOf(params) });
  return `${PREFIX}${Buffer.from(content).toString('base64url')}`;
}

/**
 * The tokens of a position. Null: from the start, which an empty text and an absent one mean. Throws a `CallEnded` with code
 * 1003 for a position of SOAP, of other params, or that nobody has handed out.
 */
export function readPosition(text: string | undefined, params: unknown): Tokens | null {
  const read = contentOf(text, params);
  if (typeof read === 'string') throw refused(1003, read);
  return read;
}

/** The same by rule alone, for a mapping's check. */
export function positionFindings(text: string | undefined, params: unknown): readonly Finding[] {
  const read = contentOf(text, params);
  return typeof read === 'string' ? [refusal(read)] : [];
}

/** A text is what is wrong with the position. */
function contentOf(text: string | undefined, params: unknown): Tokens | null | string {
  if (text === undefined || text.trim() === '') return null;
  if (!text.startsWith(PREFIX))
    return 'the position is none of the REST API; one of SOAP cannot be gone on from, begin anew';
  const content = jsonIn(Buffer.from(text.slice(PREFIX.length), 'base64url').toString());
  if (!isObject(content) || !isTokens(content['tokens'])) return 'the position is damaged; begin anew';
  return content['digest'] === digestOf(params)
    ? content['tokens']
    : 'the position belongs to other params; ask with those it was handed out for';
}

const isTokens = (value: unknown): value is Tokens =>
  Array.isArray(value) && value.every((token) => token === null || typeof token === 'string');

/** Where to go on, and how far at a time: what may differ from page to page. */
const PAGING: ReadonlySet<string> = new Set(['streamPosition', 'startPosition', 'batchSize']);

function digestOf(params: unknown): string {
  const kept = isObject(params) ? Object.entries(params).filter(([name]) => !PAGING.has(name)) : [];
  return sha256Hex(canonicalJson(Object.fromEntries(kept))).slice(0, 16);
}
