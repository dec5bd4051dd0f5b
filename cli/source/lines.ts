import { Failure } from '../exit.ts';

/** Bytes or text in pieces of any size: a file's stream, stdin, or strings in a test. */
export type Pieces = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;

/** What a decoder leaves behind where bytes were not UTF-8: such a text must not be sent as if it were whole. */
export const UNDECODABLE = '\ufffd';

/** The text of a UTF-8 stream, without a byte order mark. UTF-16 is refused with words, since every row of it would fail. */
export async function* decoded(pieces: Pieces, name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let first = true;
  for await (const piece of pieces) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
    if (first && bytes.length > 0) {
      refuseUtf16(bytes, name);
      first = false;
    }
    const text = decoder.decode(bytes, { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}

function refuseUtf16(bytes: Uint8Array, name: string): void {
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    throw new Failure(`${name} is UTF-16; save it as UTF-8 (in Excel: "CSV UTF-8") and try again`);
  }
}

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** Longer than the limit: `text` is its beginning only. */
  readonly tooLong: boolean;
}

/** Lines ended by LF or CRLF, never more than `most` characters of one in memory. */
export async function* linesOf(texts: AsyncIterable<string>, most: number): AsyncGenerator<Line> {
  let number = 1;
  let kept = '';
  let dropped = false;
  const keep = (part: string) => {
    if (kept.length + part.length > most) dropped = true;
    kept += part.slice(0, Math.max(0, most - kept.length));
  };
  for await (const text of texts) {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      keep(text.slice(from, end));
      yield { number, text: kept.endsWith('\r') ? kept.slice(0, -1) : kept, tooLong: dropped };
      number += 1;
      kept = '';
      dropped = false;
      from = end + 1;
    }
    keep(text.slice(from));
  }
  if (kept !== '') yield { number, text: kept, tooLong: dropped };
}
