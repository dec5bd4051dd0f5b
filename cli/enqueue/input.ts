import type { Cli } from '../cli.ts';
import { UsageError } from '../exit.ts';
import { note } from '../render/print.ts';
import { count } from '../render/text.ts';
import { readColumnMap } from '../source/column-map.ts';
import type { Column } from '../source/csv-leads.ts';
import type { CsvHeader } from '../source/own-columns.ts';
import { nameOf } from '../source/pieces.ts';
import type { SourceRow } from '../source/row.ts';
import type { HeaderCheck } from './header-check.ts';
import type { EnqueueOptions } from './options.ts';
import { sizeOf, sourceOf } from './source.ts';

/** The rows that the options name, and what is known of where they come from. */
export interface Input {
  readonly rows: AsyncIterable<SourceRow>;
  /** In bytes; null: it has no end that could be known. */
  readonly size: number | null;
  readonly bytesRead: () => number;
  /** Null before the header is read, and where there is none to be checked. */
  readonly header: () => HeaderCheck | null;
  /** Of a CSV file, from its first row on. */
  readonly csvHeader: () => CsvHeader;
}

/** Nothing but the map is opened before the first row is asked for; then the columns are checked before it comes. */
export async function inputOf(cli: Cli, options: EnqueueOptions): Promise<Input> {
  const { csv, map, headerCheck, workspace } = options;
  if (map === '-' && csv === '-')
    throw new UsageError('--csv - and --map - both read stdin: give one of them as a file');
  let read = 0;
  let header: HeaderCheck | null = null;
  let csvHeader: CsvHeader = { columns: [], isMarked: false };
  const checkColumns = async (columns: readonly Column[]): Promise<void> => {
    const { checkHeader } = await import('./header-check.ts');
    header = await checkHeader(cli, columns, { file: nameOf(csv ?? ''), workspace });
    // Of a dry run it is part of the answer.
    if (header.doubtful.length > 0 && options.dryRun !== true) note(cli, doubt(header));
  };
  const rows = sourceOf(options, cli.stdin, {
    map: map === undefined ? undefined : await readColumnMap(map, cli.stdin),
    checkColumns: headerCheck === false ? undefined : checkColumns,
    onHeader: (read) => {
      csvHeader = read;
    },
    onBytes: (bytes) => {
      read += bytes;
    },
  });
  const file = options.jobs ?? csv ?? options.file;
  return {
    rows,
    size: sizeOf(file),
    bytesRead: () => read,
    header: () => header,
    csvHeader: () => csvHeader,
  };
}

const doubt = ({ doubtful, comparedWith }: HeaderCheck): string =>
  doubtful.length === 1
    ? `1 column is no standard field: ${doubtful[0]}. If Marketo does not have it either, each row that fills it is dead-lettered (fields: ${comparedWith})`
    : `${count(doubtful.length)} columns are no standard fields: ${doubtful.join(', ')}. If Marketo does not have one of them either, each row that fills it is dead-lettered (fields: ${comparedWith})`;
