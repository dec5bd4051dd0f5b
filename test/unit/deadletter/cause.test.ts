import { describe, expect, test } from 'vitest';
import { causeOf, maskValues, unknownFields } from '../../../shared/deadletter/cause.ts';
import { summary } from '../../support/letters.ts';

const notFound = (email: string) =>
  summary({ class: 'not-found', code: 20103, message: `No lead found with EMAIL = ${email} (20103)` });

describe('causeOf', () => {
  test('is 12 hex digits and the same for two leads with one trouble', () => {
    const [a, b] = [causeOf(notFound('a@example.com')), causeOf(notFound('b@example.com'))];
    expect(a).toMatch(/^[0-9a-f]{12}$/);
    expect(a).toBe(b);
  });

  test.each([
    ['class', { class: 'in-doubt' }],
    ['code', { code: 20104 }],
    ['operation', { operation: 'getLead' }],
    ['message', { message: 'something else' }],
  ] as const)('is another for another %s', (_what, more) => {
    const letter = notFound('a@example.com');
    expect(causeOf({ ...letter, ...more })).not.toBe(causeOf(letter));
  });
});

describe('maskValues', () => {
  test.each([
    ['No lead found with EMAIL = ann@example.com (20103)', 20103, 'No lead found with EMAIL = …'],
    ['No lead found with EMAIL = not an address (20103)', 20103, 'No lead found with EMAIL = …'],
    ['20103 - Lead not found', 20103, 'Lead not found'],
    ['lead 42 of 300 failed after 1.5s', null, 'lead … of … failed after …s'],
    ["value 'Ann' is too long", null, 'value … is too long'],
    ["the lead's list is gone, isn't it", null, "the lead's list is gone, isn't it"],
    ["mail to o'brien@example.com bounced", null, 'mail to … bounced'],
    ['see https://example.com/a?b=c for it', null, 'see … for it'],
    ['since 2026-11-22T10:00:00.000Z', null, 'since …'],
    ['lead 0b5c6a7e-1111-4222-8333-444455556666 is locked', null, 'lead … is locked'],
    ['lead 00Q5000000abcDEF is locked', null, 'lead … is locked'],
    ['connect to 127.0.0.1:8080 refused', null, 'connect to … refused'],
    ['ids 1, 2, 3 failed', null, 'ids … failed'],
    ['a\n  b', null, 'a b'],
    ['no answer \u001b[31mred\u001b[0m\u0007', null, 'no answer red'],
  ])('turns %j into its cause', (message, code, masked) => {
    expect(maskValues(message, code)).toBe(masked);
  });

  // Each line shows one rule: what no other rule would have masked.
  test.each([
    ['value "Ann Lee" is too long', 'value … is too long'],
    ['value "" is too short, not "x"', 'value … is too short, not …'],
    ['attribute "Shoe size" too long', 'attribute "Shoe size" too long'],
    ["values 'Ann Lee' and 'Bob' differ", 'values … and … differ'],
    ['token deadbee7 expired', 'token … expired'],
    ['token DEADBEE7 expired', 'token … expired'],
    ['the word deadbeef stays, and so does cafe', 'the word deadbeef stays, and so does cafe'],
    ['EMAIL=ann', 'EMAIL = …'],
    ['IDNUM= Ann Lee of Acme', 'IDNUM = …'],
    ['SFDCLEADID =Ann', 'SFDCLEADID = …'],
    ['key A=b stays', 'key A=b stays'],
    ['ftp://host/ann is gone', '… is gone'],
    ['lead AB-C1D2E3 is gone, AB-CDE is not', 'lead … is gone, AB-CDE is not'],
    ['offset +3 and -4.5 but 6,700', 'offset … and … but …'],
    ['due 2026-11-22 or 2026-11-22 10:00:00+01:00', 'due … or …'],
    ['<ann@example.com>, "x" and bob@x', '<…>, … and …'],
    ['lead abcdefab-cdef-abcd-efab-cdefabcdefab is locked', 'lead … is locked'],
    ['size 12345678.25 is odd', 'size … is odd'],
    ['Score2 is no number', 'Score2 is no number'],
  ])('turns %j into %j', (message, masked) => {
    expect(maskValues(message)).toBe(masked);
  });

  test.each([
    ['unknown fields for import: pants (20105)', 'unknown fields for import: …', ['pants']],
    ['unknown fields for import: a, Score_2019__c', 'unknown fields for import: …', ['a', 'Score_2019__c']],
    ['Unknown name attribute list: nameasdf', 'Unknown name attribute list: …', ['nameasdf']],
    ["1006 - Field 'pants' not found", '… - Field … not found', ['pants']],
    ["Lookup field 'x' not found", 'Lookup field … not found', ['x']],
    ["1006 - Field 'a b' not found; 1006 - Field 'c' not found", '… - Field … not found', ['a b', 'c']],
    [
      'no lead field is named "Shoe"; nothing was sent',
      'no lead field is named …; nothing was sent',
      ['Shoe'],
    ],
    ['Car has no field "doors"; it has vin', 'Car has no field …; it has vin', ['doors']],
    ['attribute "Shoe size" does not exist', 'attribute … does not exist', ['Shoe size']],
  ])('takes the unknown fields of %j for values, and tells which they are', (message, masked, fields) => {
    expect(maskValues(message, 20105)).toBe(masked);
    expect(unknownFields(message, 20105)).toEqual(fields);
  });

  test('keeps the names of fields that are known, because each needs its own repair', () => {
    expect(maskValues("Invalid value for field 'Score'")).toBe("Invalid value for field 'Score'");
    expect(unknownFields("Invalid value for field 'Score'")).toEqual([]);
    expect(unknownFields('unknown lead: ann@example.com')).toEqual([]);
  });

  test.each([
    ['params.leadRecord.email: unknown name; did you mean Email?', ['params.leadRecord.email']],
    [
      'params.leadRecord.Zip: unknown name; known here: Id, Email; params.leadRecord.xsi:Shoe: unknown name',
      ['params.leadRecord.Zip', 'params.leadRecord.xsi:Shoe'],
    ],
    [
      'params.leadRecordList.leadRecord[3].Zip: unknown name; params.leadRecordList.leadRecord[14].Zip: unknown name',
      ['params.leadRecordList.leadRecord[…].Zip'],
    ],
    ['params."a \\"b\\"; c": unknown name; nothing belongs here', ['params."a \\"b\\"; c"']],
  ])('takes the names that are none in %j for values, with their paths', (message, fields) => {
    expect(maskValues(message)).toBe('…: unknown name');
    expect(unknownFields(message)).toEqual(fields);
  });

  test('takes a key that the message itself does not have for a value', () => {
    const message =
      'my key: unknown key; the message takes version, id; retry: unknown key; the message takes version, id';
    expect(maskValues(message)).toBe('…: unknown key; the message takes version, id');
    expect(unknownFields(message)).toEqual(['my key', 'retry']);
  });

  test('keeps what else is wrong with a message, and where', () => {
    const both = 'params.returnLead: is missing; params.leadRecord.Zip: unknown name; did you mean Id?';
    expect(maskValues(both)).toBe('params.returnLead: is missing; …: unknown name');
  });

  test('does not take an address for the name of a field', () => {
    expect(maskValues('unknown lead: ann@example.com')).toBe('unknown lead: …');
  });

  test('keeps a code that is not the fault’s own out of the way like any number', () => {
    expect(maskValues('gone (20103)', 20103)).toBe('gone');
    expect(maskValues('gone (20103)', null)).toBe('gone (…)');
  });

  test('takes no time over a long message without spaces', () => {
    expect(maskValues(`${'a'.repeat(1_000_000)}@`).length).toBeLessThanOrEqual(2_000);
    expect(maskValues(`${'a.'.repeat(500_000)}: unknown name`).length).toBeLessThanOrEqual(2_000);
    expect(maskValues(`unknown ${'a '.repeat(500_000)}: x`).length).toBeLessThanOrEqual(2_000);
  });
});

describe('what of a message tells causes apart', () => {
  test.each([
    ['unknown fields:Size_12345678', 'unknown fields:…'],
    ['unknown field: _Size_12345678', 'unknown field: …'],
    ['unknown field: Größe 12', 'unknown field: Größe …'],
    ['Campaign1 is no id, nor is Campaign12', 'Campaign1 is no id, nor is Campaign12'],
    ['waited 150ms, then +1.25s and -2s', 'waited …ms, then …s and …s'],
    ['at 2026-11-22T10:00:00+01:00 it was', 'at … it was'],
    ['at 2026-11-22T10:00:00-0100 it was', 'at … it was'],
    ['on 2026-11-22 it was', 'on … it was'],
    ['v15 is a name, 1.5 is none', 'v15 is a name, … is none'],
    ['null - nothing was said', 'null - nothing was said'],
  ])('is kept of %j', (message, masked) => {
    expect(maskValues(message)).toBe(masked);
  });

  test('is also what stands long before a list of names', () => {
    const before = 'row '.repeat(80);
    expect(maskValues(`${before}unknown fields: pants`)).toBe(`${before}unknown fields: …`);
  });
});
