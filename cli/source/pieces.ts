import { createReadStream } from 'node:fs';
import type { Cli } from '../cli.ts';
import { Failure } from '../exit.ts';
import { fileTrouble } from '../trouble.ts';
import { decoded, type Pieces, UNDECODABLE } from './lines.ts';

export const nameOf = (file: string): string => (file === '-' ? 'stdin' : file);

/** Of a file; a few hundred rows. What is through is counted in pieces. */
export const PIECE_BYTES = 16 * 1024;

export async function* piecesOf(
  file: string,
  stdin: Cli['stdin'],
  onBytes: (bytes: number) => void = () => {},
): AsyncGenerator<Uint8Array | string> {
  const pieces: Pieces = file === '-' ? stdin : createReadStream(file, { highWaterMark: PIECE_BYTES });
  try {
    for await (const piece of pieces) {
      yield piece;
      onBytes(piece.length);
    }
  } catch (error) {
    throw new Failure(`cannot read ${nameOf(file)}: ${fileTrouble(error)}`);
  }
}

/** All of a small file. What is no UTF-8 is refused: as U+FFFD it would go on to Marketo. */
export async function wholeText(file: string, stdin: Cli['stdin']): Promise<string> {
  const texts = await Array.fromAsync(decoded(piecesOf(file, stdin), nameOf(file)));
  const text = texts.join('');
  if (text.includes(UNDECODABLE)) throw new Failure(`${nameOf(file)} is not UTF-8; save it as UTF-8`);
  return text;
}
