import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { replyText } from '../../../../shared/marketo/http/reply-text.ts';

const MOST = 1_000;
const read = (body: Buffer, contentEncoding?: string, contentType = 'text/xml') =>
  replyText(body, { contentType, contentEncoding }, MOST);

describe('a body that was packed unasked', () => {
  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    [' GZIP ', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('is unpacked from %s', (encoding, pack) => {
    expect(read(pack('<a>Ü</a>'), encoding)).toEqual({ kind: 'text', text: '<a>Ü</a>' });
  });

  test('is refused where it would unpack to more than the bound, and taken at the bound', () => {
    expect(read(gzipSync('x'.repeat(MOST + 1)), 'gzip').kind).toBe('too-large');
    expect(read(brotliCompressSync('x'.repeat(MOST + 1)), 'br').kind).toBe('too-large');
    expect(read(gzipSync('x'.repeat(MOST)), 'gzip').kind).toBe('text');
  });

  test('stays packed where it is not what it says, cut off, or packed in a way nobody knows', () => {
    expect(read(Buffer.from('plain'), 'gzip').kind).toBe('packed');
    expect(read(gzipSync('<a>long enough</a>').subarray(0, 20), 'gzip').kind).toBe('packed');
    expect(read(Buffer.from('x'), 'zstd, gzip').kind).toBe('packed');
    expect(read(Buffer.from('x'), 'constructor').kind).toBe('packed');
  });

  test('is no matter where there is no body, or the word says that it is plain', () => {
    expect(read(Buffer.alloc(0), 'gzip')).toEqual({ kind: 'text', text: '' });
    expect(read(Buffer.from('a'), 'Identity')).toEqual({ kind: 'text', text: 'a' });
  });
});

describe('the charset of a body', () => {
  const latin = (text: string) => Buffer.from(text, 'latin1');

  test.each([
    ['its header', latin('Ü'), 'text/xml; charset=iso-8859-1'],
    ['its declaration', latin('<?xml version="1.0" encoding="ISO-8859-1"?>Ü'), 'text/xml'],
    ['nobody, where it cannot be UTF-8', latin('Ü'), 'text/xml'],
    ['nobody, where it is UTF-8', Buffer.from('Ü'), 'text/xml'],
    [
      'its header, before its declaration',
      Buffer.from('<?xml encoding="latin1"?>Ü'),
      'text/xml; charset=utf-8',
    ],
    ['a name that nobody knows', Buffer.from('Ü'), 'text/xml; charset=klingon'],
  ])('is that of %s', (_, body, contentType) => {
    const { text } = read(body, undefined, contentType);
    expect(text.endsWith('Ü')).toBe(true);
  });

  test('is the declared one, where another would fit as well', () => {
    const body = latin('<?xml version="1.0" encoding="ISO-8859-2"?>\xb1');
    expect(read(body).text.endsWith('\u0105')).toBe(true);
  });

  test('keeps the byte order mark for whoever reads the text', () => {
    expect(read(Buffer.from('\ufeff<a/>')).text).toBe('\ufeff<a/>');
  });
});
