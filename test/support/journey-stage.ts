import { Journey, type JourneyParts, type Load } from '../../shared/desk/journey.ts';
import type { Told, Trip } from '../../shared/desk/passenger.ts';
import { classify } from '../../shared/marketo/faults/classify.ts';
import type { Fault } from '../../shared/marketo/faults/fault.ts';
import { SOAP_BOUNDS } from '../../shared/marketo/soap/packing-bounds.ts';
import type { CallOutcome, Exchange } from '../../shared/marketo/transport.ts';
import type { NamedPassenger } from './passengers.ts';
import { recordOf } from './record-outcome.ts';

export type Answer = CallOutcome<string>;
type JourneyTold = Told<string, Trip<string>>;

export const exchangeWith = (response: string): Exchange => ({
  url: 'https://marketo.invalid/soap',
  serverDate: null,
  request: 'everybody',
  response,
  httpStatus: 200,
  sentAt: 1,
  endedAt: 2,
});

/** A fault of Marketo's own, which stands as it is said in the exchange. */
export const refusal = (code: number, message: string): Answer => {
  const fault: Fault = { kind: 'marketo', code, message, httpStatus: 500 };
  return { kind: 'fault', fault, exchange: exchangeWith(message) };
};

/** The answer to a call of several leads, as SOAP words it; `failures` says how the records of some differ. */
export function statuses(
  load: Load<NamedPassenger>,
  failures: Readonly<Record<string, { readonly message: string; readonly code?: number }>> = {},
): Answer {
  const syncStatus = load.map(({ name }, at) => ({
    leadId: at + 1,
    status: failures[name] === undefined ? 'UPDATED' : 'FAILED',
    error: failures[name]?.message ?? null,
  }));
  const [first, ...others] = load.map(({ name }, at) => {
    const failure = failures[name];
    const { code = null, message = '' } = failure ?? {};
    return recordOf({ ok: failure === undefined, code, message, result: syncStatus[at] });
  });
  if (first === undefined) throw new Error('a call of nobody');
  return {
    kind: 'answered',
    result: { result: { syncStatusList: { syncStatus } } },
    records: [first, ...others],
    inOrder: true,
    exchange: exchangeWith(JSON.stringify(syncStatus)),
  };
}

/** The answer to a write of one lead. */
export const written: Answer = {
  kind: 'answered',
  result: { result: { leadId: 1 } },
  records: [recordOf()],
  inOrder: true,
  exchange: exchangeWith('written'),
};

export const namesOf = (load: Load<NamedPassenger>): string => load.map(({ name }) => name).join('');

/**
 * A journey through calls that `answer` answers. `calls` are those that were made, as the names in them, in their order; `told` what
 * each has been told first, and `kept` the calls of which the exchange was kept, with how many had been told something by then.
 */
export function journeyStage(
  answer: (load: Load<NamedPassenger>) => Answer | Promise<Answer>,
  over: Partial<JourneyParts<NamedPassenger, string, Trip<string>>> = {},
) {
  const calls: string[] = [];
  const kept: string[] = [];
  const told = new Map<string, JourneyTold>();
  const failed = new Map<string, string>();
  const journey = new Journey<NamedPassenger, string, Trip<string>>({
    bounds: SOAP_BOUNDS,
    carry: async (load, onSent) => {
      calls.push(namesOf(load));
      onSent();
      const ended = await answer(load);
      const failure = ended.kind === 'fault' ? classify(ended.fault, false) : null;
      return { callId: namesOf(load), answer: ended, failure };
    },
    keep: async ({ callId }, load) => {
      kept.push(`${callId} of ${load.length}, ${told.size} told`);
    },
    tell: ({ name }, one) => {
      if (!told.has(name)) told.set(name, one);
    },
    fail: ({ name }, error) => {
      if (!told.has(name)) failed.set(name, String(error));
    },
    later: () => 'another time',
    ...over,
  });
  /** What of it each was told. */
  const each = <V>(what: (one: JourneyTold) => V): Readonly<Record<string, V>> =>
    Object.fromEntries([...told].map(([name, one]) => [name, what(one)]));
  /** What of the exchange each was given. */
  const texts = (of: 'request' | 'response') =>
    each(({ answer: own }) => (own.kind === 'refused' ? null : own.exchange[of]));
  return { journey, calls, kept, failed, each, texts };
}
