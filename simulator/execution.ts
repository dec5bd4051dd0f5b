import type { Instance } from './instance/instance.ts';
import type { Line } from './journal.ts';
import type { LimitGate } from './limits.ts';
import type { LeadMention } from './witness.ts';

/** A request as far as the books care: what it asks, of whom. */
export interface Arrival {
  readonly operation: string;
  readonly keys: readonly string[];
  readonly fingerprint: string;
}

/** A request that may run, over either API. */
export interface Execution<Payload> {
  /** Runs the verbs. What it throws means that nothing ran. `gate` is there to be asked, for the usage. */
  run(instance: Instance, now: number, gate: Pick<LimitGate, 'days'>): Payload;
  /** What it writes of leads; empty for a read. */
  written(instance: Instance): readonly LeadMention[];
  /** What the journal has to hold to run it again. */
  line(seq: number, now: number): ExecutedLine;
}

export type ExecutedLine = Extract<Line, { kind: 'executed' | 'executed-rest' }>;
