import { describe, expect, test } from 'vitest';
import { freightOf, packed, unpacked } from '../../../../shared/marketo/packing/packing.ts';
import { REST_BOUNDS } from '../../../../shared/marketo/rest/packing-bounds.ts';
import { SOAP_BOUNDS } from '../../../../shared/marketo/soap/packing-bounds.ts';
import type { Call, RecordOutcome } from '../../../../shared/marketo/transport.ts';
import { recordOf } from '../../../support/record-outcome.ts';
import { callOf, mayShare } from './calls.ts';

type Values = Readonly<Record<string, string>>;
type Wanted = 'INSERT' | 'UPDATE' | 'UPSERT';

const attributes = (values: Values) => ({
  attribute: Object.entries(values).map(([attrName, attrValue]) => ({ attrName, attrValue })),
});

const cars = (operation: Wanted | undefined, ...keys: readonly Values[]): Call =>
  callOf('syncCustomObjects', {
    objTypeName: 'car_c',
    ...(operation === undefined ? {} : { operation }),
    customObjList: { customObj: keys.map((key) => ({ customObjKeyList: attributes(key) })) },
  });

const scrap = (...keys: readonly Values[]): Call =>
  callOf('deleteCustomObjects', {
    objTypeName: 'car_c',
    customObjKeyLists: { keyList: keys.map(attributes) },
  });

const KEY = 'externalOpportunityId';

const deal = (key: string, over: object = {}) => ({
  type: 'Opportunity',
  externalKey: { name: KEY, value: key },
  ...over,
});

const deals = (operation: Wanted, ...mObject: readonly object[]): Call =>
  callOf('syncMObjects', { operation, mObjectList: { mObject: mObject as never } });

const role = (lead: number, opportunity: string) => ({
  type: 'OpportunityPersonRole',
  attribList: { attrib: [{ name: 'Role', value: 'Buyer' }] },
  associationList: {
    mObjAssociation: [
      { mObjType: 'Lead', id: lead },
      { mObjType: 'Opportunity', externalKey: { name: KEY, value: opportunity } },
    ],
  },
});

describe('custom objects', () => {
  test('share a call by keys of the same names, and never with one value in common', () => {
    expect(mayShare(cars('UPSERT', { vin: 'V1' }), cars('UPSERT', { VIN: 'V2' }), SOAP_BOUNDS)).toBe(true);
    expect(mayShare(cars('UPSERT', { vin: 'V1' }), cars('UPSERT', { vin: 'v1 ' }), SOAP_BOUNDS)).toBe(false);
    expect(mayShare(cars('UPSERT', { vin: 'V1' }), cars('UPSERT', { plate: 'P' }), SOAP_BOUNDS)).toBe(false);
    const [one, other] = [cars('UPSERT', { lead: '5', show: 'a' }), cars('UPSERT', { show: 'b', lead: '5' })];
    expect(mayShare(one, other, SOAP_BOUNDS)).toBe(false);
    expect(mayShare(one, cars('UPSERT', { show: 'b', lead: '6' }), SOAP_BOUNDS)).toBe(true);
  });

  test('share a call of one way of writing, a hundred over SOAP and three hundred over REST', () => {
    expect(mayShare(cars('UPSERT', { vin: '1' }), cars('UPDATE', { vin: '2' }), SOAP_BOUNDS)).toBe(false);
    expect(mayShare(cars(undefined, { vin: '1' }), cars('UPSERT', { vin: '2' }), SOAP_BOUNDS)).toBe(false);
    expect(freightOf(cars('UPSERT', { vin: '1' }), SOAP_BOUNDS)?.room.records).toBe(100);
    expect(freightOf(cars('UPSERT', { vin: '1' }), REST_BOUNDS)?.room.records).toBe(300);
  });

  test('that are inserted, or have no key of their own, go alone', () => {
    expect(freightOf(cars('INSERT', { vin: '1' }), SOAP_BOUNDS)).toBeNull();
    expect(freightOf(cars('UPSERT', {}), SOAP_BOUNDS)).toBeNull();
    expect(freightOf(cars('UPDATE', {}), SOAP_BOUNDS)).toBeNull();
    const without = callOf('syncCustomObjects', {
      objTypeName: 'car_c',
      operation: 'UPDATE',
      customObjList: { customObj: [{ customObjAttributeList: attributes({ make: 'Audi' }) }] },
    });
    expect(freightOf(without, SOAP_BOUNDS)).toBeNull();
    expect(freightOf(cars('UPDATE', { vin: '1' }, { plate: 'P' }), SOAP_BOUNDS)).toBeNull();
    expect(freightOf(cars('UPSERT', { vin: '1', plate: ' ' }), SOAP_BOUNDS)).toBeNull();
  });

  test('become one call in their order, deletions too', () => {
    expect(packed([cars('UPDATE', { vin: '2' }), cars('UPDATE', { vin: '1' }, { vin: '3' })])).toEqual(
      cars('UPDATE', { vin: '2' }, { vin: '1' }, { vin: '3' }),
    );
    expect(packed([scrap({ vin: '2' }), scrap({ vin: '1' })])).toEqual(scrap({ vin: '2' }, { vin: '1' }));
    expect(mayShare(scrap({ vin: '2' }), scrap({ vin: '1' }), REST_BOUNDS)).toBe(true);
  });

  test('bring their keys, whatever the order in which those stand', () => {
    const two = cars('UPDATE', { show: 'b', Lead: '5' }, { lead: '6', show: 'A' });
    expect(freightOf(two, SOAP_BOUNDS)).toMatchObject({
      lane: JSON.stringify([
        'syncCustomObjects',
        null,
        JSON.stringify(['car_c', 'UPDATE', JSON.stringify([':lead', ':show'])]),
      ]),
      records: 2,
      values: [':show:b', ':lead:5', ':lead:6', ':show:a'],
      room: { bytes: 1_000_000 },
    });
    expect(freightOf({ ...two, workspace: 'Europe' }, REST_BOUNDS)).toBeNull();
    expect(freightOf(scrap({ vin: '1' }), SOAP_BOUNDS)).toMatchObject({
      lane: JSON.stringify([
        'deleteCustomObjects',
        null,
        JSON.stringify(['car_c', JSON.stringify([':vin'])]),
      ]),
      values: [':vin:1'],
    });
  });
});

