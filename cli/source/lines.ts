import { Failure } from '../exit.ts';

/** Bytes or text in pieces of any size: a file's stream, stdin, or strings in a test. */
export type Pieces = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;

/** Stands where bytes were not UTF-8: such a text must not be sent as if it were whole. No text holds it, as it is no character. */
export const UNDECODABLE = '\ufdd0';

/** A genuine U+FFFD, which is also what a decoder leaves where it can read nothing: the two change places on the way. */
const GENUINE = Buffer.from('\ufffd');
const STAND_IN = Buffer.from(UNDECODABLE);

const MARK = Buffer.from('\ufeff');

/**
 * The text of a UTF-8 stream, without a byte order mark, and without the Ctrl-Z that old programs end a file with. UTF-16 and
 * archives are refused with words, since every row of them would fail. `onMark` is told of the byte order mark before the text.
 */
export async function* decoded(
  pieces: Pieces,
  name: string,
  onMark: () => void = () => {},
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let first = true;
  let cut = Buffer.alloc(0);
  let ctrlZ = '';
  const swapped = (text: string): string => {
    const whole =
      ctrlZ + text.replace(/[\ufffd\ufdd0]/g, (one) => (one === '\ufffd' ? UNDECODABLE : '\ufffd'));
    const end = endOfText(whole);
    ctrlZ = whole.slice(end);
    return whole.slice(0, end);
  };
  for await (const piece of pieces) {
    const bytes = Buffer.concat([cut, typeof piece === 'string' ? Buffer.from(piece) : piece]);
    if (first && bytes.length > 0) {
      refuseArchive(bytes, name);
      refuseUtf16(bytes, name);
      if (bytes.subarray(0, MARK.length).equals(MARK)) onMark();
      first = false;
    }
    const kept = bytes.length - tailOfGenuine(bytes);
    cut = bytes.subarray(kept);
    const text = swapped(decoder.decode(withStandIn(bytes.subarray(0, kept)), { stream: true }));
    if (text !== '') yield text;
  }
  const rest = swapped(decoder.decode(cut));
  if (rest !== '') yield rest;
}

/** Where a text ends but for a Ctrl-Z and the blanks behind it, which are the file's end if nothing follows. */
function endOfText(text: string): number {
  let end = text.length;
  while (end > 0 && '\u001a\r\n '.includes(text.charAt(end - 1))) end -= 1;
  const ctrlZ = text.indexOf('\u001a', end);
  return ctrlZ < 0 ? text.length : ctrlZ;
}

/** A copy, as the bytes may be the caller's. */
function withStandIn(bytes: Buffer): Buffer {
  if (!bytes.includes(GENUINE)) return bytes;
  const copy = Buffer.from(bytes);
  for (let at = copy.indexOf(GENUINE); at >= 0; at = copy.indexOf(GENUINE, at)) STAND_IN.copy(copy, at);
  return copy;
}

/** How many bytes at the end may be the beginning of one. */
function tailOfGenuine(bytes: Buffer): number {
  if (bytes.at(-1) === GENUINE[0]) return 1;
  return bytes.at(-2) === GENUINE[0] && bytes.at(-1) === GENUINE[1] ? 2 : 0;
}

/** By their first bytes. A workbook is a zip archive, and an old one a compound file. */
const ARCHIVES: readonly (readonly [readonly number[], string])[] = [
  [[0x1f, 0x8b], 'is compressed (gzip); unpack it first, or give - and pipe gunzip -c into it'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'is compressed (zstd); unpack it first'],
  [[0x42, 0x5a, 0x68], 'is compressed (bzip2); unpack it first'],
  [[0x50, 0x4b, 0x03, 0x04], 'is a zip archive or a workbook (.xlsx); unpack it, or save it as "CSV UTF-8"'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'is a workbook (.xls); save it as "CSV UTF-8"'],
];

function refuseArchive(bytes: Uint8Array, name: string): void {
  const found = ARCHIVES.find(([magic]) => magic.every((byte, at) => bytes[at] === byte));
  if (found !== undefined) throw new Failure(`${name} ${found[1]}`);
}

function refuseUtf16(bytes: Uint8Array, name: string): void {
  const [a, b] = bytes;
  // Without a mark, the letters of a header are every second byte. A single one is a row's own.
  const isUnmarked = bytes.subarray(0, 64).filter((byte) => byte === 0).length > 1;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff) || isUnmarked) {
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
