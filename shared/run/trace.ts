import type { Target } from '../marketo/transport.ts';

/** The points between the effects of a job's life, in their order. */
export const STEPS = [
  'received',
  'claimed',
  'admitted',
  'intended',
  'sent',
  'replied',
  'recorded',
  'filed',
  'notified',
  'settled',
] as const;

export type Step = (typeof STEPS)[number];

/** What a step is about that each request of a call has for itself: `admitted`, `intended`, `sent` and `replied`. */
export interface TracedRequest extends Pick<Target, 'announces' | 'changes' | 'spends'> {
  /** How many jobs share the call; each of them is traced. */
  readonly jobs: number;
}

/**
 * Told of every step; the tests kill the process here, X-Ray draws the run of a job. `sender` is `Delivery.traceHeader`, at `received`.
 * Must not throw.
 */
export type Trace = (
  step: Step,
  jobId: string,
  request?: TracedRequest,
  sender?: string,
) => void | Promise<void>;

export const noTrace: Trace = () => {};
