import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { LocalTrouble } from './trouble.ts';

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
 */
export function lockDirectory(dataDir: string, instance: string): DirectoryLock {
  makeDirectory(dataDir);
  const database = new DatabaseSync(join(dataDir, 'lock.sqlite'));
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw isBusy(error) ? new LocalTrouble(refusal(dataDir)) : error;
  }
  writeFileSync(holderPath(dataDir), JSON.stringify({ pid: process.pid, instance }));
  return { instance, release: () => database.close() };
}

function makeDirectory(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true });
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
  try {
    const holder: unknown = JSON.parse(readFileSync(holderPath(dataDir), 'utf8'));
    if (typeof holder !== 'object' || holder === null) return null;
    if (!('pid' in holder) || typeof holder.pid !== 'number') return null;
    if (!('instance' in holder) || typeof holder.instance !== 'string') return null;
    return { pid: holder.pid, instance: holder.instance };
  } catch {
    return null;
  }
}

const holderPath = (dataDir: string): string => join(dataDir, 'lock.json');

function refusal(dataDir: string): string {
  const holder = lastHolder(dataDir);
  const who = holder === null ? 'another process' : `process ${holder.pid}`;
  return `${dataDir} is in use by ${who}: stop it first, or choose another directory with --data`;
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error &&
  'errcode' in error &&
  (error.errcode === SQLITE_BUSY || error.errcode === SQLITE_LOCKED);
