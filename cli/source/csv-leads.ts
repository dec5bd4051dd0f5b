import type { CsvRow } from '../../shared/marketo/csv-rows.ts';
import { Failure, UsageError } from '../exit.ts';
import { count, plural } from '../render/text.ts';
import { type ColumnMap, missingColumn, nameIn } from './column-map.ts';
import { UNDECODABLE } from './lines.ts';
import { idColumnOf, isOurs, widthOf } from './own-columns.ts';
import { badRow, type SourceRow } from './row.ts';

/** The columns that are children of leadRecord itself; every other column is an attribute of that name. */
const RECORD_COLUMNS = ['Id', 'Email', 'ForeignSysPersonId', 'ForeignSysType'] as const;
/** The columns that can say which lead a row is about. */
const KEY_COLUMNS = ['Email', 'Id', 'ForeignSysPersonId'] as const;

export interface CsvOptions {
  readonly key: string;
  /** An empty cell is sent as an empty value, which clears the field, instead of not at all. */
  readonly blankClears: boolean;
  /** For messages. */
  readonly file: string;
  /** What the columns are called; without it as the header says. */
  readonly map?: ColumnMap | undefined;
  /** Told of the columns before the first row; what it throws ends the file there. */
  readonly checkColumns?: ((columns: readonly Column[]) => Promise<void>) | undefined;
  /** Told of the header as it stands in the file, before the first row. */
  readonly onHeader?: ((columns: readonly string[]) => void) | undefined;
}

/** A column whose cells are sent. */
export interface Column {
  /** In the header of the file. */
  readonly column: string;
  /** Of the attribute that it is sent as. */
  readonly attribute: string;
}

/**
 * Each row of a CSV file as a syncLead job. The header names the attributes, and may say which column holds the ids; a bad header ends
 * it before anything is sent.
 */
export async function* csvLeads(rows: AsyncIterable<CsvRow>, options: CsvOptions): AsyncGenerator<SourceRow> {
  let header: Header | null = null;
  for await (const row of rows) {
    if (row.kind === 'row' && row.cells.every((cell) => cell.trim() === '')) continue;
    if (header === null) {
      header = readHeader(row, options);
      options.onHeader?.(row.cells);
      await options.checkColumns?.(attributesOf(header));
    } else {
      const lead = row.kind === 'bad' ? badRow(row.line, reachOf(row)) : leadOf(row, header, options);
      yield { ...lead, cells: row.cells };
    }
  }
  if (header === null) throw new Failure(`${options.file} is empty; its first line must name the columns`);
}

interface Header {
  /** As they stand in the file. */
  readonly columns: readonly string[];
  /** As they are sent; empty for a column without a name, null for one that is left out. */
  readonly names: readonly (string | null)[];
  readonly key: number;
  /** Where the ids of the rows stand; -1: nowhere. */
  readonly ids: number;
}

const attributesOf = ({ columns, names }: Header): readonly Column[] =>
  names.flatMap((attribute, i) =>
    attribute === null || attribute === '' || isRecordColumn(attribute)
      ? []
      : [{ column: columns[i] ?? '', attribute }],
  );

const reachOf = (row: {
  readonly line: number;
  readonly lastLine: number;
  readonly error: string;
}): string =>
  row.lastLine > row.line ? `${row.error} (lines ${row.line} to ${row.lastLine} are not sent)` : row.error;

function readHeader(row: CsvRow, { key, file, map = new Map() }: CsvOptions): Header {
  if (row.kind === 'bad') throw new Failure(`the header of ${file} (line ${row.line}): ${row.error}`);
  if (!KEY_COLUMNS.some((column) => column === key)) {
    throw new UsageError(`--key must be one of ${KEY_COLUMNS.join(', ')}, the columns that can name a lead`);
  }
  const columns = row.cells.map((cell) => cell.trim());
  const names = columns.map((column) => (isOurs(column) ? null : nameIn(map, column)));
  const fault =
    separatorLine(row.cells) ??
    unreadable(columns) ??
    missingColumn(map, columns) ??
    twice(
      columns,
      columns.map((column) => (isOurs(column) ? column.toLowerCase() : null)),
    ) ??
    twice(columns, names) ??
    headerFault(
      names.filter((name) => name !== null),
      key,
    );
  if (fault !== null) throw new Failure(`the header of ${file} (line ${row.line}): ${fault}`);
  return { columns, names, key: names.indexOf(key), ids: idColumnOf(columns) };
}

/** A first line for Excel alone, which it hides. */
function separatorLine(cells: readonly string[]): string | null {
  const [, separator] = /^sep=(.?)$/i.exec(cells.join(',').trim()) ?? [];
  if (separator === undefined) return null;
  const commas = separator === ',' ? '' : ', and save the file with commas between the columns';
  return `"sep=${separator}" is for Excel alone; remove this line${commas}`;
}

