import type { AccountSignal } from '../../shared/budget/port.ts';
import type { AccountLimits } from '../../shared/config/limits.ts';
import type { VirtualTime } from '../../test/memory/virtual-time.ts';

interface Whims {
  /** Whether a call that is rejected counts in the window. */
  readonly chargesRejections: boolean;
  /** When one call is rejected for nothing; null: none is. */
  readonly spuriousAt: number | null;
}

/** Marketo, pretended: an exact sliding window at arrival, and so many calls in progress. */
export function pretendMarketo(
  time: VirtualTime,
  limits: AccountLimits,
  { chargesRejections, spuriousAt }: Whims,
) {
  let isSpuriousDue = spuriousAt !== null;
  let counted: number[] = [];
  let inProgress = 0;
  return {
    arrive(serviceMs: number): AccountSignal {
      const now = time.clock();
      if (isSpuriousDue && now >= (spuriousAt ?? now)) {
        isSpuriousDue = false;
        return { kind: 'rate-limited', message: 'over the rate' };
      }
      counted = counted.filter((at) => at > now - limits.windowMs);
      const full = counted.length >= limits.ratePerWindow;
      if (!full || chargesRejections) counted.push(now);
      if (full) return { kind: 'rate-limited', message: 'over the rate' };
      if (inProgress >= limits.concurrency) return { kind: 'concurrency-limited' };
      inProgress += 1;
      time.schedule(now + serviceMs, () => {
        inProgress -= 1;
      });
      return { kind: 'fine' };
    },
  };
}