describe('opportunities and roles', () => {
  test('share a call by keys of the same kind', () => {
    expect(mayShare(deals('UPSERT', deal('1')), deals('UPSERT', deal('2')), SOAP_BOUNDS)).toBe(true);
    expect(mayShare(deals('UPSERT', deal('1')), deals('UPSERT', deal('1')), SOAP_BOUNDS)).toBe(false);
    const byOther = deal('2', { externalKey: { name: 'Crm Id', value: '2' } });
    expect(mayShare(deals('UPSERT', deal('1')), deals('UPSERT', byOther), SOAP_BOUNDS)).toBe(false);
    expect(mayShare(deals('UPDATE', role(1, 'a')), deals('UPDATE', role(2, 'b')), SOAP_BOUNDS)).toBe(true);
    expect(mayShare(deals('UPDATE', role(1, 'a')), deals('UPDATE', role(2, 'a')), SOAP_BOUNDS)).toBe(false);
  });

  test('go alone where they are inserted, of two types, without a key, or programs', () => {
    const alone = [
      deals('INSERT', deal('1')),
      deals('UPSERT', role(1, 'a')),
      deals('UPSERT', deal('1'), { ...deal('2'), type: 'OpportunityPersonRole' }),
      deals('UPDATE', { type: 'Opportunity' }),
      deals('UPDATE', { type: 'Program', id: 5 }),
    ];
    expect(alone.map((call) => freightOf(call, SOAP_BOUNDS))).toEqual(alone.map(() => null));
  });

  test('become one call in their order, deletions too', () => {
    expect(packed([deals('UPSERT', deal('2')), deals('UPSERT', deal('1'))])).toEqual(
      deals('UPSERT', deal('2'), deal('1')),
    );
    const gone = (...keys: readonly string[]) =>
      callOf('deleteMObjects', { mObjectList: { mObject: keys.map((key) => deal(key)) } });
    expect(packed([gone('2'), gone('1')])).toEqual(gone('2', '1'));
    expect(mayShare(gone('2'), gone('1'), SOAP_BOUNDS)).toBe(true);
    expect(freightOf(gone('1'), SOAP_BOUNDS)?.lane).toContain('DELETE');
  });

  test('share a call of one way of writing and of one type', () => {
    expect(mayShare(deals('UPSERT', deal('1')), deals('UPDATE', deal('2')), SOAP_BOUNDS)).toBe(false);
    const asRole = { ...deal('2'), type: 'OpportunityPersonRole' };
    expect(mayShare(deals('UPDATE', deal('1')), deals('UPDATE', asRole), SOAP_BOUNDS)).toBe(false);
  });

  test('are known by their ids, by attributes that are keys in any spelling, and by what they belong to', () => {
    const attrib = [
      { name: 'External Opportunity_ID', value: ' D1' },
      { name: 'Stage', value: 'Won' },
      { name: 'LeadId', value: '7' },
      { name: 'personid', value: '8' },
      { name: 'Opportunity\tId', value: '9' },
    ];
    const known = deals('UPDATE', { type: 'Opportunity', id: 5, attribList: { attrib } });
    expect(freightOf(known, SOAP_BOUNDS)?.values).toEqual([
      'id:5',
      'externalopportunityid:d1',
      'leadid:7',
      'personid:8',
      'opportunityid:9',
    ]);
    expect(freightOf(deals('UPDATE', role(1, 'A')), SOAP_BOUNDS)?.values).toEqual([
      'Lead id:1',
      'Opportunity externalopportunityid:a',
    ]);
  });
});

