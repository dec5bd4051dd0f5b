import type { Fault } from '../faults/fault.ts';

/** The only error `post` rejects with: no whole answer came, and the fault says how far the request got. */
export class WireError extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.message);
    this.name = 'WireError';
    this.fault = fault;
  }
}
