import type { Fault } from '../marketo/faults/fault.ts';
import type { Own } from '../marketo/packing/freight.ts';
import type { Call, CallOutcome, Exchange } from '../marketo/transport.ts';

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
