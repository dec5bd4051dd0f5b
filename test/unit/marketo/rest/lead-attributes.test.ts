import { expect, test } from 'vitest';
import type { LeadRecordParams } from '../../../../shared/marketo/operations/types.ts';
import {
  attributeFindings,
  toLeadRecord,
  toRestRecord,
} from '../../../../shared/marketo/rest/leads/lead-attributes.ts';
import { NO_SETTINGS } from '../../../support/rest-stage.ts';
import { STUB_FIELDS } from '../../../support/stub-lead-fields.ts';

const withAttributes = (
  pairs: readonly (readonly [string, string])[],
  record: LeadRecordParams = {},
): LeadRecordParams => ({
  ...record,
  leadAttributeList: { attribute: pairs.map(([attrName, attrValue]) => ({ attrName, attrValue })) },
});

const findingsOf = (
  record: LeadRecordParams,
  foreignIdField: string | Record<string, string> | null = null,
) => attributeFindings(record, { fields: STUB_FIELDS, settings: { ...NO_SETTINGS, foreignIdField } });

test('attributes become fields by their REST names, with values as REST takes them', () => {
  const record = withAttributes([
    ['FirstName', ' Ann '],
    ['Last Name', ''],
    ['leadScore', '12'],
    ['Unsubscribed', '1'],
    ['Met_At', '2026-01-02T03:04:05.678-06:00'],
  ]);
  expect(Object.fromEntries(toRestRecord(record, STUB_FIELDS, NO_SETTINGS))).toEqual({
    firstName: ' Ann ',
    lastName: '',
    leadScore: '12',
    unsubscribed: true,
    metAt: '2026-01-02T03:04:05-06:00',
  });
  expect(findingsOf(record)).toEqual([]);
});

test.each([
  { value: 'true', sent: true },
  { value: 'False', sent: false },
  { value: '0', sent: false },
  { value: 'maybe', sent: 'maybe' },
])('a boolean $value is sent as $sent', ({ value, sent }) => {
  const values = toRestRecord(withAttributes([['Unsubscribed', value]]), STUB_FIELDS, NO_SETTINGS);
  expect(values.get('unsubscribed')).toBe(sent);
});

test('an unknown name is refused with the names near it', () => {
  expect(findingsOf(withAttributes([['FistName', 'Ann']]))).toEqual([
    {
      kind: 'refused',
      code: 1006,
      message: 'no lead field is named "FistName"; near it are FirstName, LastName',
    },
  ]);
  expect(findingsOf(withAttributes([['__proto__', 'Ann']]))).toMatchObject([{ kind: 'refused', code: 1006 }]);
});

test('two names of one field are refused, both named', () => {
  const [finding] = findingsOf(
    withAttributes([
      ['FirstName', 'Ann'],
      ['First Name', 'Anna'],
    ]),
  );
  expect(finding).toMatchObject({ kind: 'refused', code: 1003 });
  expect(finding?.message).toContain('FirstName and First Name');
});

test('an id among the attributes is refused unless it is the record’s own', () => {
  const attributes = [['Id', '12']] as const;
  expect(findingsOf(withAttributes(attributes, { Id: 13 }))).toMatchObject([{ kind: 'refused', code: 1003 }]);
  expect(findingsOf(withAttributes(attributes, { Email: 'a@x.example' }))).toHaveLength(1);
  const own = withAttributes(attributes, { Id: 12 });
  expect(findingsOf(own)).toEqual([]);
  expect([...toRestRecord(own, STUB_FIELDS, NO_SETTINGS)]).toEqual([]);
});

test('an address among the attributes must be the key’s own, unless an Id is the key', () => {
  const attributes = [['Email', 'B@x.example']] as const;
  expect(findingsOf(withAttributes(attributes, { Email: 'a@x.example' }))).toMatchObject([
    { kind: 'refused', code: 1003 },
  ]);
  expect(findingsOf(withAttributes(attributes, { Email: 'b@x.example' }))).toEqual([]);
  expect(findingsOf(withAttributes(attributes, { Id: 12, Email: 'a@x.example' }))).toEqual([]);
});

test('id and address are known without a description of the instance', () => {
  const known = { fields: null, settings: NO_SETTINGS };
  const record = withAttributes(
    [
      ['id', '13'],
      ['Email', 'b@x.example'],
      ['Any', 'x'],
    ],
    { Email: 'a@x.example' },
  );
  expect(attributeFindings(record, known).map(({ code }) => code)).toEqual([1003, 1003]);
});

test('company and read-only fields are named as differences', () => {
  const record = withAttributes([
    ['Company', 'Acme'],
    ['OriginalReferrer', 'x'],
    ['FirstName', 'Ann'],
  ]);
  expect(findingsOf(record)).toMatchObject([
    { kind: 'unlike', code: 1021 },
    { kind: 'unlike', code: 1006 },
  ]);
});

test('a foreign id needs the field that is configured for its type', () => {
  const custom = { Id: 12, ForeignSysPersonId: ' F1 ', ForeignSysType: 'CUSTOM' as const };
  const salesforce = { ...custom, ForeignSysType: 'SFDC' as const };
  expect(findingsOf(custom)).toMatchObject([{ kind: 'needs-setting', code: 1003 }]);
  expect(findingsOf(salesforce, 'foreignId')).toMatchObject([{ kind: 'needs-setting', code: 1003 }]);
  expect(findingsOf(salesforce, { CUSTOM: 'foreignId' })).toMatchObject([{ kind: 'needs-setting' }]);
  expect(findingsOf(custom, 'noSuch')).toMatchObject([{ kind: 'needs-setting', code: 1006 }]);
  expect(findingsOf(custom, 'foreignId')).toEqual([]);
  expect(findingsOf(salesforce, { SFDC: 'foreignId' })).toEqual([]);
  const values = toRestRecord(custom, STUB_FIELDS, { ...NO_SETTINGS, foreignIdField: 'foreignId' });
  expect([...values]).toEqual([['foreignId', 'F1']]);
});

test('a foreign id beside an attribute of the same field is refused', () => {
  const record = withAttributes([['Foreign_Id', 'F2']], {
    ForeignSysPersonId: 'F1',
    ForeignSysType: 'CUSTOM',
  });
  expect(findingsOf(record, 'foreignId')).toMatchObject([{ kind: 'refused', code: 1003 }]);
});

test('a field of a reply whose value is neither text nor number nor boolean is left out', () => {
  const row = { firstName: { toString: 1 }, lastName: ['x'], leadScore: 3 };
  expect(toLeadRecord({ id: 5, row }, STUB_FIELDS.all)).toEqual({
    Id: 5,
    leadAttributeList: { attribute: [{ attrName: 'LeadScore', attrType: 'integer', attrValue: '3' }] },
  });
});
