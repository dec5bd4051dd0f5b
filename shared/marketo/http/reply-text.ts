import { TextDecoder } from 'node:util';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

export type ReplyText =
  | { readonly kind: 'text'; readonly text: string }
  /** Unpacked it would be larger than anybody here may read; `text` is the packed bytes. */
  | { readonly kind: 'too-large'; readonly text: string }
  /** Packed in a way that is not known, or not what it says. */
  | { readonly kind: 'packed'; readonly text: string };

export interface ReplyHeaders {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
}

const UNPACK = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
} as const;

/**
 * The text of a body, read as leniently as is safe: plain text was asked for, but a gateway may pack what it passes on. What
 * comes out of it is bounded like what comes over the wire.
 */
export function replyText(body: Buffer, headers: ReplyHeaders, mostBytes: number): ReplyText {
  const encoding = headers.contentEncoding?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity' || body.length === 0) {
    return { kind: 'text', text: decoded(body, headers.contentType) };
  }
  const packed = body.toString('latin1');
  if (!isKnown(encoding)) return { kind: 'packed', text: packed };
  try {
    const bytes = UNPACK[encoding](body, { maxOutputLength: mostBytes });
    return { kind: 'text', text: decoded(bytes, headers.contentType) };
  } catch (error) {
    const isTooLarge = error instanceof RangeError;
    return { kind: isTooLarge ? 'too-large' : 'packed', text: packed };
  }
}

const isKnown = (encoding: string): encoding is keyof typeof UNPACK => Object.hasOwn(UNPACK, encoding);

/** How far into an XML document its declaration can reach. */
const DECLARATION_BYTES = 200;

/** In the charset that header or XML declaration name; where neither does, UTF-8, and what cannot be that in Windows' Latin. */
function decoded(body: Buffer, contentType: string | undefined): string {
  const named = /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '')?.[1] ?? declaredIn(body);
  const decoder = named === undefined ? null : decoderFor(named);
  if (decoder !== null) return decoder.decode(body);
  try {
    return new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(body);
  } catch {
    return new TextDecoder(named === undefined ? 'windows-1252' : 'utf-8', { ignoreBOM: true }).decode(body);
  }
}

function declaredIn(body: Buffer): string | undefined {
  const head = body.subarray(0, DECLARATION_BYTES).toString('latin1');
  return /^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1];
}

/** Null for a name that nobody knows. */
function decoderFor(charset: string): TextDecoder | null {
  try {
    return new TextDecoder(charset, { ignoreBOM: true });
  } catch {
    return null;
  }
}
