import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeXml, tag } from '../../../../simulator/soap/markup.ts';
import { NotWellFormed, parseXml } from '../../../../simulator/soap/xml.ts';

describe('parseXml', () => {
  test.each([
    ['white space around and inside', '  a \n\t b  '],
    ['markup characters', '<b>&amp;</b> ]]> "x" \'y\''],
    ['an emoji and a carriage return', '😀\r\n'],
    ['what looks like a number or a boolean', '0012'],
    ['names of Object.prototype', '__proto__ constructor'],
  ])('hands back %s exactly', (_, value) => {
    expect(parseXml(`<a>${escapeXml(value)}</a>`).text).toBe(value);
  });

  test('hands back every text that XML can carry', () => {
    const carried = fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !FORBIDDEN.test(text));
    fc.assert(fc.property(carried, (text) => parseXml(tag('a', text).xml).text === text));
  });

  test('decodes an entity once', () => {
    expect(parseXml('<a>&amp;lt; &#38;amp; &#x1F600;</a>').text).toBe('&lt; &amp; 😀');
  });

  test('takes CDATA as it stands and joins it to the text around', () => {
    expect(parseXml('<a>x<![CDATA[<b>&amp;]]>y</a>').text).toBe('x<b>&amp;y');
  });

  test('tells unqualified children from qualified ones', () => {
    const root = parseXml('<n:a xmlns:n="urn:n"><b/><n:b/><c xmlns="urn:c"/></n:a>');
    expect([root, ...root.children].map((element) => element.namespace)).toEqual([
      'urn:n',
      '',
      'urn:n',
      'urn:c',
    ]);
  });

  test('reads xsi:type and xsi:nil through whatever prefixes', () => {
    const declarations =
      'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:m="http://www.marketo.com/mktows/"';
    const root = parseXml(
      `<a ${declarations} xmlns:o="urn:o"><b i:type="m:T"/><b i:type="o:T"/><b i:nil="true"/></a>`,
    );
    expect(root.children.map(({ type, nil }) => [type, nil])).toEqual([
      ['T', undefined],
      [undefined, undefined],
      [undefined, true],
    ]);
  });

  test.each([
    ['nothing', ''],
    ['plain text', 'hello'],
    ['an unclosed element', '<a><b></a>'],
    ['two roots', '<a/><b/>'],
    ['a DOCTYPE', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
    ['an entity nobody declared', '<a>&nbsp;</a>'],
    ['a bare ampersand', '<a>a & b</a>'],
    ['a bare ampersand before a semicolon', '<a>a &b c;</a>'],
    ['an entity without its end, in an attribute', '<a b="x &amp y"/>'],
    ['a control character', '<a>\u0001</a>'],
    ['a reference to a control character', '<a>&#1;</a>'],
    ['a reference to half an emoji', '<a>&#xD83D;</a>'],
    ['a reference beyond Unicode', '<a>&#x110000;</a>'],
    ['a prefix nobody declared', '<n:a/>'],
    ['the end of CDATA as text', '<a>]]></a>'],
  ])('refuses %s', (_, document) => {
    expect(() => parseXml(document)).toThrow(NotWellFormed);
  });
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what XML cannot carry
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;
