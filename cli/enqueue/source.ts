import { existsSync, statSync } from 'node:fs';
import { csvRows } from '../../shared/marketo/csv-rows.ts';
import { OPERATION_NAMES } from '../../shared/marketo/operations/operation-names.ts';
import { isOperationName, validateParams } from '../../shared/marketo/operations/registry.ts';
import type { Cli } from '../cli.ts';
import { UsageError } from '../exit.ts';
import type { ColumnMap } from '../source/column-map.ts';
import { type Column, type CsvOptions, csvLeads } from '../source/csv-leads.ts';
import { jsonRows, MOST_LINE_CHARACTERS } from '../source/json-rows.ts';
import { decoded, linesOf } from '../source/lines.ts';
import type { CsvHeader } from '../source/own-columns.ts';
import { nameOf, piecesOf } from '../source/pieces.ts';
import type { SourceRow } from '../source/row.ts';
import type { EnqueueOptions } from './options.ts';

/** What else a reader of rows has to do with the file. */
export interface Reading {
  readonly map?: ColumnMap | undefined;
  readonly checkColumns?: ((columns: readonly Column[]) => Promise<void>) | undefined;
  readonly onHeader?: ((header: CsvHeader) => void) | undefined;
  /** Told of each piece when its rows have been taken. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** The rows that the options name, or a UsageError. Nothing is opened before the first row is asked for. */
export function sourceOf(
  options: EnqueueOptions,
  stdin: Cli['stdin'],
  reading: Reading = {},
): AsyncIterable<SourceRow> {
  if (options.csv === undefined && isForCsv(options)) {
    throw new UsageError(
      '--key, --blank-clears, --map, --no-header-check, --rejects and --include-in-doubt belong to --csv',
    );
  }
  let isMarked = false;
  const onMark = (): void => {
    isMarked = true;
  };
  const texts = (file: string) => decoded(piecesOf(file, stdin, reading.onBytes), nameOf(file), onMark);
  if (options.jobs !== undefined) return jobMessages(options.jobs, options, texts);
  const operation = operationOf(options.operation);
  return options.csv === undefined
    ? paramsSource(operation, options.file, texts)
    : csvSource(options.csv, operation, options, texts, {
        map: reading.map,
        checkColumns: reading.checkColumns,
        onHeader: (columns) => reading.onHeader?.({ columns, isMarked }),
      });
}

/** Bytes of a file that ends; null for stdin, a pipe, and what is not there. */
export function sizeOf(file: string | undefined): number | null {
  const stats = file === undefined || file === '-' ? undefined : statSync(file, { throwIfNoEntry: false });
  return stats?.isFile() === true ? stats.size : null;
}

const isForCsv = (options: EnqueueOptions): boolean =>
  options.key !== undefined ||
  options.blankClears === true ||
  options.map !== undefined ||
  options.headerCheck === false ||
  options.rejects !== undefined ||
  options.includeInDoubt === true;

type Texts = (file: string) => AsyncIterable<string>;

function jobMessages(file: string, options: EnqueueOptions, texts: Texts): AsyncIterable<SourceRow> {
  if (options.operation !== undefined || options.csv !== undefined) {
    throw new UsageError('--jobs takes whole messages: leave OPERATION and --csv out');
  }
  return jsonRows(linesOf(texts(file), MOST_LINE_CHARACTERS), nameOf(file), (message) => message);
}

function operationOf(name: string | undefined): string {
  if (name === undefined) throw new UsageError('say which OPERATION to enqueue, or --jobs FILE');
  if (isOperationName(name)) return name;
  if (isFile(name)) throw new UsageError(forFile(name));
  const near = OPERATION_NAMES.find((known) => known.toLowerCase() === name.toLowerCase());
  throw new UsageError(
    near === undefined
      ? `${name} is not an operation; they are ${OPERATION_NAMES.join(', ')}`
      : `${name} is not an operation; did you mean ${near}?`,
  );
}

/** No operation has a dot or a slash in its name. */
const isFile = (word: string): boolean => word === '-' || /[./]/.test(word) || existsSync(word);

const forFile = (file: string): string =>
  /\.csv$/i.test(file)
    ? `${file} is a file: name the operation first, as in syncLead --csv ${file} --key Email`
    : `${nameOf(file)} is not an operation: for whole job messages use --jobs ${file}, for params name their operation first, as in syncLead ${file}`;

function csvSource(
  file: string,
  operation: string,
  options: EnqueueOptions,
  texts: Texts,
  reading: Pick<CsvOptions, 'map' | 'checkColumns' | 'onHeader'>,
): AsyncIterable<SourceRow> {
  if (operation !== 'syncLead') throw new UsageError('--csv is for syncLead');
  if (options.file !== undefined) throw new UsageError('--csv names the file: leave the other one out');
  if (options.key === undefined) throw new UsageError('--csv needs --key: the column that names the lead');
  return csvLeads(csvRows(texts(file)), {
    key: options.key,
    blankClears: options.blankClears === true,
    file: nameOf(file),
    ...reading,
  });
}

function paramsSource(operation: string, file: string | undefined, texts: Texts): AsyncIterable<SourceRow> {
  if (file === undefined) return withoutParams(operation);
  const lines = linesOf(texts(file), MOST_LINE_CHARACTERS);
  return jsonRows(lines, nameOf(file), (params) => ({ operation, params }));
}

/** getTags and its like need no params, so no file either. */
function withoutParams(operation: string): AsyncIterable<SourceRow> {
  if (!isOperationName(operation) || validateParams(operation, {}).kind === 'invalid') {
    throw new UsageError(`${operation} needs params: name a FILE with them, or - for stdin`);
  }
  return only({ kind: 'job', line: 1, value: { operation, params: {} } });
}

async function* only(row: SourceRow): AsyncGenerator<SourceRow> {
  yield row;
}
