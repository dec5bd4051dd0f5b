import { describe, expect, test } from 'vitest';
import { Journey, type Load } from '../../../shared/desk/journey.ts';
import type { Trip } from '../../../shared/desk/passenger.ts';
import { classify } from '../../../shared/marketo/faults/classify.ts';
import type { Fault } from '../../../shared/marketo/faults/fault.ts';
import { SOAP_BOUNDS } from '../../../shared/marketo/soap/packing-bounds.ts';
import type { CallOutcome, Exchange } from '../../../shared/marketo/transport.ts';
import { leadCall, type NamedPassenger, passenger } from '../../support/passengers.ts';

type Answer = CallOutcome<never>;

const exchangeWith = (response: string): Exchange => ({
  url: 'https://marketo.invalid/soap',
  serverDate: null,
  request: 'everybody',
  response,
  httpStatus: 200,
  sentAt: 1,
  endedAt: 2,
});

const refusal = (code: number, message: string): Answer => {
  const fault: Fault = { kind: 'marketo', code, message, httpStatus: 500 };
  return { kind: 'fault', fault, exchange: exchangeWith(message) };
};

/** The answer to a call of several leads; `words` are said of those that failed. */
const statuses = (load: Load<NamedPassenger>, words: Readonly<Record<string, string>>): Answer => {
  const syncStatus = load.map(({ name }, at) => ({
    leadId: at + 1,
    status: words[name] === undefined ? 'UPDATED' : 'FAILED',
    error: words[name] ?? null,
  }));
  const [first, ...others] = syncStatus.map((result) => ({
    ok: result.error === null,
    code: null,
    message: result.error ?? '',
    result,
  }));
  if (first === undefined) throw new Error('a call of nobody');
  return {
    kind: 'answered',
    result: { result: { syncStatusList: { syncStatus } } },
    records: [first, ...others],
    inOrder: true,
    exchange: exchangeWith(JSON.stringify(syncStatus)),
  };
};

const written: Answer = {
  kind: 'answered',
  result: { result: { leadId: 1 } },
  records: [{ ok: true, code: null, message: '', result: null }],
  inOrder: true,
  exchange: exchangeWith('written'),
};

const namesOf = (load: Load<NamedPassenger>): string => load.map(({ name }) => name).join('');

/** A journey through calls that `answer` answers, and what each has come to by now. */
function stage(answer: (load: Load<NamedPassenger>) => Promise<Answer>) {
  const told = new Map<string, string>();
  const responses = new Map<string, string | null>();
  const note = ({ name }: NamedPassenger, what: string): void => {
    if (!told.has(name)) told.set(name, what);
  };
  const journey = new Journey<NamedPassenger, never, Trip<never>>({
    bounds: SOAP_BOUNDS,
    carry: async (load) => {
      const ended = await answer(load);
      const failure = ended.kind === 'fault' ? classify(ended.fault, false) : null;
      return { callId: namesOf(load), answer: ended, failure };
    },
    keep: async () => {},
    tell: (who, { answer: own }) => {
      note(who, own.kind);
      if (own.kind !== 'refused') responses.set(who.name, own.exchange.response);
    },
    fail: (who, error) => note(who, String(error)),
    later: () => {
      throw new Error('nobody is sent back here');
    },
  });
  return { journey, told, responses };
}

const UNKNOWN_FIELD = refusal(20105, 'unknown fields for import: Shoe (20105)');
const withField = (name: string): NamedPassenger =>
  passenger(name, { call: leadCall(`${name}@example.com`, 'Shoe') });

describe('a store of ours that fails for one of several calls', () => {
  test('is no failure of those whose own call is under way at that moment', async () => {
    const underWay = Promise.withResolvers<Answer>();
    const { journey, told } = stage(async (load) => {
      if (load.length === 3) return UNKNOWN_FIELD;
      if (namesOf(load) === 'a') throw new Error('the budget is away');
      return underWay.promise;
    });
    const through = journey.travel([withField('a'), passenger('b'), passenger('c')]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(Object.fromEntries(told)).toEqual({ a: 'Error: the budget is away' });
    underWay.resolve(statuses([passenger('b'), passenger('c')], {}));
    await through;
    expect(Object.fromEntries(told)).toEqual({
      a: 'Error: the budget is away',
      b: 'answered',
      c: 'answered',
    });
  });

  test('is one of all that wait for what that call will say', async () => {
    const { journey, told } = stage(async (load) => {
      if (load.length > 1) return UNKNOWN_FIELD;
      throw new Error('the budget is away');
    });
    await journey.travel([withField('a'), withField('b')]);
    expect(Object.fromEntries(told)).toEqual({
      a: 'Error: the budget is away',
      b: 'Error: the budget is away',
    });
  });
});

describe('an answer that broke off', () => {
  test('is nobody’s own: it may hold the records of any of them', async () => {
    const fault: Fault = { kind: 'unreadable', what: 'truncated', httpStatus: 200, message: 'broke off' };
    const exchange = exchangeWith('<Email>b@example.com</Email>');
    const { journey, told, responses } = stage(async () => ({ kind: 'fault', fault, exchange }));
    await journey.travel([passenger('a'), passenger('b')]);
    expect(Object.fromEntries(told)).toEqual({ a: 'fault', b: 'fault' });
    expect([...responses.values()]).toEqual(['', '']);
  });

  test('is the whole of it for one that was alone', async () => {
    const fault: Fault = { kind: 'unreadable', what: 'truncated', httpStatus: 200, message: 'broke off' };
    const exchange = exchangeWith('<Email>a@example.com</Email>');
    const { journey, responses } = stage(async () => ({ kind: 'fault', fault, exchange }));
    await journey.travel([passenger('a')]);
    expect(responses.get('a')).toContain('a@example.com');
  });
});

describe('a verdict that is shared without a call', () => {
  test('comes with what the answer says of that record, and of no other', async () => {
    const { journey, responses } = stage(async (load) => {
      if (load.length > 1) return statuses(load, { a: 'no', b: 'no', c: 'no lead c@example.com' });
      return namesOf(load) === 'c' ? written : refusal(20102, 'no');
    });
    await journey.travel([passenger('a'), passenger('b'), passenger('c')]);
    expect(responses.get('b')).toContain('"leadId":2');
    expect(responses.get('b')).not.toContain('c@example.com');
  });
});
