import { stripVTControlCharacters } from 'node:util';

// Control characters, line separators, and what turns the direction of writing.
const CONTROL = /[\p{Cc}\u2028-\u202e\u2066-\u2069]+/gu;
// Letters that occupy two cells in every terminal: CJK, Hangul, full-width forms, emoji.
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u;
const NO_CELL = /^(?:\p{M}|\p{Cf})$/u;

/** One harmless line: what Marketo or a lead's name holds must not move the cursor or colour the screen. */
export const oneLine = (text: string): string =>
  stripVTControlCharacters(text).replace(CONTROL, ' ').replace(/ {2,}/g, ' ').trim();

/** Cells that the text takes in a terminal. */
export function cells(text: string): number {
  let count = 0;
  for (const char of stripVTControlCharacters(text)) count += cellsOf(char);
  return count;
}

const cellsOf = (char: string): number => (NO_CELL.test(char) ? 0 : WIDE.test(char) ? 2 : 1);

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
