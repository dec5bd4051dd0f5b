import { jsonProblem } from '../../shared/job/json-problem.ts';

/** JSON and XML with a line per element, for reading; anything else as it is. Never changes what --json prints. */
export function prettyBody(text: string): string {
  const trimmed = text.trim();
  if (trimmed.startsWith('<')) return prettyXml(trimmed);
  if (!/^[[{]/.test(trimmed)) return text;
  try {
    const value: unknown = JSON.parse(trimmed);
    // Past the levels of any job each line would begin with as many blanks as there are lines.
    return jsonProblem(value) === null ? JSON.stringify(value, null, 2) : text;
  } catch {
    return text;
  }
}

/** Deeper elements stand under one another: with a blank more for each, a text would grow to its square. */
const MOST_INDENT = 32;

const indent = (depth: number): string => '  '.repeat(Math.min(depth, MOST_INDENT));

/** An element that holds only text stays on its line. Broken XML comes out broken, nothing is lost of it. */
function prettyXml(text: string): string {
  const pieces = piecesOf(text).filter((piece) => piece.trim() !== '');
  const lines: string[] = [];
  let depth = 0;
  for (let i = 0; i < pieces.length; i += 1) {
    const piece = pieces[i] ?? '';
    if (isClosing(piece)) depth = Math.max(0, depth - 1);
    const [content = '', end = ''] = [pieces[i + 1], pieces[i + 2]];
    if (isOpening(piece) && !content.startsWith('<') && isClosing(end)) {
      lines.push(indent(depth) + piece + content + end);
      i += 2;
      continue;
    }
    if (isOpening(piece) && isClosing(content)) {
      lines.push(indent(depth) + piece + content);
      i += 1;
      continue;
    }
    lines.push(indent(depth) + piece.trim());
    if (isOpening(piece)) depth += 1;
  }
  return lines.join('\n');
}

const isClosing = (piece: string): boolean => piece.startsWith('</');
const isOpening = (piece: string): boolean => /^<[^/!?]/.test(piece) && !piece.endsWith('/>');

/** How a piece of markup begins and ends; the last is any tag. */
const MARKUP = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<', '>'],
] as const;

/**
 * The text in pieces: tags, comments, CDATA sections, and what stands between. One pass: an end that is missing once is
 * missing for the rest, and is not looked for again.
 */
function piecesOf(text: string): readonly string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const markup = text.startsWith('<', at) && MARKUP.find(([start]) => text.startsWith(start, at));
    const end = markup ? endOf(text, at, markup) : nextTag(text, at);
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}

/** Where a piece of markup ends; without its end it is the rest of the text. */
function endOf(text: string, at: number, [start, end]: (typeof MARKUP)[number]): number {
  const found = text.indexOf(end, at + start.length);
  return found < 0 ? text.length : found + end.length;
}

function nextTag(text: string, at: number): number {
  const found = text.indexOf('<', at);
  return found < 0 ? text.length : found;
}
