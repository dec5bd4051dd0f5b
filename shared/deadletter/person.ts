/** What stands where a person's address was. A job that holds it is not redriven: it would reach Marketo as a value. */
export const FORGOTTEN = '[forgotten]';

/** Finds one address in any text, in whatever way the text around it is written. */
export interface Person {
  isNamedIn(text: string): boolean;
  redact(text: string): string;
}

/**
 * The person of an e-mail address, upper or lower case, and each character plain or escaped as JSON, XML or a URL does
 * it. A longer address that contains this one (xa@example.com, a@example.community) is somebody else's.
 */
export function personOf(email: string): Person {
  const forms = [...email.trim()].map(formsOf);
  // The first character alone, tried first, spares the look behind at almost every place of a long text.
  const pattern = new RegExp(`(?=${forms[0] ?? '$^'})${BEFORE}${forms.join('')}${AFTER}`, 'giu');
  return {
    isNamedIn: (text) => text.search(pattern) >= 0,
    redact: (text) => text.replace(pattern, FORGOTTEN),
  };
}

// An escape may end in a letter that is none: %3D, \u003c, \n. But %2B, %2D, %2E and %5F are characters of an address.
const BEFORE =
  '(?<=^|[^\\p{L}\\p{N}._+%-]|%(?!2[bde]|5f)[0-9a-f]{2}|\\\\u00(?!2[bde]|5f)[0-9a-f]{2}|\\\\[nrtbf]|&#?\\w{1,8};)';
const AFTER = '(?![\\p{L}\\p{N}_-]|\\.[\\p{L}\\p{N}])';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};

function formsOf(char: string): string {
  const point = char.codePointAt(0) ?? 0;
  // Upper and lower case of a letter have different numbers: each form is given for both.
  const cases = [...new Set([char, char.toLowerCase(), char.toUpperCase()])].filter(
    (form) => [...form].length === 1,
  );
  const forms = cases.flatMap((form) => [
    literal(form),
    jsonEscape(form),
    `&#0*${form.codePointAt(0) ?? point};`,
    `&#x0*${(form.codePointAt(0) ?? point).toString(16)};`,
    percentEncoded(form),
  ]);
  const entity = ENTITIES[char];
  if (entity !== undefined) forms.push(`&${entity};`);
  if (char === '"' || char === '\\' || char === '/') forms.push(`\\\\+${literal(char)}`);
  return `(?:${[...new Set(forms)].join('|')})`;
}

const literal = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');

/** One backslash or more: a JSON text inside a JSON text has two. */
const jsonEscape = (char: string): string =>
  Array.from(
    { length: char.length },
    (_, i) => `\\\\+u${char.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');

const percentEncoded = (char: string): string =>
  [...Buffer.from(char, 'utf8')].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
