import { errorText } from '../shared/kernel/error-text.ts';

/** The stack cannot start or go on, for a reason outside the program. The message is the one line to print. */
export class LocalTrouble extends Error {
  override readonly name = 'LocalTrouble';
}

/** Of the process or of the whole machine. */
export const TOO_FEW_FILES =
  'this process may open too few files at once: raise the limit (ulimit -n 1024) and start again';

const DISK_FULL = ['ENOSPC', 'EDQUOT', 'SQLITE_FULL'];
const DISK_REFUSED = ['EACCES', 'EPERM', 'EROFS'];
/** node:sqlite gives SQLite's numbers instead of its names. */
const SQLITE_FULL = 13;
const SQLITE_READONLY = 8;
const SQLITE_CANNOT_OPEN = 14;
/** An extended number carries the plain one in its low byte. */
const SQLITE_PLAIN = 0xff;
const FILES_OPEN = ['EMFILE', 'ENFILE'];

/** One line for what the disk, or the limit of open files, did to us; null if the error is something else. */
export function diskTrouble(error: unknown, dataDir: string): string | null {
  for (const link of chain(error)) {
    const code = 'code' in link ? link.code : undefined;
    const number = 'errcode' in link && typeof link.errcode === 'number' ? link.errcode & SQLITE_PLAIN : null;
    if (has(FILES_OPEN, code) || /too many open files/i.test(link.message)) return TOO_FEW_FILES;
    if (/^IO error: .*no such file/i.test(link.message) || isMissing(link, dataDir)) {
      return `files of ${dataDir} are gone: somebody has removed them under the stack; start again with what is left`;
    }
    if (code === 'LEVEL_LOCKED') return inUse(dataDir, null);
    if (has(DISK_FULL, code) || number === SQLITE_FULL || /no space left on device/i.test(link.message)) {
      return `the disk of ${dataDir} is full: make room and start again, nothing accepted so far is lost`;
    }
    if (
      has(DISK_REFUSED, code) ||
      number === SQLITE_READONLY ||
      number === SQLITE_CANNOT_OPEN ||
      /permission denied|read-only file system/i.test(link.message)
    ) {
      return `${dataDir} cannot be written: give this user the right to, or choose another directory with --data`;
    }
  }
  return null;
}

/** A file of ours, and no module or socket. */
const isMissing = (link: Error, dataDir: string): boolean =>
  'code' in link &&
  link.code === 'ENOENT' &&
  'path' in link &&
  typeof link.path === 'string' &&
  link.path.startsWith(dataDir);

/** The refusal of a directory that another process has. */
export const inUse = (dataDir: string, pid: number | null): string =>
  `${dataDir} is in use by ${pid === null ? 'another process' : `process ${pid}`}: stop it first, or choose another directory with --data`;

/** One line for any error that ends the stack. */
export function troubleLine(error: unknown, dataDir: string): string {
  if (error instanceof Error && error.name === 'ConfigurationError') return error.message;
  if (error instanceof LocalTrouble) return error.message;
  const port = portInUse(error);
  if (port !== null) {
    return `port ${port} is in use: stop what listens there, or choose another with --port`;
  }
  return diskTrouble(error, dataDir) ?? errorText(error).split('\n', 1).join('');
}

/**
 * Ends the process with one line when something breaks where nobody can catch it: the embedded servers throw a full
 * disk from their callbacks. Nothing is lost by it; a bug keeps its stack trace.
 */
export function endOnTrouble(dataDir: string): void {
  process.on('uncaughtException', (error) => {
    const line = diskTrouble(error, dataDir);
    process.stderr.write(`mktq: ${line ?? error.stack ?? String(error)}\n`);
    process.exit(1);
  });
}

/** The port that another process has, where that is the error; null if it is something else. */
export function portInUse(error: unknown): number | null {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') return null;
  return 'port' in error && typeof error.port === 'number' ? error.port : null;
}

/** The error and what caused it: LevelDB and the SDK wrap the disk's own words. */
function* chain(error: unknown): Generator<Error> {
  let link = error;
  for (let depth = 0; link instanceof Error && depth < 5; depth += 1) {
    yield link;
    link = link.cause;
  }
}

const has = (codes: readonly string[], code: unknown): boolean =>
  typeof code === 'string' && codes.includes(code);
