import { describe, expect, test } from 'vitest';
import type { Load } from '../../../shared/desk/journey.ts';
import type { Fault } from '../../../shared/marketo/faults/fault.ts';
import type { Call, RecordOutcome } from '../../../shared/marketo/transport.ts';
import { checked } from '../../support/checked.ts';
import {
  type Answer,
  exchangeWith,
  journeyStage,
  namesOf,
  refusal,
  statuses,
  written,
} from '../../support/journey-stage.ts';
import { type NamedPassenger, passenger } from '../../support/passengers.ts';
import { recordOf } from '../../support/record-outcome.ts';

type Some = readonly [NamedPassenger, ...NamedPassenger[]];
const ABC: Some = [passenger('a'), passenger('b'), passenger('c')];

const BAD_INPUT = refusal(20110, 'bad input');

describe('what everybody in a call is told', () => {
  test('is that it was not admitted, as the call was', async () => {
    const refused: Answer = { kind: 'refused', refusal: 'no permit' };
    const { journey, calls, kept, each } = journeyStage(() => refused);
    await journey.travel(ABC, 7);
    expect(calls).toEqual(['abc']);
    expect(kept).toEqual([]);
    expect(each((told) => told)).toMatchObject({
      a: { answer: refused, shared: 3, isFirst: true, company: 7, trip: { callId: 'abc' } },
      b: { answer: refused, shared: 3, isFirst: false, company: 7 },
      c: { answer: refused, shared: 3, isFirst: false, company: 7 },
    });
  });

  test('is a fault that says nothing of them, after its exchange was kept, and their company is as it was', async () => {
    const { journey, calls, kept, each } = journeyStage(() => refusal(20014, 'refused'));
    await journey.travel(ABC, 7);
    expect(calls).toEqual(['abc']);
    expect(kept).toEqual(['abc of 3, 0 told']);
    expect(each(({ answer, company }) => [answer.kind, company])).toEqual({
      a: ['fault', 7],
      b: ['fault', 7],
      c: ['fault', 7],
    });
  });

  test('is to share with fewer where Marketo may be at its end with one of them', async () => {
    const { journey, each } = journeyStage(() => refusal(20011, 'service failure'));
    await journey.travel(ABC);
    expect(each(({ company }) => company)).toEqual({ a: 1, b: 1, c: 1 });
  });

  test('goes by what the carrier made of the fault: it knows more than the fault says', async () => {
    const fault: Fault = { kind: 'marketo', code: 20110, message: 'bad input', httpStatus: 500 };
    const answer = { kind: 'fault', fault, exchange: exchangeWith('') } as const;
    const failure = {
      kind: 'failed',
      class: 'in-doubt',
      code: null,
      message: '',
      httpStatus: 500,
      ran: 'maybe',
      sent: true,
      replied: true,
    } as const;
    const carry = async () => ({ callId: 'c', answer, failure });
    const { journey, kept } = journeyStage(() => BAD_INPUT, { carry });
    await journey.travel(ABC);
    expect(kept).toEqual(['c of 3, 0 told']);
  });

  test('goes by the fault where the carrier made nothing of it', async () => {
    // Not in doubt: what shares a call may be repeated.
    const carry = async (load: Load<NamedPassenger>) => ({
      callId: namesOf(load),
      answer: load.length > 1 ? refusal(20106, 'sync failed') : written,
      failure: null,
    });
    const { journey, kept, each } = journeyStage(() => BAD_INPUT, { carry });
    await journey.travel(ABC);
    expect(kept).toEqual([]);
    expect(each(({ answer }) => answer.kind)).toEqual({ a: 'answered', b: 'answered', c: 'answered' });
  });
});

