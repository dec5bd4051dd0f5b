import { stripVTControlCharacters } from 'node:util';
import { canonicalJson, sha256Hex } from '../kernel/hash.ts';
import type { LetterSummary } from './letter.ts';

const CAUSE_LENGTH = 12;

/** What groups letters: 12 hex digits over class, code, operation and the message without its values. Total. */
export const causeOf = (of: Pick<LetterSummary, 'class' | 'code' | 'operation' | 'message'>): string =>
  sha256Hex(canonicalJson([of.class, of.code, of.operation, maskValues(of.message, of.code)])).slice(
    0,
    CAUSE_LENGTH,
  );

/** What stands where a value was. */
const VALUE = '…';

/** Some replies put a page into the message; the beginning tells causes apart, and it bounds the work. */
const MOST_CHARACTERS = 2_000;

/**
 * The message without what belongs to one lead or one moment, and without the fault's own code, which stands beside it.
 * The names of unknown fields are values, too: a header with three wrong columns is one cause, whichever of them a row fills.
 * So are the paths at which a message has names that are none. What else is named, and other paths but for an index, stays.
 */
export function maskValues(message: string, code: number | null = null): string {
  const text = plainText(message, code)
    .replace(UNKNOWN_PATH, `${VALUE}: unknown name`)
    .replace(UNKNOWN_KEY, VALUE);
  const names = UNKNOWN_NAMES.exec(text);
  if (names !== null) return `${maskText(names[1] ?? '')}${VALUE}`;
  const masked = maskText(text.replace(UNKNOWN_NAME, VALUE));
  // "Field … not found; Field … not found" is no other trouble than one of them.
  return [...new Set(masked.split('; '))].join('; ');
}

/** The fields that the message calls unknown, each once, in the order of the message. */
export function unknownFields(message: string, code: number | null = null): readonly string[] {
  const text = plainText(message, code);
  const list = UNKNOWN_NAMES.exec(text)?.[2]?.split(',') ?? [];
  const quoted = [...text.matchAll(UNKNOWN_NAME)].map(([name]) => name.slice(1, -1));
  const paths = [...text.matchAll(UNKNOWN_PATH), ...text.matchAll(UNKNOWN_KEY)].map(([all, path = all]) =>
    path.replace(INDEX, `[${VALUE}]`),
  );
  return [
    ...new Set([...list, ...quoted, ...paths].map((name) => name.trim()).filter((name) => name !== '')),
  ];
}

function plainText(message: string, code: number | null): string {
  const plain = stripVTControlCharacters(message.slice(0, MOST_CHARACTERS));
  return withoutCode(plain, code)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

/** `unknown fields for import: a, b`, `Unknown name attribute list: c`: what follows are names, unless one is an address or a number. */
const UNKNOWN_NAMES = /^(.{0,2000}?\bunknown [\p{L} ]{1,40}: ?)((?!\d)[\p{L}_][\w .,-]{0,500})$/iu;

/** A name in quotes, with its quotes: `Field 'a' not found`, `no lead field is named "b"`, `Car has no field "c"; it has …`. */
const UNKNOWN_NAME =
  /(?<=\b(?:field|attribute|column|attrName)s? )(?:'[^']{0,200}'|"[^"]{0,200}")(?= (?:(?:is|are|was|were) )?(?:not found|unknown|no field)\b| does not exist\b)|(?<=\bno (?:\w{1,40} )?(?:field|attribute|column) (?:is named |named )?)(?:'[^']{0,200}'|"[^"]{0,200}")/giu;

/** Of a message that is no job: where a name is that nothing knows, and what is said of that one name. */
const UNKNOWN_PATH =
  /(?<!\S)((?:[^\s"]|"(?:[^"\\]|\\.){0,200}")+?): unknown name\b(?:; (?:did you mean [\w:.-]{1,60}\?|nothing belongs here|known here: [\w:.-]{1,60}(?:, [\w:.-]{1,60}){0,100}))?/gu;

/** Of a message itself: a key that it does not take. */
const UNKNOWN_KEY = /(?<=^|; )[^;]{1,200}?(?=: unknown key\b)/gu;

const INDEX = /\[\d+\]/g;

const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>]+/giu, VALUE],
  // "No lead found with EMAIL = anything at all"
  [/\b(\p{Lu}{2,}) ?= ?[^\s].*$/gu, `$1 = ${VALUE}`],
  // Quoted text, but for the name of a field; an apostrophe inside a word opens nothing.
  [/(?<!\b(?:field|attribute|column|attrName)s? )"[^"]*"/giu, VALUE],
  [/(?<!\b(?:field|attribute|column|attrName)s? |[\p{L}\p{N}])'[^']*'(?![\p{L}\p{N}])/giu, VALUE],
  [/(?<![^\s"'<>(),;=:])[^\s"'<>(),;=:@][^\s"<>(),;=:@]*@[^\s"'<>(),;=:]+/gu, VALUE],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/giu, VALUE],
  [/(?<![\p{L}\p{N}_])\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?/gu, VALUE],
  // A whole number, before the ids below take a part of it.
  [/(?<![\p{L}\p{N}_])[+-]?\d+(?:[.,:]\d+)*(?![\p{L}\p{N}_-]|[.,:]\d)/gu, VALUE],
  // Hex of eight digits or more with a decimal digit in it (a word like "deadbeef" is left alone).
  [/\b(?=[a-f]*\d)[0-9a-f]{8,}\b/giu, VALUE],
  // Ids of other systems: eight characters or more, three of them digits.
  [/(?<![\p{L}\p{N}_-])(?=(?:[A-Za-z_-]*\d){3})[A-Za-z0-9_-]{8,}(?![\p{L}\p{N}])/gu, VALUE],
  // A number, also with a unit at its end; never digits inside a name ("Score2").
  [/(?<![\p{L}\p{N}_])[+-]?\d+(?:[.,:]\d+)*/gu, VALUE],
  [/…(?:[ ,;]{0,2}…)+/gu, VALUE],
];

const maskText = (text: string): string =>
  MASKS.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);

/** Drops the code where Marketo repeats it: "20103 - Lead not found", "… (20103)". */
function withoutCode(text: string, code: number | null): string {
  if (code === null) return text;
  return text
    .replace(new RegExp(`^\\s*${code} ?- ?`, 'u'), '')
    .replace(new RegExp(`\\s*\\(${code}\\)\\s*$`, 'u'), '');
}
