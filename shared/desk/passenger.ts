import type { Failure } from '../marketo/faults/classify.ts';
import type { Freight } from '../marketo/packing/freight.ts';
import type { Call, CallOutcome } from '../marketo/transport.ts';

/** A call that a run has brought to the desk. */
export interface Passenger {
  readonly call: Call;
  /** The ordering key of its job: two of one key never share a call. */
  readonly key: string;
  /** The most that may share a call with it, itself among them. */
  readonly company: number;
  /** Null: it travels alone. */
  readonly freight: Freight | null;
}

/** One that may share a call. */
export type Packable<P extends Passenger> = P & { readonly freight: Freight };

/** One call as it was made for all that shared it. */
export interface Trip<Refusal> {
  readonly callId: string;
  readonly answer: CallOutcome<Refusal>;
  /** Of the whole call; null: it was answered, or not sent. */
  readonly failure: Failure | null;
}

/** What a passenger is told when its call has ended. */
export interface Told<Refusal, T extends Trip<Refusal> = Trip<Refusal>> {
  readonly trip: T;
  /** In the shape that it would have been answered alone. */
  readonly answer: CallOutcome<Refusal>;
  /** How many shared the call. */
  readonly shared: number;
  /** The first of them: what the account makes of the answer is its doing, and not that of the others. */
  readonly isFirst: boolean;
  /** The most that may share a call with it next time; null: nothing is known against its company. */
  readonly company: number | null;
}