describe('a call that is asked again in halves', () => {
  test('goes on in calls of its own, the larger half first, and no larger call is shared from then on', async () => {
    const sent: string[] = [];
    const { journey, calls, kept, each } = journeyStage((load) =>
      load.length > 1 && namesOf(load).includes('a') ? BAD_INPUT : answerTo(load),
    );
    await journey.travel(ABC, null, () => sent.push('sent'));
    expect(calls).toEqual(['abc', 'ab', 'c', 'a', 'b']);
    expect(each(({ company, shared }) => [company, shared])).toEqual({ a: [1, 1], b: [1, 1], c: [1, 1] });
    expect(kept).toEqual([]);
    // Who waits for the first byte waits for that of the first call alone.
    expect(sent).toEqual(['sent']);
  });

  test('keeps those of a half that went well to as many as they were', async () => {
    const { journey, each } = journeyStage((load) => (load.length > 2 ? BAD_INPUT : answerTo(load)));
    await journey.travel([...ABC, passenger('d')]);
    expect(each(({ company }) => company)).toEqual({ a: 2, b: 2, c: 2, d: 2 });
  });

  test('is one whose answer does not fit it, or that nobody can take apart', async () => {
    const short: Answer = statuses([passenger('a')]);
    const { journey, calls } = journeyStage((load) => (load.length > 1 ? short : written));
    await journey.travel([passenger('a'), passenger('b')]);
    expect(calls).toEqual(['ab', 'a', 'b']);
    const unbound = journeyStage(answerTo, { bounds: null });
    await unbound.journey.travel([passenger('a'), passenger('b')]);
    expect(unbound.calls).toEqual(['ab', 'a', 'b']);
  });
});

const answerTo = (load: Load<NamedPassenger>): Answer => (load.length > 1 ? statuses(load) : written);

describe('what each is told of an answer', () => {
  test('is its own record and its own params, as alone it would have been answered', async () => {
    const { journey, kept, each, texts } = journeyStage(statuses);
    await journey.travel(ABC, 7);
    expect(kept).toEqual([]);
    const status = (leadId: number) => ({ leadId, status: 'UPDATED', error: null });
    expect(each(({ answer }) => (answer.kind === 'answered' ? answer.result : null))).toEqual({
      a: { result: { leadId: 1, syncStatus: status(1) } },
      b: { result: { leadId: 2, syncStatus: status(2) } },
      c: { result: { leadId: 3, syncStatus: status(3) } },
    });
    expect(each(({ company, isFirst }) => [company, isFirst])).toEqual({
      a: [7, true],
      b: [7, false],
      c: [7, false],
    });
    expect(texts('response')['b']).toBe(JSON.stringify([status(2)]));
    expect(texts('request')['b']).toContain('b@example.com');
    expect(texts('request')['b']).not.toContain('a@example.com');
  });

  test.each<[string, Parameters<typeof statuses>[1], readonly string[]]>([
    ['one of them failed, of which it says all', { b: { message: 'no', code: 1004 } }, ['abc of 3, 0 told']],
    ['all of them failed', { a: OF('a'), b: OF('b'), c: OF('c') }, ['abc of 3, 0 told']],
    ['all went well', {}, []],
    ['one is asked alone, and would not be found by it', { a: OF('a'), b: { message: 'no' } }, []],
  ])(
    'is before anybody else is told, kept whole exactly where it has to be: %s',
    async (_, failures, made) => {
      const { journey, kept } = journeyStage((load) =>
        load.length > 1 ? statuses(load, failures) : written,
      );
      await journey.travel(ABC);
      expect(kept).toEqual(made);
    },
  );

  test('asks once of all that it says the same of, and of those of whom it says something else apart', async () => {
    const failures = { a: { message: 'odd' }, b: { message: 'strange' }, c: { message: 'odd' } };
    const { journey, calls } = journeyStage((load) =>
      load.length > 1 ? statuses(load, failures) : refusal(20102, 'no'),
    );
    await journey.travel([...ABC, passenger('d')]);
    expect(calls).toEqual(['abcd', 'a', 'b']);
  });
});

const LIST: Call = list('1', '2');

function OF(name: string) {
  return { message: `no ${name}`, code: 1004 };
}

