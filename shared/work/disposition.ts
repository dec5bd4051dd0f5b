import type { WaitReason } from '../budget/budget.ts';
import type { FaultClass } from '../marketo/fault.ts';

/** What became of one job of a call, judged. */
export type Verdict = { readonly kind: 'succeeded'; readonly result: unknown } | Failure;

/** A fault with its class. `ran` is what is known of Marketo's side: `no` is proved, `maybe` is not. */
export interface Failure {
  readonly kind: 'failed';
  readonly class: FaultClass;
  readonly code: number | null;
  readonly message: string;
  readonly httpStatus: number | null;
  readonly ran: 'no' | 'maybe' | 'yes';
  /** Whether a byte of the request left. What was never sent never counts as an attempt. */
  readonly sent: boolean;
  /** Whether an answer of any kind came. Without one Marketo may still be working. */
  readonly replied: boolean;
}

/** What to do with a job now. `until` in epoch ms. */
export type Disposition =
  | { readonly kind: 'complete'; readonly result: unknown }
  /** Spends an attempt (unless nothing was sent) and waits out a backoff. */
  | { readonly kind: 'retry'; readonly until: number; readonly counted: boolean }
  /** Spends nothing: the account's limits, a hold or the job's own notBefore made it wait. */
  | { readonly kind: 'defer'; readonly until: number; readonly reason: WaitReason }
  | {
      readonly kind: 'dead-letter';
      readonly class: FaultClass;
      readonly code: number | null;
      readonly message: string;
      readonly httpStatus: number | null;
      readonly counted: boolean;
      /** Until when Marketo may still be working on the call; the job's group waits until then. */
      readonly quietUntil: number | null;
    };
