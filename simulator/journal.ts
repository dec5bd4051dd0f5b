import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { RestRequest } from './rest/request.ts';
import type { Element } from './soap/xml.ts';
import type { Outcome } from './witness.ts';

/** What has to be known again after a kill. The instance itself is not stored: its executed writes are run again. */
export type Line =
  | {
      readonly kind: 'arrived';
      readonly at: number;
      readonly operation: string;
      readonly keys: readonly string[];
      readonly fingerprint: string;
      readonly charged: boolean;
    }
  | {
      readonly kind: 'executed';
      readonly seq: number;
      readonly now: number;
      readonly workspace: string | null;
      /** Null for a read, which leaves nothing to run again. */
      readonly params: Element | null;
    }
  | {
      readonly kind: 'executed-rest';
      readonly seq: number;
      readonly now: number;
      /** Null for a read. */
      readonly request: RestRequest | null;
    }
  | { readonly kind: 'ended'; readonly seq: number; readonly outcome: Outcome }
  | { readonly kind: 'replied'; readonly seq: number };

export interface Journal {
  append(line: Line): void;
  erase(): void;
  close(): void;
}

/** Keeps nothing: the simulator forgets with its process. */
export const forgetfulJournal: Journal = { append: () => {}, erase: () => {}, close: () => {} };

/**
 * Opens the journal of a data directory and hands back the lines of earlier runs.
 * Each line is with the operating system before `append` returns, so that a killed process loses none; there is no fsync.
 */
export function openJournal(dataDir: string): { journal: Journal; lines: Line[] } {
  // It holds what was sent of leads: nobody else on the machine reads it.
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'simulator.ndjson');
  const file = openSync(path, 'a+', 0o600);
  const content = readFileSync(path);
  const whole = content.lastIndexOf('\n') + 1;
  // A killed write may have left half a line, which the next line must not be glued to.
  if (whole < content.length) ftruncateSync(file, whole);
  return { journal: journalOn(file), lines: parse(path, content.subarray(0, whole).toString()) };
}

function journalOn(file: number): Journal {
  return {
    append: (line) => writeAll(file, Buffer.from(`${JSON.stringify(line)}\n`)),
    erase: () => ftruncateSync(file, 0),
    close: () => closeSync(file),
  };
}

function writeAll(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}

function parse(path: string, text: string): Line[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as Line;
    } catch {
      throw new Error(
        `${path} line ${index + 1} is not JSON; remove the file to start with a fresh simulator`,
      );
    }
  });
}