function list(...ids: readonly string[]): Call {
  const input = checked('listOperation', {
    listOperation: 'ADDTOLIST',
    listKey: { keyType: 'MKTOLISTNAME', keyValue: 'Fair' },
    listMemberList: { leadKey: ids.map((keyValue) => ({ keyType: 'IDNUM' as const, keyValue })) },
  });
  return { ...input, workspace: null };
}

const members = (...records: readonly [RecordOutcome, ...RecordOutcome[]]): Answer => ({
  kind: 'answered',
  result: { result: { success: records.every(({ ok }) => ok) } },
  records,
  inOrder: true,
  exchange: exchangeWith('all'),
});

describe('calls of several records', () => {
  const many = passenger('many', { call: LIST, freight: { records: 2 } });
  const one = passenger('one', { call: list('3') });

  test('have each its own of the answer’s records, and its words where there is no more', async () => {
    const { journey, texts } = journeyStage(() =>
      members(recordOf(), recordOf({ code: 1, message: 'b' }), recordOf({ code: 2, message: 'c' })),
    );
    await journey.travel([one, many]);
    expect(texts('response')).toEqual({
      one: '[{"code":null,"message":""}]',
      many: '[{"code":1,"message":"b"},{"code":2,"message":"c"}]',
    });
  });
});

describe('objects that share a call', () => {
  const car = (vin: string): Call => {
    const attribute = [{ attrName: 'vin', attrValue: vin }];
    const customObj = [{ customObjKeyList: { attribute } }];
    const params = { objTypeName: 'car_c', operation: 'UPSERT', customObjList: { customObj } } as const;
    return { ...checked('syncCustomObjects', params), workspace: null };
  };
  const cars: Some = [
    passenger('a', { call: car('1') }),
    passenger('b', { call: car('2') }),
    passenger('c', { call: car('3') }),
  ];
  const FAULT: Fault = { kind: 'decided', code: 1006, message: 'no such field' };
  const answer = (inOrder: boolean, ...records: readonly [RecordOutcome, ...RecordOutcome[]]): Answer => ({
    kind: 'answered',
    result: {
      result: { syncCustomObjStatusList: { syncCustomObjStatus: records.map(({ result }) => result) } },
    },
    records,
    inOrder,
    exchange: exchangeWith('all'),
  });
  const done = recordOf({ result: { status: 'CREATED' } });

  test('are told of a fault that is one’s own, which keeps the exchange', async () => {
    const unsent = recordOf({ ok: false, code: 1006, result: { status: 'FAILED' }, fault: FAULT });
    const { journey, calls, kept, each, texts } = journeyStage(() => answer(true, done, unsent, done));
    await journey.travel(cars);
    expect(calls).toEqual(['abc']);
    expect(kept).toEqual(['abc of 3, 0 told']);
    expect(each(({ answer: own }) => own.kind)).toEqual({ a: 'answered', b: 'fault', c: 'answered' });
    expect(each(({ answer: own }) => (own.kind === 'fault' ? own.fault : null))['b']).toEqual(FAULT);
    expect(texts('response')['b']).toBe('[{"status":"FAILED"}]');
    expect(texts('request')['b']).toContain('"attrValue":"2"');
  });

  test('go on together where some were refused with others, and the rest has its answer', async () => {
    const refused = recordOf({ ok: false, ofRequest: true, result: { status: 'FAILED' } });
    const { journey, calls, kept, each } = journeyStage((load) =>
      load.length === 3
        ? answer(true, refused, done, refused)
        : answer(true, done, ...load.slice(1).map(() => done)),
    );
    await journey.travel(cars);
    expect(calls).toEqual(['abc', 'ac']);
    expect(kept).toEqual([]);
    expect(each(({ answer: own, company }) => [own.kind, company])).toEqual({
      a: ['answered', 2],
      b: ['answered', null],
      c: ['answered', 2],
    });
  });

  test('go on in halves where all have to be asked again', async () => {
    const { journey, calls } = journeyStage((load) =>
      answer(load.length < 3, done, ...load.slice(1).map(() => done)),
    );
    await journey.travel(cars);
    expect(calls).toEqual(['abc', 'ab', 'c']);
  });
});
