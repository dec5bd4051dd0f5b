import type { FaultClass } from '../marketo/faults/fault.ts';

/** One call made for a job, successful or not. Times in epoch ms. */
export interface Attempt {
  /** The call it was part of: jobs that travel together share one, and so do the tries of one call. */
  readonly callId: string;
  /** How many jobs it was for; absent: this one alone. */
  readonly shared?: number;
  readonly at: number;
  readonly durationMs: number;
  /** Null if it succeeded. */
  readonly class: FaultClass | null;
  readonly code: number | null;
  readonly httpStatus: number | null;
  readonly message: string;
  /** Whether it counts against the job's maxAttempts. A throttle answer never does. */
  readonly counted: boolean;
  /** The requests of a failed call before its last, a line each: `GET /rest/v1/lists.json: answered`. Absent: it had one. */
  readonly earlier?: readonly string[];
}

/** An answer that came after its run had lost the claim: kept, because it may show that a letter is needless. */
export interface LateOutcome {
  readonly at: number;
  readonly succeeded: boolean;
  readonly message: string;
}
