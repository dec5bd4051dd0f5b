import { UNDECODABLE } from './lines.ts';

/**
 * The columns that mktq itself writes into a CSV file that is to come back: the id of the row's job, and what became of it. None of
 * them is an attribute, and they are found by their names, since a spreadsheet may have moved them.
 */
const OURS = 'mktq:';
export const ID_COLUMN = 'mktq:id';
export const REASON_COLUMN = 'mktq:reason';

/** The first line of a CSV file. */
export interface CsvHeader {
  readonly columns: readonly string[];
  /** Whether a byte order mark stands before it. */
  readonly isMarked: boolean;
}

/** As a database may have written it, too: in capitals it is no more an attribute. */
const nameOf = (column: string): string => column.trim().toLowerCase();

export const isOurs = (column: string): boolean => nameOf(column).startsWith(OURS);

/** Where the column of the ids stands; -1 where there is none. */
export const idColumnOf = (header: readonly string[]): number =>
  header.findIndex((column) => nameOf(column) === ID_COLUMN);

/** The cells of the sender's own columns, and what stands behind the header. */
interface SendersCells {
  readonly cells: readonly string[];
  readonly beyond: readonly string[];
}

/**
 * What a row says, for a file that is to come back. Where it lacks cells, or could not be read to its end, blanks would stand for them,
 * and where its bytes are no text U+FFFD: a cell behind the header keeps `enqueue` from sending it so.
 */
export function sendersCells(header: readonly string[], cells: readonly string[]): SendersCells {
  const own = header.flatMap((column, i) => (isOurs(column) ? [] : [cells[i] ?? '']));
  if (cells.length < widthOf(header)) return { cells: own, beyond: [INCOMPLETE] };
  const beyond = cells.slice(header.length);
  const isText = !own.some((cell) => cell.includes(UNDECODABLE));
  return { cells: own, beyond: isText ? beyond : [...beyond, NO_TEXT] };
}

const INCOMPLETE = 'cells are missing: fill them in, then clear this one';
const NO_TEXT = 'each \ufffd was no UTF-8: correct it, then clear this cell';

/** Cells that a row must have: to the last column that is the sender's own. */
export const widthOf = (header: readonly string[]): number =>
  header.findLastIndex((column) => column.trim() !== '' && !isOurs(column)) + 1;

/** Whether it may be what a spreadsheet has made of an id such as `mar-2` or `2026-11`. */
export const looksLikeDate = (id: string): boolean => DATES.some((date) => date.test(id));

const MONTH = '(?:jan|feb|fev|mar|mrz|apr|avr|ma[iy]|ju[iln]|aug|aou|sep|o[ck]t|nov|de[cz])[a-z]?';
const DATES = [
  /^\d{4}-\d\d?-\d\d?$/,
  /^\d\d?[-.]\d\d?[-.](?:\d\d){1,2}$/,
  new RegExp(`^\\d\\d?-${MONTH}(?:-(?:\\d\\d){1,2})?$`, 'i'),
  new RegExp(`^${MONTH}-\\d\\d$`, 'i'),
];
