import { cells, pieces } from './text.ts';

/** Shown as it was sent, however wide: a body broken into lines could not be copied. */
export interface Verbatim {
  readonly verbatim: string;
}

/** A screen for people, in parts one below the other. */
export type Screen = string | readonly (string | Verbatim)[];

/** The screen as text in which no line is wider than `width` cells, but for those of a body. Infinity (a pipe) breaks nothing. */
export const fitScreen = (screen: Screen, width: number): string =>
  (typeof screen === 'string' ? [screen] : screen)
    .map((part) => (typeof part === 'string' ? fitText(part, width) : part.verbatim))
    .join('\n');

/**
 * Breaks lines at spaces, under the text of the first; a typed command so that it can still be pasted, with ` \`. What is
 * wider than a line by itself is broken anywhere.
 */
export function fitText(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => (cells(line) <= width ? line : fitLine(line, Math.max(LEAST_WIDTH, width))))
    .join('\n');
}

/** In fewer cells nobody could read a text, nor would an indent and a word have room. */
const LEAST_WIDTH = 20;
/** Of the width, that a label may take for what goes on below its text. */
const MOST_LABEL = 0.4;

/** Characters per cell of a line, at which its rest need not be looked at further: colours take some and no cell. */
const LOOK_AHEAD = 4;

// Ends where prose goes on: before a bracket, two blanks, or after a comma. Quoted words are one. Without npx in the examples of a help.
const COMMAND = String.raw`(?:(?:echo '[^']*' \| )?npx |(?<=^  ))mktq(?:(?<![,:]) (?:\\.|"[^"]*"|'[^']*'|[^\s"'\\();])+)*`;
// A short name in quotes is broken nowhere: in JSON that is to be copied a line break would be part of it.
const PROSE = `(?:"[^"]{1,60}"|[^ ])+`;
const UNIT = new RegExp(`( *)(?:(${COMMAND})|(${PROSE}))`, 'gu');
const LABEL = /^ *\S+(?: \S+){0,4} {2,}(?=\S)/u;

function fitLine(line: string, width: number): string {
  const plain = withoutColours(line);
  const hang = ' '.repeat(hangOf(plain, width));
  // What a command does not have room for beside its label, it has below it: the label may be half a line.
  const below = ' '.repeat(indentOf(plain, width) + 2);
  const lines: string[] = [];
  let current = '';
  let isAfterCommand = false;
  const begin = (start: string): void => {
    if (current.trim() !== '') lines.push(current);
    current = start;
  };
  for (const found of line.matchAll(UNIT)) {
    const [, gap = '', command, word = ''] = found;
    const unit = command ?? word;
    // What a command does stands behind it on its line, or else below it.
    const whole =
      isAfterCommand && gap.length > 1
        ? line.slice(found.index, found.index + LOOK_AHEAD * width)
        : gap + unit;
    isAfterCommand = command !== undefined;
    if (cells(current) + cells(whole) <= width) {
      current += gap + unit;
      continue;
    }
    begin(current === '' ? gap : command === undefined ? hang : below);
    const broken =
      command === undefined ? wordLines(word, current, hang, width) : commandLines(command, current, width);
    lines.push(...broken.slice(0, -1));
    current = broken.at(-1) ?? '';
  }
  return [...lines, current].join('\n');
}

const withoutColours = (line: string): string =>
  pieces(line)
    .map(({ text, size }) => (size === null ? '' : text))
    .join('');

/** Where the lines below the first begin: under the text beside a label, otherwise two further in. */
function hangOf(plain: string, width: number): number {
  const label = cells(LABEL.exec(plain)?.[0] ?? '');
  const isTyped = /^(?: *npx| ) mktq /u.test(plain);
  return label > 0 && label <= width * MOST_LABEL && !isTyped ? label : indentOf(plain, width) + 2;
}

const indentOf = (plain: string, width: number): number =>
  Math.min(plain.length - plain.trimStart().length, Math.floor(width * MOST_LABEL));

/** One word behind `start`, in as many lines as it takes. */
function wordLines(word: string, start: string, hang: string, width: number): readonly string[] {
  const lines: string[] = [];
  let current = start;
  let used = cells(start);
  for (const { text, size } of pieces(word)) {
    if (used + (size ?? 0) > width) {
      lines.push(current);
      current = hang;
      used = cells(hang);
    }
    current += text;
    used += size ?? 0;
  }
  return [...lines, current];
}

const WORD = String.raw`(?:\\.|"[^"]*"|'[^']*'|[^\s"'\\])+`;
/** An option with the word after it, its value if it has one. */
const PHRASE = new RegExp(`--${WORD} (?!-)${WORD}|${WORD}`, 'gu');
const WORDS = new RegExp(WORD, 'gu');

/** A command in the parts that stay whole: an option and its value if a line has room for both. */
const partsOf = (command: string, most: number): readonly string[] =>
  (command.match(PHRASE) ?? []).flatMap((phrase) =>
    cells(phrase) <= most ? [phrase] : (phrase.match(WORDS) ?? []),
  );

/** A command behind `start`, its lines joined by a backslash as a shell reads them. */
function commandLines(command: string, start: string, width: number): readonly string[] {
  if (cells(start) + cells(command) <= width) return [start + command];
  const lines: string[] = [];
  const further = `${start}  `;
  let current = start;
  for (const word of partsOf(command, width - cells(further) - MARK.length)) {
    const gap = current.trim() === '' ? '' : ' ';
    if (cells(current) + cells(gap + word) + MARK.length <= width) {
      current += gap + word;
      continue;
    }
    if (gap !== '') {
      lines.push(current + MARK);
      current = further;
    }
    const broken = brokenWord(word, current, width - MARK.length);
    lines.push(...broken.slice(0, -1));
    current = broken.at(-1) ?? '';
  }
  return [...lines, current];
}

const MARK = ' \\';

/** In the middle of a word the next line has to begin at the margin: a blank would end the word. Quotes are closed and opened again. */
function brokenWord(word: string, start: string, width: number): readonly string[] {
  const quote = word.startsWith("'") ? "'" : '';
  const lines: string[] = [];
  let current = start;
  for (const char of word) {
    if (cells(current) + cells(char) + quote.length > width) {
      lines.push(`${current}${quote}\\`);
      current = quote;
    }
    current += char;
  }
  return [...lines, current];
}
