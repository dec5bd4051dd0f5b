import { nearest } from '../../shared/config/spelling.ts';
import { whyNotJson } from '../../shared/job/why-not-json.ts';
import { isObject } from '../../shared/kernel/is-object.ts';
import type { Cli } from '../cli.ts';
import { Failure } from '../exit.ts';
import { isOurs } from './own-columns.ts';
import { wholeText } from './pieces.ts';

/** What columns of a file are called in Marketo; null leaves a column out. A column that is not in it keeps its name. */
export type ColumnMap = ReadonlyMap<string, string | null>;

const EXAMPLE = '{"First name":"FirstName","Internal note":null}';

/** The map in a JSON file, or a Failure that says what to change in it. */
export async function readColumnMap(file: string, stdin: Cli['stdin']): Promise<ColumnMap> {
  const wrong = (what: string): Failure =>
    new Failure(`--map ${file} ${what}; it is a JSON object such as ${EXAMPLE}`);
  const text = await wholeText(file, stdin);
  const fault = whyNotJson(text);
  if (fault !== null) throw wrong(`is not JSON: ${fault}`);
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) throw wrong('is no JSON object');
  const map = new Map<string, string | null>();
  for (const [column, name] of Object.entries(value)) {
    const isName = typeof name === 'string' && name.trim() !== '';
    if (isOurs(column) || (isName && isOurs(name)))
      throw wrong(`names a column that begins with mktq:, which is never an attribute`);
    if (name !== null && !isName)
      throw wrong(`gives the column ${JSON.stringify(column)} neither a name nor null`);
    map.set(column.trim(), isName ? name.trim() : null);
  }
  const second = twice(text);
  if (second !== null) throw wrong(`names the column ${JSON.stringify(second)} twice`);
  return map;
}

/** A column that the text of a map names more than once; null: none. JSON.parse takes the last of them, and says nothing. */
function twice(text: string): string | null {
  const names = [...text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?/g)].flatMap(([, name = '', colon]) =>
    colon === undefined ? [] : [String(JSON.parse(name)).trim()],
  );
  return names.find((name, i) => names.indexOf(name) !== i) ?? null;
}

/** The first column of the map that the header lacks, in words; null: it has them all. */
export function missingColumn(map: ColumnMap, columns: readonly string[]): string | null {
  const missing = [...map.keys()].find((column) => !columns.includes(column));
  if (missing === undefined) return null;
  const near = nearest(missing, columns);
  const hint = near === null ? 'take it out of the map' : `did you mean ${JSON.stringify(near)}?`;
  return `--map names the column ${JSON.stringify(missing)}, which it does not have; ${hint}`;
}

/** The name of a column; null: it is left out. */
export const nameIn = (map: ColumnMap, column: string): string | null => {
  const name = map.get(column);
  return name === undefined ? column : name;
};
