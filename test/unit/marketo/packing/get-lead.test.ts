import { describe, expect, test } from 'vitest';
import { freightOf, packed, unpacked } from '../../../../shared/marketo/packing/packing.ts';
import { REST_BOUNDS } from '../../../../shared/marketo/rest/packing-bounds.ts';
import { SOAP_BOUNDS } from '../../../../shared/marketo/soap/packing-bounds.ts';
import type { Call } from '../../../../shared/marketo/transport.ts';
import { recordOf } from '../../../support/record-outcome.ts';
import { callOf, mayShare } from './calls.ts';

type KeyType = 'EMAIL' | 'IDNUM' | 'COOKIE' | 'SFDCLEADID';

const get = (keyType: KeyType, keyValue: string): Call =>
  callOf('getLead', { leadKey: { keyType, keyValue } });

const ANN = get('EMAIL', ' Ann@x.example');
const BOB = get('EMAIL', 'bob@x.example');

const lead = (Id: number, Email?: string) => ({ Id, ...(Email === undefined ? {} : { Email }) });

const page = (leadRecord: readonly unknown[], remainingCount = 0) => ({
  result: {
    result: {
      returnCount: leadRecord.length,
      remainingCount,
      newStreamPosition: '',
      ...(leadRecord.length === 0 ? {} : { leadRecordList: { leadRecord } }),
    },
  },
  records: [recordOf()] as const,
  inOrder: true,
});

describe('getLead', () => {
  test('shares a call by keys of one type, a hundred of them', () => {
    expect(mayShare(ANN, BOB, SOAP_BOUNDS)).toBe(true);
    expect(freightOf(ANN, REST_BOUNDS)?.room.records).toBe(100);
    expect(mayShare(ANN, get('IDNUM', '7'), SOAP_BOUNDS)).toBe(false);
    expect(freightOf(BOB, SOAP_BOUNDS)).toEqual({
      lane: '["getLead",null,"EMAIL"]',
      records: 1,
      bytes: '{"keyType":"EMAIL","keyValue":"bob@x.example"}'.length,
      values: ['EMAIL:bob@x.example'],
      room: { records: 100, bytes: 1_000_000 },
    });
  });

  test('never asks for one lead twice in a call', () => {
    expect(mayShare(ANN, get('EMAIL', 'ANN@X.example'), SOAP_BOUNDS)).toBe(false);
    expect(mayShare(get('IDNUM', '7'), get('IDNUM', '007'), SOAP_BOUNDS)).toBe(false);
  });

  test('goes alone by a cookie, by an id of Salesforce and by what REST would read as no key or as two', () => {
    const alone = [
      get('COOKIE', 'id:1'),
      get('SFDCLEADID', '00Q1'),
      get('IDNUM', '1,2'),
      get('EMAIL', 'a,b@x.example'),
    ];
    expect(alone.map((call) => freightOf(call, REST_BOUNDS))).toEqual([null, null, null, null]);
  });

  test('becomes a getMultipleLeads by its keys, with every attribute', () => {
    expect(packed([ANN, BOB])).toEqual({
      operation: 'getMultipleLeads',
      params: {
        leadSelector: { keyType: 'EMAIL', keyValues: { stringItem: ['Ann@x.example', 'bob@x.example'] } },
        batchSize: 300,
      },
      workspace: null,
    });
  });

  test('is answered its own leads, the oldest first, or that there is none', () => {
    const answer = page([lead(9, 'ANN@x.example'), lead(5, 'ann@x.example')]);
    const payload = {
      count: 2,
      leadRecordList: { leadRecord: [lead(5, 'ann@x.example'), lead(9, 'ANN@x.example')] },
    };
    expect(unpacked([ANN, BOB], answer, SOAP_BOUNDS)).toEqual([
      {
        kind: 'answered',
        result: { result: payload },
        records: [recordOf({ result: payload })],
        inOrder: true,
      },
      {
        kind: 'fault',
        fault: { kind: 'decided', code: 20103, message: 'No lead found with EMAIL = bob@x.example (20103)' },
      },
    ]);
  });

  test('is answered by Id as well, out of an answer that counts nothing and holds one lead', () => {
    const one = { result: { result: { leadRecordList: { leadRecord: lead(7) } } } };
    expect(
      unpacked([get('IDNUM', '8'), get('IDNUM', '007')], { ...page([]), ...one }, SOAP_BOUNDS),
    ).toMatchObject([
      { kind: 'fault' },
      { kind: 'answered', result: { result: { count: 1, leadRecordList: { leadRecord: [lead(7)] } } } },
    ]);
  });

  test('is told of a key that nobody has as it was meant', () => {
    expect(unpacked([ANN, BOB], page([lead(2, 'bob@x.example')]), SOAP_BOUNDS)).toMatchObject([
      { kind: 'fault', fault: { message: 'No lead found with EMAIL = Ann@x.example (20103)' } },
      { kind: 'answered' },
    ]);
  });

  test('that nobody has, is 1004 over REST', () => {
    expect(unpacked([ANN, BOB], page([]), REST_BOUNDS)).toMatchObject([
      { kind: 'fault', fault: { code: 1004 } },
      { kind: 'fault', fault: { code: 1004 } },
    ]);
  });

  test('is asked again in a smaller call where the page has no room for all', () => {
    const answer = page([lead(1, 'ann@x.example'), lead(2, 'bob@x.example')], 1);
    expect(unpacked([ANN, BOB], answer, SOAP_BOUNDS)).toEqual([
      { kind: 'again-halved' },
      { kind: 'again-halved' },
    ]);
  });

  test('is asked again in a smaller call where a lead came under a key that nobody gave', () => {
    const answers = [
      page([lead(1, 'other@x.example'), lead(2, 'bob@x.example')]),
      page([lead(1)]),
      page([null]),
    ];
    for (const answer of answers)
      expect(unpacked([ANN, BOB], answer, SOAP_BOUNDS)?.map(({ kind }) => kind)).toEqual([
        'again-halved',
        'again-halved',
      ]);
  });

  test('cannot be read out of what is no answer', () => {
    expect(unpacked([ANN, BOB], { ...page([]), result: null }, SOAP_BOUNDS)).toBeNull();
  });
});
