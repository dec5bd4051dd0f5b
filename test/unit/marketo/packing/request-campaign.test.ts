import { describe, expect, test } from 'vitest';
import { freightOf, packed, unpacked } from '../../../../shared/marketo/packing/packing.ts';
import { REST_BOUNDS } from '../../../../shared/marketo/rest/packing-bounds.ts';
import { SOAP_BOUNDS } from '../../../../shared/marketo/soap/packing-bounds.ts';
import type { Call } from '../../../../shared/marketo/transport.ts';
import { recordOf } from '../../../support/record-outcome.ts';
import { callOf, mayShare } from './calls.ts';

const request = (campaignId: number, ...ids: readonly string[]): Call =>
  callOf('requestCampaign', {
    source: 'MKTOWS',
    campaignId,
    leadList: { leadKey: ids.map((keyValue) => ({ keyType: 'IDNUM' as const, keyValue })) },
  });

const named = (code: string, id: string): Call =>
  callOf('requestCampaign', {
    source: 'MKTOWS',
    programName: 'Spring',
    campaignName: 'Welcome',
    leadList: { leadKey: [{ keyType: 'IDNUM', keyValue: id }] },
    programTokenList: { attrib: [{ name: '{{my.code}}', value: code }] },
  });

const answer = (success: boolean) => ({
  result: { result: { success } },
  records: [recordOf({ ok: success, result: { success } })] as const,
  inOrder: true,
});

describe('requestCampaign', () => {
  test('shares a call only where every sender says that a repeat is harmless', () => {
    expect(mayShare(request(1, '1'), request(1, '2'), SOAP_BOUNDS, true)).toBe(true);
    expect(freightOf(request(1, '1'), SOAP_BOUNDS)).toBeNull();
    expect(freightOf(request(1, '1'), SOAP_BOUNDS, { mayRepeat: false })).toBeNull();
  });

  test('shares a call of one campaign with the same tokens, of other leads', () => {
    expect(mayShare(request(1, '1'), request(2, '2'), SOAP_BOUNDS, true)).toBe(false);
    expect(mayShare(named('a', '1'), named('a', '2'), SOAP_BOUNDS, true)).toBe(true);
    expect(mayShare(named('a', '1'), named('b', '2'), SOAP_BOUNDS, true)).toBe(false);
    expect(mayShare(request(1, '1', '2'), request(1, '2'), SOAP_BOUNDS, true)).toBe(false);
    expect(freightOf(request(1, '1', '2'), SOAP_BOUNDS, { mayRepeat: true })).toMatchObject({
      records: 2,
      bytes: '[{"keyType":"IDNUM","keyValue":"1"},{"keyType":"IDNUM","keyValue":"2"}]'.length,
      values: ['IDNUM:1', 'IDNUM:2'],
      room: { records: 100, bytes: 1_000_000 },
    });
    const europe = { ...request(1, '1'), workspace: 'Europe' };
    expect(freightOf(europe, REST_BOUNDS, { mayRepeat: true })).toBeNull();
    const byNoKey = request(1, '1', 'x');
    expect(freightOf(byNoKey, REST_BOUNDS, { mayRepeat: true })).toBeNull();
  });

  test('becomes one request with the leads of all, in their order', () => {
    expect(packed([request(1, '3', '2'), request(1, '1')])).toEqual(request(1, '3', '2', '1'));
  });

  test('is answered what the one request was, or asked again with fewer where nobody was triggered', () => {
    const calls = [request(1, '1'), request(1, '2')];
    expect(unpacked(calls, answer(true), SOAP_BOUNDS)).toEqual([
      { kind: 'answered', ...answer(true) },
      { kind: 'answered', ...answer(true) },
    ]);
    expect(unpacked(calls, answer(false), SOAP_BOUNDS)).toEqual([
      { kind: 'again-halved' },
      { kind: 'again-halved' },
    ]);
    expect(unpacked(calls, { ...answer(true), inOrder: false }, SOAP_BOUNDS)).toBeNull();
    expect(unpacked(calls, { ...answer(true), result: 'yes' }, REST_BOUNDS)).toBeNull();
    const two = [recordOf(), recordOf()] as const;
    expect(unpacked(calls, { ...answer(true), records: two }, SOAP_BOUNDS)).toBeNull();
  });
});
