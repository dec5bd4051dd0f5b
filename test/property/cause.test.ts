import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { causeOf, maskValues } from '../../shared/deadletter/cause.ts';
import { readNotice } from '../../shared/deadletter/notice.ts';
import { personOf } from '../../shared/deadletter/person.ts';

const values: Readonly<Record<string, fc.Arbitrary<string>>> = {
  email: fc
    .tuple(fc.stringMatching(/^[a-z0-9][a-z0-9.+_-]{0,12}$/), fc.stringMatching(/^[a-z0-9]{1,8}$/))
    .map(([name, host]) => `${name}@${host}.example.com`),
  number: fc.oneof(
    fc.integer().map(String),
    fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((n) => n.toFixed(2)),
  ),
  uuid: fc.uuid(),
  time: fc
    .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
    .map((date) => date.toISOString()),
  quoted: fc.stringMatching(/^[\w @.-]{0,20}$/).map((text) => `"${text}"`),
  apostrophes: fc.stringMatching(/^[\w @.-]{0,20}$/).map((text) => `'${text}'`),
  hex: fc.stringMatching(/^[0-9a-f]{16}$/).filter((text) => /\d/.test(text)),
  url: fc.webUrl({ withQueryParameters: true }).filter((url) => !/["'<>\s]/.test(url)),
};

const words = fc
  .array(fc.constantFrom('lead', 'is', 'not', 'the', 'list', 'locked', 'by', 'Marketo', 'too', 'long'), {
    minLength: 1,
    maxLength: 5,
  })
  .map((list) => list.join(' '));

describe('causeOf', () => {
  test.each(Object.keys(values))('is one for two messages that differ only in a value: %s', (kind) => {
    const value = values[kind] ?? fc.constant('');
    fc.assert(
      fc.property(words, words, value, value, (before, after, a, b) => {
        const of = (message: string) =>
          causeOf({ class: 'invalid-request', code: 20110, operation: 'syncLead', message });
        expect(of(`${before} ${a} ${after} (20110)`)).toBe(of(`${before} ${b} ${after} (20110)`));
      }),
    );
  });

  test('is one for two keys of a lead, whatever they hold', () => {
    const value = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(value, value, (a, b) => {
        const mask = (key: string) => maskValues(`No lead found with EMAIL = ${key} (20103)`, 20103);
        expect(mask(a)).toBe(mask(b));
      }),
    );
  });

  test('is one for two unknown fields', () => {
    const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,30}$/);
    fc.assert(
      fc.property(name, name, (a, b) => {
        fc.pre(a !== b);
        const mask = (field: string) => maskValues(`unknown fields for import: ${field} (20105)`, 20105);
        expect(mask(a)).toBe(mask(b));
      }),
    );
  });

  test('never throws and is always 12 hex digits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.option(fc.integer()), (message, code) => {
        expect(causeOf({ class: 'unknown', code, operation: null, message })).toMatch(/^[0-9a-f]{12}$/);
      }),
    );
  });
});

describe('readNotice', () => {
  test('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (body) => void readNotice(body)));
  });
});

describe('personOf', () => {
  test('finds any address in any of its escapes, and leaves nothing of it', () => {
    const xml = (text: string) => text.replaceAll('&', '&amp;').replaceAll("'", '&apos;');
    const json = (text: string) => JSON.stringify({ Email: text });
    fc.assert(
      fc.property(fc.emailAddress(), fc.constantFrom(xml, json, encodeURIComponent), (email, written) => {
        const person = personOf(email.toUpperCase());
        const text = `<a>${written(email)}</a>`;
        expect(person.isNamedIn(text)).toBe(true);
        expect(person.isNamedIn(person.redact(text))).toBe(false);
      }),
      { numRuns: 30 },
    );
  });
});
