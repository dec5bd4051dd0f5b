import { Failure } from '../exit.ts';
import { type Line, UNDECODABLE } from './lines.ts';
import { badRow, type SourceRow } from './row.ts';

/** Twice what a queue takes: white space may be as much again as the message. */
export const MOST_LINE_CHARACTERS = 512 * 1024;

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The objects of a stream of lines: one JSON document over any number of lines, or one object per line. Which of the
 * two it is, is known when the first line that is not empty does not stand on its own, or does.
 */
export async function* jsonRows(
  lines: AsyncIterable<Line>,
  file: string,
  valueOf: (object: JsonObject) => JsonObject,
): AsyncGenerator<SourceRow> {
  const head: Line[] = [];
  let size = 0;
  let perLine = false;
  let any = false;
  for await (const line of lines) {
    if (line.text.trim() === '') {
      if (!perLine) head.push(line);
      continue;
    }
    any = true;
    if (perLine) {
      yield rowOf(line, valueOf);
      continue;
    }
    head.push(line);
    size += line.text.length;
    // Until a line stands on its own the whole may still be one document; past this size it cannot be a job.
    perLine = isObject(parsed(line.text)) || size > MOST_LINE_CHARACTERS;
    if (perLine) yield* rowsOf(head.splice(0), valueOf);
  }
  if (!any) throw new Failure(`${file} is empty`);
  if (!perLine) yield documentOf(head, file, valueOf);
}

function* rowsOf(lines: readonly Line[], valueOf: (object: JsonObject) => JsonObject): Generator<SourceRow> {
  for (const line of lines) if (line.text.trim() !== '') yield rowOf(line, valueOf);
}

function documentOf(
  lines: readonly Line[],
  file: string,
  valueOf: (object: JsonObject) => JsonObject,
): SourceRow {
  const line = (lines.find(({ text }) => text.trim() !== '') ?? { number: 1 }).number;
  const text = lines.map((each) => each.text).join('\n');
  const value = parsed(text);
  if (isObject(value)) return objectOf(line, text, value, valueOf);
  if (Array.isArray(value)) throw new Failure(`${file} is one JSON array; put one object per line instead`);
  throw new Failure(`${file} is neither one JSON object nor one per line: ${whyNot(text)}`);
}

function rowOf(line: Line, valueOf: (object: JsonObject) => JsonObject): SourceRow {
  if (line.tooLong) return badRow(line.number, `longer than ${MOST_LINE_CHARACTERS} characters`);
  const value = parsed(line.text);
  if (isObject(value)) return objectOf(line.number, line.text, value, valueOf);
  return badRow(line.number, value === undefined ? `not JSON: ${whyNot(line.text)}` : 'not a JSON object');
}

const objectOf = (
  line: number,
  text: string,
  value: JsonObject,
  valueOf: (object: JsonObject) => JsonObject,
): SourceRow =>
  text.includes(UNDECODABLE) ? badRow(line, 'not UTF-8') : { kind: 'job', line, value: valueOf(value) };

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
    return /position \d+/.exec(words)?.[0] ?? 'it ends too early';
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
