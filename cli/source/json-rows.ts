import { whyNotJson } from '../../shared/job/why-not-json.ts';
import { isObject } from '../../shared/kernel/is-object.ts';
import { jsonIn } from '../../shared/kernel/json-in.ts';
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
      perLine = (head.length === 1 && isObject(jsonIn(line.text))) || size > MOST_LINE_CHARACTERS;
      if (!perLine) continue;
      if (isSpread(head))
        throw new Failure(
          `${file} is JSON over many lines; ${onePerLine(beginning(head).startsWith('[') ? '.[]' : '.')}`,
        );
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
  const value = jsonIn(text);
  if (isObject(value)) {
    yield objectOf(first.number, text, value, toMessage);
  } else if (Array.isArray(value) || (first.tooLong && first.text.trimStart().startsWith('['))) {
    throw new Failure(`${file} is one JSON array; ${onePerLine('.[]')}`);
  } else if (first.tooLong) {
    yield rowOf(first, toMessage);
  } else if (!isSpread(lines) && lines.length > 1 && lines.some((line) => isObject(jsonIn(line.text)))) {
    for (const line of lines) yield rowOf(line, toMessage);
  } else {
    const spread = isSpread(lines) ? `; ${onePerLine('.')}` : '';
    throw new Failure(`${file} is neither one JSON object nor one per line: ${whyNot(text)}${spread}`);
  }
}

function rowOf(line: Line, toMessage: (object: JsonObject) => JsonObject): SourceRow {
  if (line.tooLong) return badRow(line.number, `longer than ${MOST_LINE_CHARACTERS} characters`);
  const value = jsonIn(line.text);
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

const whyNot = (text: string): string => whyNotJson(text) ?? 'it is not an object';

/** Objects, or a list of them, as a person would read them: no line of the first is an object of its own. */
const isSpread = (lines: readonly Line[]): boolean =>
  lines.length > 1 && /^(?:\[|\{|\[\s*\{.*[,{])\s*$/.test(beginning(lines));

const beginning = (lines: readonly Line[]): string => (lines[0]?.text ?? '').trim();

const onePerLine = (filter: string): string => `put one object per line instead, as jq -c '${filter}' does`;
