import { classOf, provesNothingRan } from '../../faults/codes.ts';
import type { Fault } from '../../faults/fault.ts';
import type { Exchange } from '../../transport.ts';

/**
 * Ends a call before its mapping has come to a result. `exchange` is that of the request that decided; null: none was sent. A
 * mapping throws it, or lets it pass; the client makes the outcome of it.
 */
export class CallEnded extends Error {
  override readonly name = 'CallEnded';
  readonly fault: Fault;
  readonly exchange: Exchange | null;
  /** The params that are left to do; undefined: all of them. */
  readonly remaining: unknown;
  readonly outdated: boolean;

  constructor(
    fault: Fault,
    exchange: Exchange | null = null,
    rest: { readonly remaining?: unknown; readonly outdated?: boolean } = {},
  ) {
    super(fault.message);
    this.fault = fault;
    this.exchange = exchange;
    this.remaining = rest.remaining;
    this.outdated = rest.outdated ?? false;
  }
}

/** A request was not admitted: `refusal` is the queue's own word for it, which no transport reads. */
export class CallRefused extends Error {
  override readonly name = 'CallRefused';
  readonly refusal: unknown;

  constructor(refusal: unknown) {
    super('not admitted');
    this.refusal = refusal;
  }
}

const NOTHING_SENT = 'nothing was sent';

/** A verdict by rule or look-up, with the code Marketo would have given. */
export const refused = (code: number, message: string): CallEnded =>
  new CallEnded({ kind: 'decided', code, message: `${message}; ${NOTHING_SENT}` });

/** Whether Marketo has refused what a request says, and not the request's time or sender: then nothing of it ran. */
export function isRefusal({ fault }: CallEnded): boolean {
  if (fault.kind !== 'marketo' || !provesNothingRan(fault.code)) return false;
  const faultClass = classOf(fault.code);
  return faultClass === 'invalid-request' || faultClass === 'not-found';
}