describe('the answer to objects that shared a call', () => {
  const written = (key: string, over: Partial<RecordOutcome> = {}): RecordOutcome =>
    recordOf({ result: { key, status: over.ok === false ? 'FAILED' : 'CREATED' }, ...over });

  const answer = (...records: [RecordOutcome, ...RecordOutcome[]]) => ({
    result: {
      result: { syncCustomObjStatusList: { syncCustomObjStatus: records.map(({ result }) => result) } },
    },
    records,
    inOrder: true,
  });

  const calls = [cars('UPSERT', { vin: '1' }), cars('UPSERT', { vin: '2' }, { vin: '3' })];
  const FAULT = { kind: 'decided', code: 1006, message: 'no such field' } as const;

  test('tells each its own statuses, failed ones too', () => {
    const failed = written('3', { ok: false, message: 'no such field' });
    expect(unpacked(calls, answer(written('1'), written('2'), failed), SOAP_BOUNDS)).toEqual([
      { kind: 'answered', ...answer(written('1')) },
      { kind: 'answered', ...answer(written('2'), failed) },
    ]);
  });

  test('is found where each operation has it', () => {
    const records = [written('1'), written('2')] as const;
    const statuses = records.map(({ result }) => result);
    const gone = (key: string) => callOf('deleteMObjects', { mObjectList: { mObject: [deal(key)] } });
    const pairs: readonly (readonly [readonly Call[], string, string])[] = [
      [[scrap({ vin: '1' }), scrap({ vin: '2' })], 'deleteCustomObjStatusList', 'syncCustomObjStatus'],
      [[deals('UPSERT', deal('1')), deals('UPSERT', deal('2'))], 'mObjStatusList', 'mObjStatus'],
      [[gone('1'), gone('2')], 'mObjStatusList', 'mObjStatus'],
    ];
    for (const [two, listName, item] of pairs) {
      const whole = { result: { [listName]: { [item]: statuses } } };
      expect(unpacked(two, { result: whole, records, inOrder: true }, SOAP_BOUNDS)).toEqual(
        records.map((record) => ({
          kind: 'answered',
          result: { result: { [listName]: { [item]: [record.result] } } },
          records: [record],
          inOrder: true,
        })),
      );
    }
  });

  test('is a fault to who brought one record that was not sent, and a failed record to who brought others', () => {
    const unsent = (key: string) => written(key, { ok: false, code: 1006, fault: FAULT });
    expect(unpacked(calls, answer(unsent('1'), unsent('2'), written('3')), REST_BOUNDS)).toEqual([
      { kind: 'fault', fault: FAULT },
      { kind: 'answered', ...answer(unsent('2'), written('3')) },
    ]);
  });

  test('sends again with fewer what was refused with others', () => {
    const refused = written('1', { ok: false, code: 1003, ofRequest: true });
    expect(unpacked(calls, answer(refused, written('2'), written('3')), REST_BOUNDS)).toMatchObject([
      { kind: 'again-halved' },
      { kind: 'answered' },
    ]);
  });

  test('sends again with fewer what came in an order of Marketo’s own', () => {
    const three = answer(written('1'), written('2'), written('3'));
    expect(unpacked(calls, { ...three, inOrder: false }, SOAP_BOUNDS)).toEqual([
      { kind: 'again-halved' },
      { kind: 'again-halved' },
    ]);
  });

  test('cannot be read where it is of another length', () => {
    expect(unpacked(calls, answer(written('1'), written('2')), SOAP_BOUNDS)).toBeNull();
    const three = answer(written('1'), written('2'), written('3'));
    expect(unpacked(calls, { ...three, result: { result: {} } }, SOAP_BOUNDS)).toBeNull();
    const { records } = answer(written('1'), written('2'));
    expect(unpacked(calls, { ...three, records }, SOAP_BOUNDS)).toBeNull();
  });
});
