import { describe, expect, test } from 'vitest';
import { freightOf, packed, unpacked } from '../../../../shared/marketo/packing/packing.ts';
import { REST_BOUNDS } from '../../../../shared/marketo/rest/packing-bounds.ts';
import { SOAP_BOUNDS } from '../../../../shared/marketo/soap/packing-bounds.ts';
import type { Call, RecordOutcome } from '../../../../shared/marketo/transport.ts';

type Params = Extract<Call, { operation: 'syncLead' }>['params'];

const call = (
  leadRecord: Params['leadRecord'],
  over: Partial<Params> = {},
  workspace: string | null = null,
): Call => ({ operation: 'syncLead', params: { leadRecord, returnLead: false, ...over }, workspace });

const ANN = call({ Email: 'Ann@Example.com' });
const BOB = call({ Email: 'bob@example.com' });

const done = (leadId: number): RecordOutcome => ({
  ok: true,
  code: null,
  message: '',
  result: { leadId, status: 'UPDATED' },
});

const answer = (...records: [RecordOutcome, ...RecordOutcome[]]) => ({
  result: { result: { syncStatusList: { syncStatus: records.map(({ result }) => result) } } },
  records,
  inOrder: true,
});

describe('freightOf a syncLead', () => {
  test('puts leads of one kind of key into one lane', () => {
    const [ann, bob] = [freightOf(ANN, SOAP_BOUNDS), freightOf(BOB, SOAP_BOUNDS)];
    expect(ann?.lane).toBe(bob?.lane);
    expect(ann).toMatchObject({ records: 1, room: { records: 300, bytes: 1_000_000 } });
    expect(freightOf(call({ Id: 5 }), SOAP_BOUNDS)?.lane).not.toBe(ann?.lane);
  });

  test('knows a lead by every spelling of its address', () => {
    expect(freightOf(call({ Email: ' ANN@example.com' }), REST_BOUNDS)?.values).toEqual(
      freightOf(ANN, REST_BOUNDS)?.values,
    );
  });

  test('knows a lead by the address and the id that its attributes would give it, each once', () => {
    const valuesWith = (...attribute: readonly { attrName: string; attrValue: string }[]) =>
      freightOf(call({ Id: 5, leadAttributeList: { attribute: [...attribute] } }), SOAP_BOUNDS)?.values;
    expect(
      valuesWith(
        { attrName: 'email', attrValue: 'ann@example.com' },
        { attrName: 'Email', attrValue: 'ANN@example.com' },
        { attrName: 'Email ', attrValue: 'bo@example.com' },
        { attrName: 'Id', attrValue: '6' },
        { attrName: 'FirstName', attrValue: 'Ann' },
      ),
    ).toEqual(['IDNUM:5', 'EMAIL:ann@example.com', 'EMAIL:bo@example.com', 'IDNUM:6']);
    expect(valuesWith({ attrName: 'Email', attrValue: ' ' })).toEqual(['IDNUM:5']);
  });

  test('says how many bytes its record has', () => {
    expect(freightOf(ANN, SOAP_BOUNDS)?.bytes).toBe('{"Email":"Ann@Example.com"}'.length);
  });

  test.each([
    ['Id and Email', call({ Id: 5, Email: 'ann@example.com' })],
    ['a foreign id', call({ ForeignSysPersonId: 'a', ForeignSysType: 'CUSTOM' })],
    ['a foreign id beside an address', call({ Email: 'ann@example.com', ForeignSysPersonId: 'a' })],
    ['a foreign system beside an address', call({ Email: 'ann@example.com', ForeignSysType: 'CUSTOM' })],
    ['who has no key', call({})],
    ['a cookie', call({ Email: 'ann@example.com' }, { marketoCookie: 'id:1' })],
    ['a cookie that stays', call({ Email: 'ann@example.com' }, { moveCookie: false })],
    ['a lead to be shown', call({ Email: 'ann@example.com' }, { returnLead: true })],
  ])('lets %s travel alone', (_, alone) => {
    expect(freightOf(alone, SOAP_BOUNDS)).toBeNull();
    expect(freightOf(alone, REST_BOUNDS)).toBeNull();
  });

  test('shares within a workspace over REST, and not at all over SOAP, whose bulk write has no header for it', () => {
    const inEurope = call({ Email: 'ann@example.com' }, {}, 'Europe');
    expect(freightOf(inEurope, SOAP_BOUNDS)).toBeNull();
    expect(freightOf(inEurope, REST_BOUNDS)?.lane).not.toBe(freightOf(ANN, REST_BOUNDS)?.lane);
  });

  test('lets a record that is larger than a body travel alone', () => {
    const attribute = [{ attrName: 'Notes', attrValue: 'x'.repeat(1_000_000) }];
    expect(
      freightOf(call({ Email: 'ann@example.com', leadAttributeList: { attribute } }), REST_BOUNDS),
    ).toBeNull();
  });
});