function unreadable(columns: readonly string[]): string | null {
  if (columns.some((column) => column.includes(UNDECODABLE)))
    return 'it is not UTF-8; save the file as UTF-8';
  const [only = ''] = columns;
  const other = columns.length === 1 ? /[,;\t|]/.exec(only)?.[0] : undefined;
  if (other === ',')
    return 'all of it is one quoted cell; open the file again with the comma as separator, and save it anew';
  return other === undefined
    ? null
    : `its columns are separated by ${other === '\t' ? 'tabs' : JSON.stringify(other)}; save the file with commas`;
}

function twice(columns: readonly string[], names: readonly (string | null)[]): string | null {
  const second = names.findIndex((name, i) => name !== null && name !== '' && names.indexOf(name) !== i);
  if (second < 0) return null;
  const name = names[second] ?? '';
  const [one = '', other = ''] = [columns[names.indexOf(name)], columns[second]];
  return one === other
    ? `the column ${one} is there twice`
    : `the columns ${one} and ${other} would both be ${name}; map one of them to another name, or to null, which leaves it out`;
}

const headerFault = (names: readonly string[], key: string): string | null =>
  miscased(names) ?? missingKey(names, key) ?? untypedForeignId(names);

// Marketo would take `email` for a custom attribute, and every row for a lead without a key.
function miscased(names: readonly string[]): string | null {
  for (const name of names) {
    const column = RECORD_COLUMNS.find((known) => known.toLowerCase() === name.toLowerCase());
    if (column !== undefined && column !== name) return `the column ${name} must be spelt ${column}`;
  }
  return null;
}

function missingKey(names: readonly string[], key: string): string | null {
  if (names.includes(key)) return null;
  const others = names.filter((name) => name !== '');
  return `there is no column ${key}${others.length === 0 ? ', nor any other that is sent' : `; it has ${others.join(', ')}`}`;
}

/** Marketo takes a foreign id with its type alone: every row that has one would be refused. */
const untypedForeignId = (names: readonly string[]): string | null =>
  names.includes('ForeignSysPersonId') && !names.includes('ForeignSysType')
    ? 'ForeignSysPersonId needs a column ForeignSysType beside it, which says CUSTOM, SFDC or NETSUITE'
    : null;

function leadOf(
  { line, cells }: { readonly line: number; readonly cells: readonly string[] },
  header: Header,
  { key, blankClears }: CsvOptions,
): SourceRow {
  const stray = cells.findIndex((cell, i) => cell.trim() !== '' && header.names[i] === '');
  if (stray >= 0) return badRow(line, `column ${stray + 1} has a value, but no name in the header`);
  const width = widthOf(header.columns);
  if (cells.length < width || cells.slice(header.names.length).some((cell) => cell.trim() !== ''))
    return badRow(line, `${plural(cells.length, 'cell')} where the header names ${count(width)}`);
  const shortened = NUMBER_COLUMNS.find((name) =>
    SHORTENED.test((cells[header.names.indexOf(name)] ?? '').trim()),
  );
  if (shortened !== undefined)
    return badRow(
      line,
      `${shortened} has been made a decimal number; format the column as text, and export it again`,
    );
  const undecodable = cells.findIndex((cell, i) => header.names[i] !== null && cell.includes(UNDECODABLE));
  if (undecodable >= 0) return badRow(line, `${header.columns[undecodable]} is not UTF-8`);
  const keyCell = (cells[header.key] ?? '').trim();
  if (keyCell === '') return badRow(line, `${key} is empty`);
  // Files that were put together keep the header of each.
  if (header.columns.includes(keyCell)) return badRow(line, 'is a header once more; leave it out');
  const record: Record<string, unknown> = {};
  const attribute: { attrName: string; attrValue: string }[] = [];
  for (const [i, name] of header.names.entries()) {
    if (name === null || name === '') continue;
    const cell = cells[i] ?? '';
    if (isRecordColumn(name)) {
      if (cell.trim() !== '') record[name] = name === 'Id' ? numberOrText(cell.trim()) : cell.trim();
    } else if (cell !== '' || blankClears) {
      attribute.push({ attrName: name, attrValue: cell });
    }
  }
  // In an order of their own: a row whose columns were moved is the same job.
  attribute.sort((a, b) => (a.attrName < b.attrName ? -1 : 1));
  const leadRecord = attribute.length === 0 ? record : { ...record, leadAttributeList: { attribute } };
  const id = (cells[header.ids] ?? '').trim();
  const message = { operation: 'syncLead', params: { leadRecord, returnLead: false } };
  return { kind: 'job', line, value: id === '' ? message : { id, ...message } };
}

const NUMBER_COLUMNS = ['Id', 'ForeignSysPersonId'] as const;

/** `1234.0` of a column that has empty cells, `1.2E+09` of a narrow one: a spreadsheet's way with long numbers. */
const SHORTENED = /^\d+(?:[.,]0+|(?:[.,]\d+)?E\+?\d+)$/i;

const isRecordColumn = (name: string): boolean => RECORD_COLUMNS.some((column) => column === name);

/** A text that is no whole number stays text, for the schema to refuse by its path. */
const numberOrText = (cell: string): number | string => (/^\d{1,15}$/.test(cell) ? Number(cell) : cell);
