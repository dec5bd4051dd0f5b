import { spellingsOf } from '../marketo/http/spellings.ts';
import { leadReference } from '../marketo/operations/lead-reference.ts';
import { ForeignSysType, LeadKeyRef } from '../marketo/operations/types.ts';

/** What stands where a person's address was. A job that holds it is not redriven: it would reach Marketo as a value. */
export const FORGOTTEN = '[forgotten]';

/** Finds one person in any text, in whatever way the text around is written. */
export interface Person {
  isNamedIn(text: string): boolean;
  redact(text: string): string;
  /** The ordering keys under which jobs of this person stand. */
  readonly orderingKeys: readonly string[];
}

const KEY_TYPES: readonly string[] = [...new Set([...LeadKeyRef.options, ...ForeignSysType.options])];

/**
 * The person of a key, as an ordering key says it (`lead:IDNUM:17`) or bare: an e-mail address is EMAIL, anything else whatever
 * kind of key has that value. Without a value it is nobody.
 */
export function personOf(key: string): Person {
  const [, type, named] = /^lead:([^:]+):(.*)$/su.exec(key.trim()) ?? [];
  const value = (named ?? key).trim();
  if (value === '') return NOBODY;
  if (type === undefined && isAddress(value)) return known(value, ['EMAIL']);
  return known(value, type === undefined ? KEY_TYPES : [type.toUpperCase()]);
}

const NOBODY: Person = { isNamedIn: () => false, redact: (text) => text, orderingKeys: [] };

const isAddress = (value: string): boolean => /^[^\s@]+@[^\s@]+$/u.test(value);

function known(value: string, types: readonly string[]): Person {
  const references = types.map((type) => leadReference(type, value));
  const values = [...new Set(references.map((reference) => reference.value))];
  // The first character alone, tried first, spares the look behind at almost every place of a long text.
  const patterns = values.map((one) =>
    isDistinctive(one)
      ? new RegExp(`(?=${firstOf(one)})${BEFORE}${spellingsOf(one)}${AFTER}`, 'giu')
      : new RegExp(nextToItsName(one, types), 'gu'),
  );
  return {
    isNamedIn: (text) => patterns.some((pattern) => text.search(pattern) >= 0),
    redact: (text) => patterns.reduce((left, pattern) => left.replace(pattern, FORGOTTEN), text),
    orderingKeys: references.map((reference) => `lead:${reference.type}:${reference.value}`),
  };
}

const firstOf = (value: string): string => spellingsOf([...value][0] ?? '');

/** An address, or an id that no other text happens to hold: 12 characters, not all of them digits. */
const isDistinctive = (value: string): boolean =>
  isAddress(value) || (value.length >= 12 && !/^\d+$/u.test(value));

// An escape may end in a letter that is none: %3D, \u003c, \n. But %2B, %2D, %2E and %5F are characters of an address.
const BEFORE =
  '(?<=^|[^\\p{L}\\p{N}._+%-]|%(?!2[bde]|5f)[0-9a-f]{2}|\\\\u00(?!2[bde]|5f)[0-9a-f]{2}|\\\\[nrtbf]|&#?\\w{1,8};)';
const AFTER = '(?![\\p{L}\\p{N}_-]|\\.[\\p{L}\\p{N}])';

/** What parts a name from its value in JSON, XML, a URL or Marketo's words: no letter and no digit, and not much of it. */
const GAP = '(?:[^\\p{L}\\p{N}]|&quot;|%22){1,16}';
/** Names under which records, answers and Marketo's own words hold a lead's key. `Id` is a lead's, `id` a campaign's. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  IDNUM: ['Id', 'leadId', 'LeadId', 'leadID', 'lead id', 'Lead id', 'lead ID', 'Lead ID'],
  COOKIE: ['marketoCookie', 'cookie', 'Cookie'],
  CUSTOM: ['ForeignSysPersonId'],
  SFDC: ['ForeignSysPersonId'],
  NETSUITE: ['ForeignSysPersonId'],
};

/**
 * A short value, or a number, is only the person's behind a name that says so: 17 is also a count, a code and an hour. Behind
 * its kind of key it may stand in a list.
 */
function nextToItsName(value: string, types: readonly string[]): string {
  const names = [...new Set([...types, ...types.flatMap((type) => NAMES[type] ?? [])])];
  const item = '[\\p{L}\\p{N}]{1,64}[^\\p{L}\\p{N}]{1,16}';
  const inList = `(?:${types.join('|')})${GAP}(?:keyType${GAP})?keyValues?${GAP}(?:(?!keyType)${item}){0,300}?`;
  const found = `0{0,16}${spellingsOf(value)}(?![\\p{L}\\p{N}])`;
  // The value alone, tried first, spares the look behind at almost every place.
  return `(?<![\\p{L}\\p{N}])(?=${found})(?<=(?<![\\p{L}\\p{N}])(?:${names.join('|')})${GAP}|${inList})${found}`;
}
