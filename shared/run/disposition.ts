import type { WaitReason } from '../budget/port.ts';
import type { FaultClass } from '../marketo/faults/fault.ts';

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
