import { lineIdOf } from '../../shared/ledger/chunks.ts';
import { csvRows } from '../../shared/marketo/csv-rows.ts';
import type { Cli } from '../cli.ts';
import { Failure } from '../exit.ts';
import { decoded } from '../source/lines.ts';
import { idColumnOf } from '../source/own-columns.ts';
import { nameOf, piecesOf } from '../source/pieces.ts';

/** The file that a batch was made of, as it is read once more. */
export interface Original {
  readonly header: readonly string[];
  /** Whether it begins with a byte order mark. */
  readonly isMarked: boolean;
  readonly rows: AsyncIterable<OriginalRow>;
}

export interface OriginalRow {
  /** By the column of the ids, or else by the line, as enqueue gave it. */
  readonly jobId: string;
  readonly line: number;
  readonly cells: readonly string[];
  /** Why the row cannot be read to its end; null if it can. */
  readonly error: string | null;
}

/** Reads the header; the rows are read as they are asked for. A Failure for a file that is none. */
export async function openOriginal(file: string, batch: string, stdin: Cli['stdin']): Promise<Original> {
  const name = nameOf(file);
  let isMarked = false;
  const texts = decoded(piecesOf(file, stdin), name, () => {
    isMarked = true;
  });
  const rows = rowsOf(csvRows(texts), batch);
  const first = await rows.next();
  if (first.done === true) throw new Failure(`${name} is empty; its first line must name the columns`);
  const { line, cells, error } = first.value;
  if (error !== null) throw new Failure(`the header of ${name} (line ${line}): ${error}`);
  const ids = idColumnOf(cells);
  return { header: cells, isMarked, rows: ids < 0 ? rows : byColumn(rows, ids) };
}

async function* rowsOf(rows: ReturnType<typeof csvRows>, batch: string): AsyncGenerator<OriginalRow> {
  for await (const row of rows) {
    const { line, cells } = row;
    if (row.kind === 'row' && cells.every((cell) => cell.trim() === '')) continue;
    yield { jobId: lineIdOf(batch, line), line, cells, error: row.kind === 'bad' ? row.error : null };
  }
}

async function* byColumn(rows: AsyncIterable<OriginalRow>, ids: number): AsyncGenerator<OriginalRow> {
  for await (const row of rows) yield { ...row, jobId: row.cells[ids]?.trim() ?? '' };
}
