// Of a terminal's control sequences: those with parameters, those that carry a text to its end mark, and the short ones.
const SEQUENCE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is sought.
  /(?:\u001b\[|\u009b)[0-?]{0,64}[ -/]{0,8}[@-~]|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c\u009d]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]{0,8}[0-~]/gu;

/** Without control sequences. Not by node:util, whose pattern needs the square of the time for a row of begun ones. */
const withoutSequences = (text: string): string => text.replace(SEQUENCE, '');

// Control characters, line separators, and what turns the direction of writing.
const CONTROL = /[\p{Cc}\u2028-\u202e\u2066-\u2069]+/gu;
// Letters that occupy two cells in every terminal: CJK, Hangul, full-width forms, emoji.
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u;
const NO_CELL = /^(?:\p{M}|\p{Cf})$/u;

/** One harmless line: what Marketo or a lead's name holds must not move the cursor or colour the screen. */
export const oneLine = (text: string): string =>
  withoutSequences(text).replace(CONTROL, ' ').replace(/ {2,}/g, ' ').trim();

/** What moves the cursor, colours the screen, or turns the direction of writing; line feeds and tabs stay. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones.
const HARMFUL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/gu;

/** Any number of lines, each harmless: nothing that somebody else wrote goes to a terminal without this or `oneLine`. */
export const harmless = (text: string): string => withoutSequences(text).replace(HARMFUL, '\ufffd');

/** The style's own sequences, in front of any that is not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what a colour begins with.
const PAINT = /(\u001b\[(?:1|2|22|31|32|33|39)m)/u;

/** A screen of ours: colours as the style makes them, everything else harmless. */
export const harmlessScreen = (text: string): string =>
  text
    .split(PAINT)
    .map((part, i) => (i % 2 === 1 ? part : harmless(part)))
    .join('');

/** JSON in which no character can move a cursor: what JSON.stringify leaves as it is of those is escaped. The value is the same. */
export const harmlessJson = (value: unknown, indent = 0): string =>
  JSON.stringify(value, null, indent).replace(
    HARMFUL,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Cells that the text takes in a terminal. */
export function cells(text: string): number {
  let count = 0;
  for (const char of withoutSequences(text)) count += cellsOf(char);
  return count;
}

const cellsOf = (char: string): number => (NO_CELL.test(char) ? 0 : WIDE.test(char) ? 2 : 1);

interface Piece {
  readonly text: string;
  /** Cells; null for a colour, which takes none. */
  readonly size: number | null;
}

/** A text of ours in characters and colours, where it may be broken. */
export const pieces = (text: string): readonly Piece[] =>
  text.split(PAINT).flatMap((part, i): readonly Piece[] => {
    if (i % 2 === 1) return [{ text: part, size: null }];
    return [...part].map((char) => ({ text: char, size: cellsOf(char) }));
  });

/** The beginning of the text in at most `width` cells, with an ellipsis if something is missing. Plain text only. */
export function cut(text: string, width: number): string {
  if (cells(text) <= width) return text;
  if (width <= 0) return '';
  let kept = '';
  let used = 0;
  for (const char of text) {
    if (used + cellsOf(char) > width - 1) break;
    kept += char;
    used += cellsOf(char);
  }
  return `${kept}…`;
}

/**
 * Each text in at most `width` cells. Where two would be cut to the same, what is left out is what they have in common,
 * so that they do not look alike.
 */
export function cutApart(texts: readonly string[], width: number): readonly string[] {
  const short = texts.map((text) => cut(text, width));
  const alike = Map.groupBy(new Set(texts), (text) => cut(text, width));
  return texts.map((text, i) => {
    const others = (alike.get(short[i] ?? '') ?? []).filter((other) => other !== text);
    if (others.length === 0) return short[i] ?? '';
    const same = Math.max(...others.map((other) => commonStart(text, other)));
    const head = cut(text, Math.ceil(width / 3));
    return head + cut([...text].slice(Math.max(0, same - LEAD_IN)).join(''), width - cells(head));
  });
}

/** Characters before the difference: without them a number's last digit would stand alone. */
const LEAD_IN = 3;

function commonStart(a: string, b: string): number {
  const [ofA, ofB] = [[...a], [...b]];
  const at = ofA.findIndex((char, i) => char !== ofB[i]);
  return at === -1 ? ofA.length : at;
}

export const padEnd = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - cells(text)));
export const padStart = (text: string, width: number): string =>
  ' '.repeat(Math.max(0, width - cells(text))) + text;

/** `1 job`, `2 jobs`. */
export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;

/** 12345 as 12,345: the same on every machine, whatever its locale. */
export const count = (n: number): string => Math.round(n).toLocaleString('en-US');

/** `[######----]`: how much of `whole` is used. Never empty while something is used, never full before it all is. */
export function bar(used: number, whole: number, width: number): string {
  const share = whole <= 0 ? 1 : Math.min(1, Math.max(0, used / whole));
  const rounded = Math.round(share * width);
  const filled = share === 0 ? 0 : share === 1 ? width : Math.min(width - 1, Math.max(1, rounded));
  return `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}]`;
}
