/** So many backslashes and zeros are followed: texts in texts in texts; bounded, so that no run of them costs its square. */
const BACKSLASHES = '\\\\{1,8}';
/** What stands before the first character may stay: at each place of a long run there is then one step to make. */
const BACKSLASH = '\\\\';
const ZEROS = '0{0,16}';
/** Wrapped however often: a run of wrappings has one beginning. */
const AMPERSAND = '&(?:amp;)*';
const PERCENT = '%(?:25)*';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};

const JSON_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '/': '\\/',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\b': 'b',
  '\f': 'f',
};

/**
 * The source of a pattern (flags `iu`) that finds a text in whatever way the text around it is written: each character as it
 * is, or escaped as JSON, XML or a URL does it, in decimal or hexadecimal digits of either case. No two alternatives begin
 * alike, so that a text which is nearly the one sought costs no more than any other.
 */
export const spellingsOf = (text: string): string =>
  (text.match(/\\+|[^\\]/gu) ?? [])
    .map((part, i) => (part.startsWith('\\') ? run(part.length) : spellings(part, i === 0)))
    .join('');

/** Backslashes, which JSON doubles: one by one, their alternatives would multiply. */
const run = (length: number): string =>
  `(?:${BACKSLASH}{${length},${8 * length}}(?!u00)|(?:${spellings('\\', true)}){${length}})`;

function spellings(char: string, isFirst: boolean): string {
  const backslashes = isFirst ? BACKSLASH : BACKSLASHES;
  // Upper and lower case of a letter have different numbers. As it is, it is given once: the pattern knows no case.
  const cases = [...new Set([char, char.toLowerCase(), char.toUpperCase()])].filter(
    (form) => [...form].length === 1,
  );
  const points = cases.map((form) => form.codePointAt(0) ?? 0);
  const decimal = points.map(String);
  const hex = points.map((point) => point.toString(16));
  const entity = ENTITIES[char];
  const named = entity === undefined ? [] : [`${entity};`];
  // Beginnings are written once: repeated for every case they make a pattern that takes several times as long to build.
  const forms = [
    ...after(`${backslashes}u`, cases.map(codeUnits)),
    `${AMPERSAND}${oneOf([`#${oneOf([`x${ZEROS}${oneOf(hex)}`, `${ZEROS}${oneOf(decimal)}`])};`, ...named])}`,
    ...after(PERCENT, cases.map(bytesOf)),
  ];
  const escaped = JSON_ESCAPES[char];
  if (escaped !== undefined) forms.push(backslashes + escaped);
  if (char === ' ') forms.push('\\+');
  return oneOf([...forms, literal(char)]);
}

const oneOf = (forms: readonly string[]): string => `(?:${[...new Set(forms)].join('|')})`;

/** Every part of a form stands behind the same mark; forms of one part share it. */
const after = (mark: string, forms: readonly (readonly string[])[]): readonly string[] =>
  forms.every(({ length }) => length === 1)
    ? [mark + oneOf(forms.flat())]
    : forms.map((parts) => parts.map((part) => mark + part).join(''));

const literal = (char: string): string =>
  /[\\^$.*+?()[\]{}|/]/u.test(char) || char.charCodeAt(0) < 0x20 ? hexLiteral(char) : char;

const hexLiteral = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

const codeUnits = (char: string): readonly string[] =>
  Array.from({ length: char.length }, (_, i) => char.charCodeAt(i).toString(16).padStart(4, '0'));

const bytesOf = (char: string): readonly string[] =>
  [...Buffer.from(char, 'utf8')].map((byte) => byte.toString(16).padStart(2, '0'));
