import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../shared/marketo/faults/fault.ts';
import {
  type Answer,
  exchangeWith,
  journeyStage,
  namesOf,
  refusal,
  statuses,
  written,
} from '../../support/journey-stage.ts';
import { leadCall, type NamedPassenger, passenger } from '../../support/passengers.ts';
import { recordOf } from '../../support/record-outcome.ts';

const UNKNOWN_FIELD = refusal(20105, 'unknown fields for import: Shoe (20105)');
const withField = (name: string): NamedPassenger =>
  passenger(name, { call: leadCall(`${name}@example.com`, 'Shoe') });

const unreadable = (what: 'truncated' | 'html', response: string): Answer => {
  const fault: Fault = { kind: 'unreadable', what, httpStatus: 200, message: 'cannot be read' };
  return { kind: 'fault', fault, exchange: exchangeWith(response) };
};

describe('a store of ours that fails for one of several calls', () => {
  const away = 'Error: the budget is away';

  test('is no failure of those whose own call is under way at that moment', async () => {
    const underWay = Promise.withResolvers<Answer>();
    const { journey, each, failed } = journeyStage(async (load) => {
      if (load.length === 3) return UNKNOWN_FIELD;
      if (namesOf(load) === 'a') throw new Error('the budget is away');
      return underWay.promise;
    });
    const through = journey.travel([withField('a'), passenger('b'), passenger('c')]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(Object.fromEntries(failed)).toEqual({ a: away });
    expect(each(({ answer }) => answer.kind)).toEqual({});
    underWay.resolve(statuses([passenger('b'), passenger('c')]));
    await through;
    expect(Object.fromEntries(failed)).toEqual({ a: away });
    expect(each(({ answer }) => answer.kind)).toEqual({ b: 'answered', c: 'answered' });
  });

  test('is one of all that wait for what that call will say', async () => {
    const { journey, failed } = journeyStage(async (load) => {
      if (load.length > 1) return UNKNOWN_FIELD;
      throw new Error('the budget is away');
    });
    await journey.travel([withField('a'), withField('b')]);
    expect(Object.fromEntries(failed)).toEqual({ a: away, b: away });
  });

  test('is one of all whose call it is, and says nothing of who had the same words said of another', async () => {
    const { journey, failed, each } = journeyStage(async (load) => {
      if (load.length > 1) return statuses(load, { a: { message: 'odd' }, b: { message: 'strange' } });
      if (namesOf(load) === 'a') throw new Error('the budget is away');
      return written;
    });
    await journey.travel([passenger('a'), passenger('b'), passenger('c')]);
    expect(Object.fromEntries(failed)).toEqual({ a: away });
    expect(each(({ answer }) => answer.kind)).toEqual({ b: 'answered', c: 'answered' });
  });
});

describe('an answer that cannot be read', () => {
  test('is nobody’s own where it broke off: it may hold the records of any of them', async () => {
    const { journey, each, texts } = journeyStage(() => unreadable('truncated', '<Email>b@example.com'));
    await journey.travel([passenger('a'), passenger('b')]);
    expect(each(({ answer }) => answer.kind)).toEqual({ a: 'fault', b: 'fault' });
    expect(texts('response')).toEqual({ a: '', b: '' });
  });

  test('is the whole of it for one that was alone', async () => {
    const { journey, texts } = journeyStage(() => unreadable('truncated', '<Email>a@example.com'));
    await journey.travel([passenger('a')]);
    expect(texts('response')).toEqual({ a: '<Email>a@example.com' });
    expect(texts('request')).toEqual({ a: 'everybody' });
  });

  test('is everybody’s where it is whole and holds no record', async () => {
    const { journey, texts } = journeyStage(() => unreadable('html', '<h1>Bad Gateway</h1>'));
    await journey.travel([passenger('a'), passenger('b')]);
    expect(texts('response')).toEqual({ a: '<h1>Bad Gateway</h1>', b: '<h1>Bad Gateway</h1>' });
  });
});

describe('a verdict that is shared without a call', () => {
  test('comes with what the answer says of that record, and of no other', async () => {
    const no = { message: 'no' };
    const { journey, texts } = journeyStage((load) => {
      if (load.length > 1) return statuses(load, { a: no, b: no, c: { message: 'no lead c@example.com' } });
      return namesOf(load) === 'c' ? written : refusal(20102, 'no');
    });
    await journey.travel([passenger('a'), passenger('b'), passenger('c')]);
    expect(texts('response')['b']).toBe('[{"leadId":2,"status":"FAILED","error":"no"}]');
  });

  test('comes with the whole fault where the call had one, and with its own params', async () => {
    const { journey, calls, texts, each } = journeyStage(() => UNKNOWN_FIELD);
    await journey.travel([withField('a'), withField('b')]);
    expect(calls).toEqual(['ab', 'a']);
    expect(texts('response')['b']).toContain('unknown fields');
    expect(JSON.parse(texts('request')['b'] ?? '')).toMatchObject({
      operation: 'syncLead',
      params: { leadRecord: { Email: 'b@example.com' } },
    });
    expect(each(({ company }) => company)).toEqual({ a: 1, b: 1 });
  });

  test('is none of who has not the field that it names: those travel on together', async () => {
    const { journey, calls, each } = journeyStage((load) => {
      if (load.length === 4) return UNKNOWN_FIELD;
      return namesOf(load) === 'a' ? refusal(20105, 'unknown fields for import: Hat, Shoe (20105)') : written;
    });
    await journey.travel([withField('a'), withField('b'), withField('c'), withField('d')]);
    expect(calls.slice(0, 3)).toEqual(['abcd', 'a', 'bcd']);
    expect(each(({ answer }) => answer.kind)).toMatchObject({ a: 'fault', b: 'answered' });
  });

  test.each([
    ['holds its address, in any case', 'No lead with A@Example.com', ['abc', 'a', 'b', 'c']],
    ['holds no value of its own', 'No such status', ['abc', 'a']],
  ])('is asked of each alone where what the first was told %s', async (_, message, made) => {
    const odd = { message: 'odd' };
    const { journey, calls, each } = journeyStage((load) =>
      load.length > 1 ? statuses(load, { a: odd, b: odd, c: odd }) : refusal(20103, message),
    );
    await journey.travel([passenger('a'), passenger('b'), passenger('c')]);
    expect(calls).toEqual(made);
    expect(each(({ company }) => company)).toEqual({ a: 1, b: 1, c: 1 });
  });

  test('is asked of each alone where what the first was told holds but one of its values', async () => {
    const odd = { message: 'odd' };
    const { journey, calls } = journeyStage((load) =>
      load.length > 1 ? statuses(load, { a: odd, b: odd }) : refusal(20103, 'No lead with a@example.com'),
    );
    const values = ['IDNUM:5', 'EMAIL:a@example.com'];
    await journey.travel([passenger('a', { freight: { values } }), passenger('b')]);
    expect(calls).toEqual(['ab', 'a', 'b']);
  });

  test('is also of what alone may be tried once more', async () => {
    const odd = { message: 'odd' };
    const { journey, calls, each } = journeyStage((load) =>
      load.length > 1 ? statuses(load, { a: odd, b: odd }) : refusal(20106, 'sync failed'),
    );
    await journey.travel([passenger('a'), passenger('b')]);
    expect(calls).toEqual(['ab', 'a']);
    expect(each(({ answer }) => answer.kind)).toEqual({ a: 'fault', b: 'fault' });
  });

  test('is a record’s own as much as a fault’s', async () => {
    const odd = { message: 'odd' };
    const { journey, calls, each } = journeyStage((load) =>
      load.length > 1
        ? statuses(load, { a: odd, b: odd })
        : { ...written, records: [recordOf({ ok: false, message: 'locked' })] },
    );
    await journey.travel([passenger('a'), passenger('b')]);
    expect(calls).toEqual(['ab', 'a']);
    expect(each(({ answer }) => answer.kind)).toEqual({ a: 'answered', b: 'fault' });
  });

  test('is none where the first is answered well alone', async () => {
    const odd = { message: 'odd' };
    const { journey, calls, each } = journeyStage((load) =>
      load.length > 1 ? statuses(load, { a: odd, b: odd }) : written,
    );
    await journey.travel([passenger('a'), passenger('b')]);
    expect(calls).toEqual(['ab', 'a', 'b']);
    expect(each(({ answer }) => answer.kind)).toEqual({ a: 'answered', b: 'answered' });
  });

  test.each<[string, Answer]>([
    ['was not admitted', { kind: 'refused', refusal: 'no permit' }],
    ['met what is nobody’s own', refusal(20011, 'service failure')],
  ])('is none where the first %s: the others come another time, as many as they are', async (_, alone) => {
    const odd = { message: 'odd' };
    const { journey, calls, each } = journeyStage((load) =>
      load.length > 1 ? statuses(load, { a: odd, b: odd, c: odd }) : alone,
    );
    await journey.travel([passenger('a'), passenger('b'), passenger('c'), passenger('d')]);
    expect(calls).toEqual(['abcd', 'a']);
    const later = { kind: 'refused', refusal: 'another time' };
    expect(each(({ answer }) => answer)).toMatchObject({ a: alone, b: later, c: later });
    expect(each(({ company }) => company)).toEqual({ a: 1, b: 2, c: 2, d: null });
  });
});
