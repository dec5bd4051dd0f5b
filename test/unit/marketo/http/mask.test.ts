import { describe, expect, test } from 'vitest';
import { mask } from '../../../../shared/marketo/http/mask.ts';

describe('mask', () => {
  test('hides every occurrence of every secret', () => {
    expect(mask('a secret, a SECRET, a secret', ['secret', 'SECRET'])).toBe('a ***, a ***, a ***');
  });

  test('leaves a text without secrets as it is', () => {
    expect(mask('nothing here\r\n', ['secret'])).toBe('nothing here\r\n');
  });

  test('hides a secret that stands escaped for XML, JSON or a URL', () => {
    const secret = `k<&>"'\n /`;
    const xml = 'k&lt;&amp;&gt;&quot;&apos;\n /';
    const text = [xml, JSON.stringify(secret), encodeURIComponent(secret)].join(' | ');
    expect(mask(text, [secret])).toBe('*** | "***" | ***');
  });

  test('leaves no rest of a secret that contains another', () => {
    expect(mask('abcdef', ['abc', 'abcdef'])).toBe('***');
  });

  test('takes an empty secret for none, and a lone surrogate without throwing', () => {
    expect(mask('text', [''])).toBe('text');
    expect(mask('a\ud800b', ['\ud800'])).toBe('a***b');
  });

  test.each([
    ['a hexadecimal signature in capitals', 'ab01cd', 'x AB01CD y'],
    [
      'numeric entities, decimal and hexadecimal, of either case',
      'k&l/m',
      'x k&#38;l&#47;m k&#x26;l&#X2F;m K&#x0026;l&#x2f;m y',
    ],
    ['every character as an entity', 'key', 'x &#107;&#101;&#121; &#x6B;&#x65;&#x79; y'],
    ['percent escapes of either case, once and twice', 'a/b+c', 'x a%2Fb%2Bc a%2fb%2bc a%252Fb%252Bc y'],
    ['JSON in JSON', 'a"b/c', 'x a\\"b/c a\\\\\\"b\\/c a\\u0022b\\u002Fc a\\\\u0022b\\\\u002fc y'],
    ['XML in XML', 'a<b&c', 'x a&amp;lt;b&amp;amp;c a&amp;#60;b&amp;#x26;c y'],
    ['a form', 'a b', 'x a+b a%20b y'],
    ['backslashes', 'a\\\\b', 'x a\\\\b a\\\\\\\\b a\\u005c\\u005Cb y'],
  ])('hides %s', (_, secret, text) => {
    expect(mask(text, [secret]).replaceAll('*** ', '').trim()).toBe('x y');
  });

  test.each([
    ['as it is, in a text that escapes nothing', 'x AB01cd y'],
    ['as it is, in a text that escapes something else', 'x AB01cd y 5 %'],
    ['by an entity', 'x a&#98;01cd y'],
    ['by an entity of an entity', 'x a&amp;#98;01cd y'],
    ['by a JSON escape', 'x a\\u006201cd y'],
    ['by a percent escape', 'x a%6201cd y'],
  ])('hides a secret of letters and digits that stands there %s', (_, text) => {
    expect(mask(text, ['ab01cd'])).toMatch(/^x \*\*\* y/);
  });

  test('leaves alone what only resembles a secret', () => {
    for (const text of ['ab01c', 'a%2Gb', 'a&#60b', 'ab 01cd'])
      expect(mask(text, ['ab01cd', 'a<b'])).toBe(text);
  });
});

describe('a secret', () => {
  test.each([
    ['a.b', 'axb'],
    ['...', 'abc'],
    ['a+b', 'aab'],
    ['key.', 'keys'],
    ['.key', 'akey'],
    ['xay', 'x+y'],
  ])('%j is no pattern: %j stays', (secret, text) => {
    expect(mask(text, [secret])).toBe(text);
    expect(mask(`${text} ${secret}`, [secret])).toBe(`${text} ***`);
    expect(mask(`${text} 5 % ${secret}`, [secret])).toBe(`${text} 5 % ***`);
  });

  test.each([
    ['straße', 'stra&#83;e'],
    ['aıb', 'a%C4b'],
    ['key', '&#107;&#101;z'],
  ])('%j is not what only begins like a way to write it: %j stays', (secret, text) => {
    expect(mask(text, [secret])).toBe(text);
  });

  test('in capitals is found where small letters are escaped, and the other way round', () => {
    expect(mask('x &#107;&#101;&#121; y', ['KEY'])).toBe('x *** y');
    expect(mask('x %4b%45%59 y', ['key'])).toBe('x *** y');
  });

  test.each(['\r', '\t', '\b', '\f', '\n', '\u0001'])(
    'with the control character %j is found as JSON writes it',
    (char) => {
      const secret = `a${char}b`;
      expect(mask(JSON.stringify({ secret }), [secret])).toBe('{"secret":"***"}');
      expect(mask(encodeURIComponent(secret), [secret])).toBe('***');
      expect(mask(`x ${secret} y`, [secret])).toBe('x *** y');
    },
  );

  test('with backslashes is found in a JSON text in a JSON text in a JSON text', () => {
    const secret = 'a\\\\b';
    const nested = [1, 2, 3].reduce((text) => JSON.stringify(text), secret);
    expect(mask(nested, [secret])).not.toContain('b');
    expect(mask(nested, [secret])).toContain('***');
  });

  test.each(['a😀b', '😀', 'straße', 'Ünï'])(
    'of any alphabet is found as it is and escaped: %j',
    (secret) => {
      const spellings = [
        secret,
        encodeURIComponent(secret),
        [...secret].map((c) => `&#${c.codePointAt(0)};`).join(''),
      ];
      for (const spelling of spellings) expect(mask(`x ${spelling} y`, [secret])).toBe('x *** y');
    },
  );
});
