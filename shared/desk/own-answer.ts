import type { Fault } from '../marketo/faults/fault.ts';
import type { Own } from '../marketo/packing/freight.ts';
import type { Call, CallOutcome, Exchange } from '../marketo/transport.ts';
import type { Passenger } from './passenger.ts';

type Sent = Extract<CallOutcome<never>, { kind: 'answered' | 'fault' }>;

/** An answer of one of several calls that shared one, with what of the exchange is its own: `records`, as JSON. */
export const ownAnswer = (
  own: Extract<Own, { kind: 'answered' | 'fault' }>,
  { exchange }: Pick<Sent, 'exchange'>,
  call: Call,
  records: string,
): Sent => ({ ...own, exchange: ownExchange(exchange, call, records) });

/** A fault of one of them. Without `records` it is the whole call's, in whose answer there is nothing but the fault. */
export const faultOwn = (
  fault: Fault,
  { exchange }: Pick<Sent, 'exchange'>,
  call: Call,
  records: string | null = null,
): Sent => ({ kind: 'fault', fault, exchange: ownExchange(exchange, call, records ?? exchange.response) });

/** The request of a call that several share holds what is nobody's business but theirs: of it, each keeps its own params. */
const ownExchange = (exchange: Exchange, call: Call, response: string | null): Exchange => ({
  ...exchange,
  request: JSON.stringify({ operation: call.operation, params: call.params }),
  response,
});

/** A part of an answer holds records, and nobody can say whose; the whole of a fault holds none. */
export const textOf = (fault: Fault): '' | null =>
  fault.kind === 'unreadable' && fault.what === 'truncated' ? '' : null;

/** What the answer holds of one of the calls: its records stand in the order of the calls. */
export function recordsOf(
  load: readonly [Passenger, ...Passenger[]],
  position: number,
  { records }: Extract<CallOutcome<unknown>, { kind: 'answered' }>,
): string {
  const countOf = ({ freight }: Passenger): number => freight?.records ?? 1;
  const before = load.slice(0, position).reduce((sum, passenger) => sum + countOf(passenger), 0);
  const own = records.slice(before, before + countOf(load[position] ?? load[0]));
  return JSON.stringify(own.map(({ code, message, result }) => result ?? { code, message }));
}
