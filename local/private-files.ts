import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';

/** What lies here are people's data: whoever else has an account on this machine reads none of it. */
const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;

/**
 * Keeps to this user whatever the process creates from now on: the embedded servers open files of their own, and nobody
 * could tell them a mode. For a process that is the stack's alone.
 */
export function keepToThisUser(): void {
  process.umask(0o077);
}

/** Makes a directory of ours, or narrows the one that an earlier version made. */
export function privateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: DIRECTORY_MODE });
  narrow(path);
}

/** Takes a directory's rights from everybody but its owner, if that is this user. */
export function narrow(path: string): void {
  const { mode, uid } = statSync(path);
  if ((mode & 0o077) === 0 || uid !== (process.getuid?.() ?? uid)) return;
  chmodSync(path, DIRECTORY_MODE);
}

/** Makes an empty file, for a program that opens what is there with the mode it has. */
export function privateFile(path: string): void {
  closeSync(openSync(path, 'a', FILE_MODE));
}

/** Writes a file that appears whole or not at all: it is renamed into place. */
export function writePrivately(path: string, text: string): void {
  const unfinished = `${path}.unfinished`;
  // One that a kill has left keeps the mode it has.
  rmSync(unfinished, { force: true });
  writeFileSync(unfinished, text, { mode: FILE_MODE });
  renameSync(unfinished, path);
}
