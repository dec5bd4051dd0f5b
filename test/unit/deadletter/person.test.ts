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

describe('the jobs of a person', () => {
  const keysOf = (key: string) => personOf(key).orderingKeys;

  test('stand under the one key of an address', () => {
    expect(keysOf(' Ann@Example.com ')).toEqual(['lead:EMAIL:ann@example.com']);
  });

  test('stand under the key that is given whole', () => {
    expect(keysOf('lead:IDNUM:0017')).toEqual(['lead:IDNUM:17']);
    expect(keysOf('lead:CUSTOM:Ann@example.com')).toEqual(['lead:CUSTOM:Ann@example.com']);
    expect(keysOf(' lead:sfdc: 00Q5 ')).toEqual(['lead:SFDC:00Q5']);
    expect(keysOf('lead:CUSTOM:a\nb')).toEqual(['lead:CUSTOM:a\nb']);
  });

  test.each(['17', 'xlead:IDNUM:17', 'a@b@c', 'ann lee@example.com', 'ann@'])(
    'stand under every kind of key where %j is all that is known',
    (key) => {
      expect(keysOf(key)).toHaveLength(12);
      expect(keysOf(key)).toContain(`lead:COOKIE:${key}`);
    },
  );

  test.each(['', '  ', 'lead:EMAIL:', 'lead:IDNUM: '])('are none of nobody: %j', (key) => {
    const nobody = personOf(key);
    expect(nobody.orderingKeys).toEqual([]);
    expect(nobody.isNamedIn('lead:EMAIL: EMAIL = ')).toBe(false);
    expect(nobody.redact('ann@example.com')).toBe('ann@example.com');
  });
});

describe('a short value', () => {
  test.each([
    ['COOKIE', 'marketoCookie: ab1'],
    ['COOKIE', 'cookie=ab1'],
    ['COOKIE', '<Cookie>ab1</Cookie>'],
    ['CUSTOM', '"ForeignSysPersonId":"ab1"'],
    ['SFDC', '"ForeignSysPersonId":"ab1"'],
    ['NETSUITE', '"ForeignSysPersonId":"ab1"'],
    ['IDNUM', 'Lead id ab1'],
  ])('of a %s is found behind its name in %j', (type, text) => {
    const person = personOf(`lead:${type}:ab1`);
    expect(person.isNamedIn(text)).toBe(true);
    expect(person.redact(text)).toBe(text.replace('ab1', '[forgotten]'));
  });

  test('is nobody’s without a name that says so', () => {
    expect(personOf('lead:COOKIE:ab1').isNamedIn('step ab1 of 7, ForeignSysPersonId: ab1')).toBe(false);
  });

  test('is found as it is written for one kind of key or another', () => {
    const person = personOf('Ab1');
    expect(person.isNamedIn('"ForeignSysPersonId":"Ab1"')).toBe(true);
    expect(person.isNamedIn('EMAIL = ab1')).toBe(true);
  });

  test('is found in a list behind any kind of key', () => {
    const list = '{"keyType":"IDNUM","keyValues":{"stringItem":["5","17","171"]}}';
    expect(personOf('17').redact(list)).toBe(list.replace('"17"', '"[forgotten]"'));
    expect(personOf('lead:IDNUM:17').isNamedIn(list)).toBe(true);
    expect(personOf('lead:COOKIE:17').isNamedIn(list)).toBe(false);
  });
});

describe('a value of twelve characters', () => {
  test('is the person’s wherever it stands', () => {
    expect(personOf('abcdefghijk1').isNamedIn('gone: abcdefghijk1')).toBe(true);
    expect(personOf('abcdefghijkl').isNamedIn('gone: abcdefghijkl')).toBe(true);
    expect(personOf('abcdefghij1').isNamedIn('gone: abcdefghij1')).toBe(false);
  });

  test('is not if it is a number: that may count anything', () => {
    expect(personOf('123456789012').isNamedIn('after 123456789012 ms')).toBe(false);
    expect(personOf('123456789012').isNamedIn('Lead id 123456789012')).toBe(true);
  });
});
