import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { lineIdOf } from '../../shared/ledger/chunks.ts';
import type { Cli } from '../cli.ts';
import { Failure, UsageError } from '../exit.ts';
import { BYTE_ORDER_MARK, csvLine } from '../render/csv.ts';
import { note } from '../render/print.ts';
import { oneLine } from '../render/text.ts';
import { type CsvHeader, ID_COLUMN, idColumnOf, REASON_COLUMN, sendersCells } from '../source/own-columns.ts';
import { fileTrouble } from '../trouble.ts';
import type { Input } from './input.ts';
import type { EnqueueOptions } from './options.ts';
import type { PlacedRow } from './report.ts';

/** A row that was refused; of one that could not be read the cells that could. */
interface Reject extends PlacedRow {
  readonly reason: string;
  /** Its line was another row's once: under that id it would be taken for a correction of that one. */
  readonly idIsTaken?: true | undefined;
}

interface Source {
  /** The file that is read. */
  readonly file: string;
  /** Known from the first row on. */
  readonly header: () => CsvHeader;
  /** The id that the row of a line is sent under, in a file that says none itself; null: none that could be known again. */
  readonly idOf: (line: number) => string | null;
}

/** What came of the file: it holds the rows, there were none, or it could not be written. `earlier`: where the rows of an earlier run are. */
export type RejectsWritten =
  | { readonly kind: 'written' | 'none'; readonly earlier: string | null }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * The file of the rows that were refused, in the form that `enqueue --csv` reads again: the ids in front, the reasons behind. It is there
 * only if there are any. That of an earlier run, which somebody may have corrected since, gets another name.
 */
export class Rejects {
  readonly file: string;
  /** Where that leads: a link, which may be the system's own, is never renamed. */
  readonly #path: string;
  readonly #source: Source;
  #descriptor: number | null = null;
  #earlier: string | null = null;
  #trouble: string | null = null;

  /** A Failure if the file is there and is none of these, or could not be written; a UsageError if it is the one that is read. */
  constructor(file: string, source: Source) {
    if (file === '-') throw new UsageError('--rejects wants the name of a file');
    if (isSame(file, source.file))
      throw new UsageError(`--rejects ${file} is the file that is read; give it another name`);
    if (beginningOf(file) === 'other')
      throw new Failure(
        `${file} is there already, and is no file of refused rows; remove it, or give --rejects another name`,
      );
    this.file = file;
    this.#path = pathOf(file);
    const folder = dirname(this.#path);
    if (!isWritable(folder))
      throw new Failure(`--rejects ${file}: the folder ${folder} is not there, or not to be written to`);
    this.#source = source;
  }

  /** Never throws: whoever reads the rows finishes them all the same. */
  add({ line, cells, reason, idIsTaken }: Reject): void {
    if (this.#trouble !== null) return;
    const { columns } = this.#source.header();
    const ids = idColumnOf(columns);
    const idOfLine = idIsTaken === true ? null : this.#source.idOf(line);
    const id = ids < 0 ? idOfLine : cells[ids]?.trim();
    const own = sendersCells(columns, cells);
    try {
      this.#descriptor ??= this.#begin();
      writeAll(this.#descriptor, csvLine([id ?? '', ...own.cells, oneLine(reason), ...own.beyond]));
    } catch (error) {
      this.#trouble = fileTrouble(error);
    }
  }

  /** A file of an earlier run does not keep the name, if this one is through: it would be taken for what this one has refused. */
  close(isThrough: boolean): RejectsWritten {
    const isWritten = this.#descriptor !== null;
    try {
      if (this.#descriptor !== null) closeSync(this.#descriptor);
      else if (isThrough) this.#earlier = movedAside(this.#path);
    } catch (error) {
      this.#trouble ??= fileTrouble(error);
    }
    if (this.#trouble !== null) return { kind: 'failed', message: this.#trouble };
    return { kind: isWritten ? 'written' : 'none', earlier: this.#earlier };
  }

  #begin(): number {
    const { columns, isMarked } = this.#source.header();
    this.#earlier = movedAside(this.#path);
    const descriptor = openSync(this.#path, 'w');
    const names = [ID_COLUMN, ...sendersCells(columns, columns).cells, REASON_COLUMN];
    writeAll(descriptor, `${isMarked ? BYTE_ORDER_MARK : ''}${csvLine(names)}`);
    return descriptor;
  }
}

/** The file that the options ask for; null: none. */
export function rejectsOf({ rejects, csv, id, batch }: EnqueueOptions, input: Input): Rejects | null {
  if (rejects === undefined) return null;
  const idOf = (line: number): string | null => id ?? (batch === undefined ? null : lineIdOf(batch, line));
  return new Rejects(rejects, { file: csv ?? '', header: input.csvHeader, idOf });
}

/** Says what became of it. */
export function closeRejects(cli: Cli, rejects: Rejects, isThrough: boolean): void {
  const { file } = rejects;
  const written = rejects.close(isThrough);
  if (written.kind === 'failed') {
    cli.exitWith(1);
    note(cli, `the refused rows could not be written to ${file}: ${written.message}`);
    return;
  }
  if (written.earlier !== null)
    note(cli, `those of an earlier run were in ${file}, and are in ${written.earlier}`);
  if (written.kind === 'written')
    note(cli, `the refused rows are in ${file}: correct them, and enqueue that file`);
}

/** Gives a file that holds something a name that is free, and answers with that; null: there is nothing to be kept. */
function movedAside(file: string): string | null {
  if (beginningOf(file) === 'none') return null;
  const { dir, name, ext } = parse(file);
  for (let n = 1; ; n += 1) {
    const other = join(dir, `${name}.${n}${ext}`);
    if (!isReserved(other)) continue;
    try {
      renameSync(file, other);
    } catch (error) {
      unlinkSync(other);
      throw error;
    }
    return other;
  }
}

/** False for a name that is taken. A rename would put its file in the place of another, which may have come since anybody looked. */
function isReserved(file: string): boolean {
  try {
    closeSync(openSync(file, 'wx'));
    return true;
  } catch (error) {
    if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) return false;
    throw error;
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Of a link to what is there, where it leads. */
function pathOf(file: string): string {
  const isLink = lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return isLink && statSync(file, { throwIfNoEntry: false }) !== undefined ? realpathSync(file) : file;
}

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}

function isSame(file: string, source: string): boolean {
  const one = statSync(file, { throwIfNoEntry: false, bigint: true });
  const other =
    source === '-'
      ? fstatSync(STDIN, { bigint: true })
      : statSync(source, { throwIfNoEntry: false, bigint: true });
  return one !== undefined && other !== undefined && one.ino === other.ino && one.dev === other.dev;
}

/** A shell may have put the file there. */
const STDIN = 0;

/** What stands at its beginning: the column that only a file of these has, something else, or nothing, as in one that is not there. */
function beginningOf(file: string): 'ours' | 'other' | 'none' {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return 'none';
  if (!stats.isFile()) throw new Failure(`--rejects ${file} is no file that can be written`);
  const bytes = Buffer.alloc(BYTE_ORDER_MARK.length * 3 + ID_COLUMN.length);
  const descriptor = openSync(file, 'r');
  const read = readSync(descriptor, bytes);
  closeSync(descriptor);
  if (read === 0) return 'none';
  const text = bytes.toString('utf8', 0, read);
  return text.replace(BYTE_ORDER_MARK, '').startsWith(ID_COLUMN) ? 'ours' : 'other';
}
