import { type CsvRow, csvRowsOf } from '../../csv-rows.ts';
import { refusal, unlike } from '../call/findings.ts';
import type { Finding } from '../call/mapping.ts';
import type { LeadField, LeadFields } from '../leads/lead-fields.ts';

/** What the lines of an import have to be, so that they make a file that REST reads as SOAP read them. */

/** REST takes a file of 10 MB. */
const MOST_FILE_BYTES = 10_000_000;

/** Names of the columns as SOAP knows them, by the rules of CSV; or why they cannot be read. */
export type Header =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'bad'; readonly finding: Finding };

export function readHeader(line: string): Header {
  const row = rowOf(line.trim());
  if (typeof row === 'string') return bad(`importFileHeader ${row}`);
  if (row.length === 0) return bad('importFileHeader is empty');
  const names = row.map((cell) => cell.trim());
  const empty = names.indexOf('');
  if (empty >= 0) return bad(`column ${empty + 1} of importFileHeader has no name`);
  const token = names.find((name) => /^\{\{.*\}\}$/.test(name));
  if (token === undefined) return { kind: 'names', names };
  return bad(
    `the column ${token} holds a token for each lead, which REST does not import; send it by requestCampaign`,
  );
}

const bad = (message: string): Header => ({ kind: 'bad', finding: refusal(message) });

/** The columns by their REST names; one that no field has keeps its own, and a finding says so. */
export interface Columns {
  readonly names: readonly string[];
  /** The field by which Marketo finds the leads. */
  readonly lookup: 'email' | 'id';
  readonly findings: readonly Finding[];
}

export function columnsOf(names: readonly string[], fields: LeadFields): Columns {
  const found = names.map((name) => ({ name, field: fieldOf(name, fields) }));
  const rest = found.map(({ name, field }) => field?.rest ?? name);
  const lookup = rest.includes('email') ? 'email' : 'id';
  return {
    names: rest,
    lookup,
    findings: [
      ...found.flatMap(({ name, field }) => (field === null ? [unknown(name, fields)] : [])),
      ...twice(names, rest),
      ...(rest.includes(lookup)
        ? []
        : [refusal('importFileHeader has neither the e-mail address nor the id')]),
      ...(lookup === 'email' && rest.includes('id')
        ? [unlike('the leads are found by their e-mail address, not by the id beside it')]
        : []),
      ...found.flatMap(({ name, field }) =>
        field?.readOnly === true && field.rest !== 'id'
          ? [unlike(`the field "${name}" is read-only in REST`)]
          : [],
      ),
    ],
  };
}

/** SOAP's header had display names. One that several fields have is none's, unless it is an API name as well. */
function fieldOf(name: string, fields: LeadFields): LeadField | null {
  const called = fields.all.filter(({ displayName }) => displayName === name);
  const [only] = called;
  if (only !== undefined && called.length === 1) return only;
  const spelled = fields.all.find(({ soap, rest }) => soap === name || rest === name);
  return called.length > 1 ? (spelled ?? null) : fields.bySoapName(name);
}

function unknown(name: string, fields: LeadFields): Finding {
  const nearest = fields.nearest(name).map((one) => `"${one}"`);
  const hint = nearest.length === 0 ? '' : `; did you mean ${nearest.join(' or ')}?`;
  return refusal(`importFileHeader names "${name}", which is no one field of this instance${hint}`, 1006);
}

function twice(names: readonly string[], rest: readonly string[]): readonly Finding[] {
  return rest.flatMap((field, index) => {
    const first = rest.indexOf(field);
    return first === index
      ? []
      : [refusal(`the columns "${names[first]}" and "${names[index]}" are one field, ${field}`)];
  });
}

/** What makes the rows no file: one that would not stay a row, and too many of them. Names rows by position, from 1. */
export function rowFindings(header: string, rows: readonly string[]): readonly Finding[] {
  const wrong = rows.flatMap((row, index) => {
    const read = rowOf(row);
    return typeof read === 'string' ? [`row ${index + 1} ${read}`] : [];
  });
  const [first] = wrong;
  const others = wrong.length > 1 ? `, and so do ${wrong.length - 1} more` : '';
  const bytes = Buffer.byteLength(fileOf([header], rows));
  return [
    ...(first === undefined ? [] : [refusal(`${first}${others}`)]),
    ...(bytes <= MOST_FILE_BYTES
      ? []
      : [refusal(`the file would have ${bytes} bytes, and REST takes 10 MB`)]),
  ];
}

/** The cells of one line; else what is wrong with it. An empty line has none. */
function rowOf(line: string): readonly string[] | string {
  const rows = csvRowsOf(line);
  const broken = rows.find((row): row is CsvRow & { readonly kind: 'bad' } => row.kind === 'bad');
  if (broken !== undefined) return `is no row of CSV: ${broken.error}`;
  const [row] = rows;
  if (rows.length > 1 || /[\r\n]$/.test(line) || (row !== undefined && row.line > 1))
    return 'has a line end outside quotes';
  return row?.kind === 'row' ? row.cells : [];
}

/** The cell of this column in each row; empty where a row has none. */
export const cellsOf = (rows: readonly string[], column: number): readonly string[] =>
  rows.map((row) => {
    const cells = rowOf(row);
    return typeof cells === 'string' ? '' : (cells[column] ?? '').trim();
  });

/** The rows as they are, below the names. */
export const fileOf = (names: readonly string[], rows: readonly string[]): string =>
  [names.map(quoted).join(','), ...rows].join('\n');

const quoted = (name: string): string => (/[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);
