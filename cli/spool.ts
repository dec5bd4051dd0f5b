import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Texts that are put aside until a file is read to its end, however many there are. They stand in a file without a name, which is
 * gone with the process, whatever ends that.
 */
export class Spool {
  #descriptor: number | null = null;
  readonly #ends: number[] = [];

  /** The place at which it is found again. */
  add(text: string): number {
    this.#descriptor ??= openNameless();
    const bytes = Buffer.from(text);
    const start = this.#ends.at(-1) ?? 0;
    for (let done = 0; done < bytes.length; )
      done += writeSync(this.#descriptor, bytes, done, bytes.length - done, start + done);
    return this.#ends.push(start + bytes.length) - 1;
  }

  read(place: number): string {
    const end = this.#ends[place];
    if (this.#descriptor === null || end === undefined) throw new Error(`nothing was put aside at ${place}`);
    const start = place === 0 ? 0 : (this.#ends[place - 1] ?? 0);
    const bytes = Buffer.alloc(end - start);
    for (let done = 0; done < bytes.length; ) {
      const read = readSync(this.#descriptor, bytes, done, bytes.length - done, start + done);
      if (read === 0) throw new Error('what was put aside cannot be read any more');
      done += read;
    }
    return bytes.toString();
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }
}

/** For its owner alone: it may hold what is known of leads. */
function openNameless(): number {
  const path = join(tmpdir(), `mktq-${randomUUID()}`);
  const descriptor = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return descriptor;
}
