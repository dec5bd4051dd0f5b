import { createReadStream, existsSync } from 'node:fs';
import { csvRows } from '../../shared/marketo/csv-rows.ts';
import {
  isOperationName,
  OPERATION_NAMES,
  validateParams,
} from '../../shared/marketo/operations/registry.ts';
import type { Cli } from '../cli.ts';
import { Failure, UsageError } from '../exit.ts';
import { csvLeads } from '../source/csv-leads.ts';
import { jsonRows, MOST_LINE_CHARACTERS } from '../source/json-rows.ts';
import { decoded, linesOf, type Pieces } from '../source/lines.ts';
import type { SourceRow } from '../source/row.ts';
import { fileTrouble } from '../trouble.ts';
import type { EnqueueOptions } from './options.ts';

/** The rows that the options name, or a UsageError. Nothing is opened before the first row is asked for. */
export function sourceOf(options: EnqueueOptions, stdin: Cli['stdin']): AsyncIterable<SourceRow> {
  if (options.jobs !== undefined) return jobMessages(options.jobs, options, stdin);
  const operation = operationOf(options.operation);
  if (options.csv !== undefined) return csvSource(options.csv, operation, options, stdin);
  if (options.key !== undefined || options.blankClears === true) {
    throw new UsageError('--key and --blank-clears belong to --csv');
  }
  return paramsSource(operation, options.file, stdin);
}

function jobMessages(file: string, options: EnqueueOptions, stdin: Cli['stdin']): AsyncIterable<SourceRow> {
  if (options.operation !== undefined || options.csv !== undefined) {
    throw new UsageError('--jobs takes whole messages: leave OPERATION and --csv out');
  }
  return jsonRows(linesIn(file, stdin), nameOf(file), (message) => message);
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
  stdin: Cli['stdin'],
): AsyncIterable<SourceRow> {
  if (operation !== 'syncLead') throw new UsageError('--csv is for syncLead');
  if (options.file !== undefined) throw new UsageError('--csv names the file: leave the other one out');
  if (options.key === undefined) throw new UsageError('--csv needs --key: the column that names the lead');
  const rows = csvRows(decoded(piecesOf(file, stdin), nameOf(file)));
  return csvLeads(rows, {
    key: options.key,
    blankClears: options.blankClears === true,
    file: nameOf(file),
  });
}

function paramsSource(
  operation: string,
  file: string | undefined,
  stdin: Cli['stdin'],
): AsyncIterable<SourceRow> {
  if (file === undefined) return withoutParams(operation);
  return jsonRows(linesIn(file, stdin), nameOf(file), (params) => ({ operation, params }));
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

const linesIn = (file: string, stdin: Cli['stdin']) =>
  linesOf(decoded(piecesOf(file, stdin), nameOf(file)), MOST_LINE_CHARACTERS);

export const nameOf = (file: string): string => (file === '-' ? 'stdin' : file);

export async function* piecesOf(file: string, stdin: Cli['stdin']): AsyncGenerator<Uint8Array | string> {
  const pieces: Pieces = file === '-' ? stdin : createReadStream(file);
  try {
    yield* pieces;
  } catch (error) {
    throw new Failure(`cannot read ${nameOf(file)}: ${fileTrouble(error)}`);
  }
}