describe('packed', () => {
  test('makes a syncMultipleLeads of several, in their order and in their workspace', () => {
    expect(packed([call({ Id: 2 }, {}, 'Europe'), call({ Id: 1 }, {}, 'Europe')])).toEqual({
      operation: 'syncMultipleLeads',
      params: { leadRecordList: { leadRecord: [{ Id: 2 }, { Id: 1 }] }, dedupEnabled: true },
      workspace: 'Europe',
    });
  });

  test('leaves one alone as it is', () => {
    expect(packed([ANN])).toBe(ANN);
  });
});

describe('unpacked', () => {
  test('answers each as alone it would have been answered', () => {
    expect(unpacked([ANN, BOB], answer(done(1), done(2)), SOAP_BOUNDS)).toEqual([
      {
        kind: 'answered',
        result: { result: { leadId: 1, syncStatus: { leadId: 1, status: 'UPDATED' } } },
        records: [done(1)],
        inOrder: true,
      },
      {
        kind: 'answered',
        result: { result: { leadId: 2, syncStatus: { leadId: 2, status: 'UPDATED' } } },
        records: [done(2)],
        inOrder: true,
      },
    ]);
  });

  test('says no id where the answer says none of it', () => {
    const untold = { ...done(1), result: null };
    expect(unpacked([ANN, BOB], answer(untold, done(2)), SOAP_BOUNDS)?.[0]).toEqual({
      kind: 'answered',
      result: { result: { leadId: undefined, syncStatus: null } },
      records: [untold],
      inOrder: true,
    });
  });

  test('answers one alone what it was answered', () => {
    const alone = { result: { result: { leadId: 1 } }, records: [done(1)] as const, inOrder: true };
    expect(unpacked([ANN], alone, SOAP_BOUNDS)).toEqual([{ kind: 'answered', ...alone }]);
  });

  const failed = (over: Partial<RecordOutcome>): RecordOutcome => ({
    ok: false,
    code: null,
    message: 'Invalid email address',
    result: { leadId: 0, status: 'FAILED', error: 'Invalid email address' },
    ...over,
  });

  test('sends a record that failed without a code again alone', () => {
    expect(unpacked([ANN, BOB], answer(done(1), failed({})), SOAP_BOUNDS)?.[1]).toEqual({
      kind: 'again-alone',
      message: 'Invalid email address',
    });
  });

  test('leaves a record that failed with a code its own failure', () => {
    const skipped = failed({ code: 1004 });
    expect(unpacked([ANN, BOB], answer(done(1), skipped), REST_BOUNDS)?.[1]).toMatchObject({
      kind: 'answered',
      records: [skipped],
    });
  });

  test('answers the fault that a record which was not sent would have met alone', () => {
    const fault = { kind: 'decided', code: 1006, message: 'no lead field is named "x"' } as const;
    expect(unpacked([ANN, BOB], answer(done(1), failed({ code: 1006, fault })), REST_BOUNDS)?.[1]).toEqual({
      kind: 'fault',
      fault,
    });
  });

  test('sends records of a refused request again in smaller ones', () => {
    const refused = failed({ code: 1006, ofRequest: true });
    expect(unpacked([ANN, BOB], answer(refused, refused), REST_BOUNDS)).toEqual([
      { kind: 'again-halved' },
      { kind: 'again-halved' },
    ]);
  });

  test('cannot read an answer of another length, in another order or of other leads', () => {
    expect(unpacked([ANN, BOB], answer(done(1)), SOAP_BOUNDS)).toBeNull();
    expect(unpacked([ANN, BOB], { ...answer(done(1), done(2)), inOrder: false }, SOAP_BOUNDS)).toBeNull();
    const one = { ...answer(done(1), done(2)), result: answer(done(1)).result };
    expect(unpacked([ANN, BOB], one, SOAP_BOUNDS)).toBeNull();
    const two = { ...answer(done(1)), result: answer(done(1), done(2)).result };
    expect(unpacked([ANN, BOB], two, SOAP_BOUNDS)).toBeNull();
    const byId = [call({ Id: 1 }), call({ Id: 2 })];
    expect(unpacked(byId, answer(done(2), done(1)), SOAP_BOUNDS)).toBeNull();
    expect(unpacked(byId, answer(done(1), done(1)), SOAP_BOUNDS)).toBeNull();
    expect(unpacked(byId, answer(done(1), done(2)), SOAP_BOUNDS)).toHaveLength(2);
  });
});
