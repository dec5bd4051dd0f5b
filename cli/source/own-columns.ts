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

/** The cells of the sender's own columns, and those that stand behind the header: a row may be shorter, or longer, than it. */
interface SendersCells {
  readonly cells: readonly string[];
  readonly beyond: readonly string[];
}

export function sendersCells(header: readonly string[], cells: readonly string[]): SendersCells {
  return {
    cells: header.flatMap((column, i) => (isOurs(column) ? [] : [cells[i] ?? ''])),
    beyond: cells.slice(header.length),
  };
}
