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

export const isOurs = (column: string): boolean => column.trim().startsWith(OURS);

/** Where the column of the ids stands; -1 where there is none. */
export const idColumnOf = (header: readonly string[]): number =>
  header.findIndex((column) => column.trim() === ID_COLUMN);

/** The cells of the sender's own columns, and what stands behind the header. */
interface SendersCells {
  readonly cells: readonly string[];
  readonly beyond: readonly string[];
}

/**
 * What a row says, for a file that is to come back. Where it lacks cells, or could not be read to its end, blanks would stand for them: a
 * cell behind the header keeps `enqueue` from sending it so.
 */
export function sendersCells(header: readonly string[], cells: readonly string[]): SendersCells {
  return {
    cells: header.flatMap((column, i) => (isOurs(column) ? [] : [cells[i] ?? ''])),
    beyond: cells.length < widthOf(header) ? [INCOMPLETE] : cells.slice(header.length),
  };
}

const INCOMPLETE = 'cells are missing: fill them in, then clear this one';

/** Cells that a row must have: to the last column that is the sender's own. */
export const widthOf = (header: readonly string[]): number =>
  header.findLastIndex((column) => column.trim() !== '' && !isOurs(column)) + 1;
