import { describe, expect, test } from 'vitest';
import { personOf } from '../../../shared/deadletter/person.ts';

const ann = personOf('Ann.O+x@example.com');

describe('personOf', () => {
  test.each([
    'ann.o+x@example.com',
    '<Email>ANN.O+X@EXAMPLE.COM</Email>',
    '"Email":"ann.o+x\\u0040example.com"',
    '\\nann.o+x@example.com',
    '\\u003cann.o+x@example.com\\u003e',
    'Email=ann.o%2Bx%40example.com&x=1',
    '%3Dann.o%2bx%40example.com',
    'ann.o&#43;x&#64;example.com',
    'ann.o&#x2B;x&#x40;example.com',
    'wrote to ann.o+x@example.com.',
  ])('finds and replaces the address in %j', (text) => {
    expect(ann.isNamedIn(text)).toBe(true);
    const redacted = ann.redact(text);
    expect(redacted).toContain('[forgotten]');
    expect(redacted).not.toMatch(/ann/i);
  });

  test.each([
    'joann.o+x@example.com',
    'jo.ann.o+x@example.com',
    'ann.o+x@example.community',
    'ann.o+x@example.com.au',
    'annyo+x@example.com',
    'jo%2Bann.o%2Bx%40example.com',
  ])('leaves somebody else alone in %j', (text) => {
    expect(ann.isNamedIn(text)).toBe(false);
    expect(ann.redact(text)).toBe(text);
  });

  test('knows letters beyond ASCII in every escape, and characters that XML escapes', () => {
    const zoe = personOf("zoë&o'x@example.com");
    expect(zoe.isNamedIn('zo\\u00eb\\u0026o\\u0027x@example.com')).toBe(true);
    expect(zoe.isNamedIn('ZO%C3%8B%26O%27X@EXAMPLE.COM')).toBe(true);
    expect(zoe.isNamedIn('zo&#235;&amp;o&apos;x@example.com')).toBe(true);
    expect(zoe.isNamedIn('zoe&o@example.com')).toBe(false);
  });

  test('replaces every mention', () => {
    expect(ann.redact('ann.o+x@example.com, ANN.O+X@example.com')).toBe('[forgotten], [forgotten]');
  });

  test.each([
    [
      'a slash',
      'o/brien@example.com',
      ['o/brien@example.com', 'o\\/brien@example.com', 'o&#47;brien@example.com', 'o%2Fbrien@example.com'],
    ],
    [
      'a quote',
      "o'brien@example.com",
      [
        "o'brien@example.com",
        'o&apos;brien@example.com',
        'o&#39;brien@example.com',
        'o&#x27;brien@example.com',
        'o\\u0027brien@example.com',
      ],
    ],
    [
      'double quotes',
      '"a.b"@example.com',
      [
        '"a.b"@example.com',
        '\\"a.b\\"@example.com',
        '\\\\\\"a.b\\\\\\"@example.com',
        '&quot;a.b&quot;@example.com',
      ],
    ],
    [
      'a backslash',
      'a\\b@example.com',
      [
        'a\\b@example.com',
        'a\\\\b@example.com',
        'a\\u005cb@example.com',
        'a&#92;b@example.com',
        'a%5Cb@example.com',
      ],
    ],
  ])('finds an address with %s in every spelling of it', (_, address, texts) => {
    const person = personOf(address);
    for (const text of texts) {
      expect(person.isNamedIn(`Email: ${text}, and more`)).toBe(true);
      // Of several backslashes before it, some may stay: they are nobody's.
      expect(person.redact(`Email: ${text}, and more`)).toMatch(/^Email: \\*\[forgotten\], and more$/);
    }
    expect(person.isNamedIn('brien@example.com, b@example.com')).toBe(false);
  });

  test('finds an address of which every character is an entity or an escape', () => {
    const letters = [...'ann.o+x@example.com'];
    const point = (letter: string) => letter.charCodeAt(0);
    const spellings = [
      letters.map((letter) => `&#${point(letter)};`),
      letters.map((letter) => `&#x${point(letter).toString(16)};`),
      letters.map((letter) => `&#X${point(letter.toUpperCase()).toString(16).toUpperCase()};`),
      letters.map((letter) => `\\u${point(letter).toString(16).padStart(4, '0')}`),
      letters.map((letter) => `%${point(letter).toString(16)}`),
    ];
    for (const spelling of spellings)
      expect(ann.redact(`<a>${spelling.join('')}</a>`)).toBe('<a>[forgotten]</a>');
  });

  const named17 = [
    '<Id>17</Id>',
    '{"Id":17,"Email":null}',
    '{\\"leadId\\":17}',
    'lead:IDNUM:17',
    '{"keyType":"IDNUM","keyValue":"17"}',
    '<keyType>IDNUM</keyType><keyValue>017</keyValue>',
    '<keyType>IDNUM</keyType><keyValues><stringItem>16</stringItem><stringItem>17</stringItem></keyValues>',
    'No lead found with IDNUM = 17',
  ];
  const other17 = [
    '<Id>170</Id>',
    '<Id>1-17</Id>',
    '{"campaignId":17}',
    '17 records',
    'lead:CUSTOM:17',
    '{"keyType":"CUSTOM","keyValue":"17"}',
    '2026-11-17',
    '(20117)',
  ];
  test.each(['lead:IDNUM:17', 'lead:IDNUM:0017'])(
    'finds the lead of %s only behind a name that says so',
    (key) => {
      const person = personOf(key);
      expect(named17.filter((text) => !person.isNamedIn(text))).toEqual([]);
      expect(other17.filter((text) => person.isNamedIn(text))).toEqual([]);
      expect(person.redact('<Id>17</Id><n>17</n>')).toBe('<Id>[forgotten]</Id><n>17</n>');
      expect(person.orderingKeys).toEqual(['lead:IDNUM:17']);
    },
  );

  test('takes every kind of key that a job may name, with its kind or bare', () => {
    const cookie = 'id:287-GTJ-838&token:_mch-marketo.com-1396310362214-46169';
    expect(personOf(`lead:COOKIE:${cookie}`).isNamedIn(cookie.replace('&', '&amp;'))).toBe(true);
    expect(personOf(cookie).orderingKeys).toContain(`lead:COOKIE:${cookie}`);
    expect(personOf('17').isNamedIn('lead:CUSTOM:17')).toBe(true);
    expect(personOf('crm-7').isNamedIn('"ForeignSysPersonId":"crm-7"')).toBe(true);
    expect(personOf('crm-7').isNamedIn('the crm-7 server')).toBe(false);
    expect(personOf('lead:SFDC:003A000001abcDE').isNamedIn('<x>003A000001abcDE</x>')).toBe(true);
    expect(personOf('lead:EMAIL:Ann@Example.com').orderingKeys).toEqual(['lead:EMAIL:ann@example.com']);
    expect(personOf('  ').isNamedIn('')).toBe(false);
  });
});
