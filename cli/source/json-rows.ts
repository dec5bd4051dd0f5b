import { isObject } from '../../shared/kernel/is-object.ts';
import { Failure } from '../exit.ts';
import { type Line, UNDECODABLE } from './lines.ts';
import { badRow, type SourceRow } from './row.ts';

/** Twice what a queue takes: white space may be as much again as the message. */
export const MOST_LINE_CHARACTERS = 512 * 1024;

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The objects of a stream of lines: one object per line, or one JSON document over any number of lines. A first line
 * that is an object of its own decides for the former; otherwise the beginning is kept back until it is known.
 */
export async function* jsonRows(
  lines: AsyncIterable<Line>,
  file: string,
  toMessage: (object: JsonObject) => JsonObject,
): AsyncGenerator<SourceRow> {
  let head: Line[] = [];
  let size = 0;
  let perLine = false;
  for await (const line of lines) {
    if (line.text.trim() === '') continue;
    if (!perLine) {
      head.push(line);
      size += line.text.length;
      // Past this size it cannot be one job.
      perLine = (head.length === 1 && isObject(parsed(line.text))) || size > MOST_LINE_CHARACTERS;
      if (!perLine) continue;
      for (const kept of head) yield rowOf(kept, toMessage);
      head = [];
    } else {
      yield rowOf(line, toMessage);
    }
  }
  if (!perLine) yield* documentOf(head, file, toMessage);
}

/** A short input whose first line is no object: one document, or lines of which the first is broken. */
function* documentOf(
  lines: readonly Line[],
  file: string,
  toMessage: (object: JsonObject) => JsonObject,
): Generator<SourceRow> {
  const [first] = lines;
  if (first === undefined) throw new Failure(`${file} is empty`);
  const text = lines.map((each) => each.text).join('\n');
  const value = parsed(text);
  if (isObject(value)) {
    yield objectOf(first.number, text, value, toMessage);
  } else if (Array.isArray(value)) {
    throw new Failure(`${file} is one JSON array; put one object per line instead`);
  } else if (lines.length > 1 && lines.some((line) => isObject(parsed(line.text)))) {
    for (const line of lines) yield rowOf(line, toMessage);
  } else {
    throw new Failure(`${file} is neither one JSON object nor one per line: ${whyNot(text)}`);
  }
}

function rowOf(line: Line, toMessage: (object: JsonObject) => JsonObject): SourceRow {
  if (line.tooLong) return badRow(line.number, `longer than ${MOST_LINE_CHARACTERS} characters`);
  const value = parsed(line.text);
  if (isObject(value)) return objectOf(line.number, line.text, value, toMessage);
  return badRow(line.number, value === undefined ? `not JSON: ${whyNot(line.text)}` : 'not a JSON object');
}

const objectOf = (
  line: number,
  text: string,
  value: JsonObject,
  toMessage: (object: JsonObject) => JsonObject,
): SourceRow =>
  text.includes(UNDECODABLE) ? badRow(line, 'not UTF-8') : { kind: 'job', line, value: toMessage(value) };

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function whyNot(text: string): string {
  try {
    JSON.parse(text);
    return 'it is not an object';
  } catch (error) {
    // The engine quotes the text around the fault, which may be a lead's: its position is enough.
    const words = error instanceof Error ? error.message : '';
    const at = /position (\d+)/.exec(words)?.[1];
    // What is missing at the end is reported as a fault at the place just behind it.
    if (/unexpected end/i.test(words) || Number(at) >= text.trimEnd().length) return 'it ends too early';
    if (at !== undefined) return `position ${at}`;
    return /^\s*[[{]/.test(text) ? 'a word in it is not JSON' : 'it is plain text';
  }
}
