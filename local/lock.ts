import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { narrow, privateFile, writePrivately } from './private-files.ts';
import { inUse, LocalTrouble } from './trouble.ts';

/** Proof that no other process uses the data directory, for as long as this one lives. */
interface DirectoryLock {
  /** Random per lock: who finds it answering on the stack's address has found this very process. */
  readonly instance: string;
  release(): void;
}

const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;

/**
 * Takes the directory for this process, or throws a one-line refusal that names the holder.
 *
 * It is SQLite's exclusive lock on a file, which the kernel drops with the process, however that died: no lock is stale.
 * A directory that a stack has made is this user's alone; one that somebody else has made keeps its rights.
 */
export function lockDirectory(dataDir: string, instance: string): DirectoryLock {
  const made = makeDirectory(dataDir) || wasMade(dataDir);
  privateFile(lockPath(dataDir));
  const database = new DatabaseSync(lockPath(dataDir));
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw isBusy(error) ? new LocalTrouble(inUse(dataDir, lastHolder(dataDir)?.pid ?? null)) : error;
  }
  if (made) narrow(dataDir);
  writePrivately(holderPath(dataDir), JSON.stringify({ pid: process.pid, instance, made }));
  return { instance, release: () => database.close() };
}

/** Whether there was none. */
function makeDirectory(dataDir: string): boolean {
  try {
    return mkdirSync(dataDir, { recursive: true, mode: 0o700 }) !== undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== 'EEXIST' && code !== 'ENOTDIR') throw error;
    throw new LocalTrouble(`${dataDir} is no directory: choose another with --data`);
  }
}

/** Removes all but the lock. Only for who holds it. */
export function emptyDirectory(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    if (!name.startsWith('lock.')) rmSync(join(dataDir, name), { recursive: true });
  }
}

/** Who took the lock last, dead or alive; null if that cannot be read. */
export function lastHolder(dataDir: string): { readonly pid: number; readonly instance: string } | null {
  const holder = readHolder(dataDir);
  if (holder === null) return null;
  if (!('pid' in holder) || typeof holder.pid !== 'number') return null;
  if (!('instance' in holder) || typeof holder.instance !== 'string') return null;
  return { pid: holder.pid, instance: holder.instance };
}

function readHolder(dataDir: string): object | null {
  try {
    const holder: unknown = JSON.parse(readFileSync(holderPath(dataDir), 'utf8'));
    return typeof holder === 'object' ? holder : null;
  } catch {
    return null;
  }
}

/** Whether a stack has made the directory: the last one says so, or, if that was of an earlier version, what lies there. */
function wasMade(dataDir: string): boolean {
  if (!existsSync(lockPath(dataDir))) return false;
  const holder = readHolder(dataDir);
  if (holder !== null && 'made' in holder) return holder.made === true;
  return readdirSync(dataDir).every(
    (name) => OWN_NAMES.test(name) || existsSync(lockPath(join(dataDir, name))),
  );
}

/** What a stack leaves in its directory; another stack's directory may lie there as well, as the demo's does. */
const OWN_NAMES = /^(?:lock|ports|stack|settings)\.|^(?:dynamodb|sqs|simulator)$/;

const lockPath = (dataDir: string): string => join(dataDir, 'lock.sqlite');
const holderPath = (dataDir: string): string => join(dataDir, 'lock.json');

const isBusy = (error: unknown): boolean =>
  error instanceof Error &&
  'errcode' in error &&
  (error.errcode === SQLITE_BUSY || error.errcode === SQLITE_LOCKED);
