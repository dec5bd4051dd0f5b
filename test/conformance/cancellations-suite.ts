import { describe } from 'vitest';
import type { Cancellation, Cancellations } from '../../shared/ledger/cancellations.ts';
import { describeChange } from './change-suite.ts';

/** What cancelled batches promise. `create` gives an empty store. */
export function describeCancellations(create: () => Promise<Cancellations>): void {
  describe('a cancelled batch', () => {
    let made = 0;
    let shared: Promise<Cancellations> | null = null;
    describeChange<Cancellation>(async () => {
      made += 1;
      shared ??= create();
      const at = (mark: string) => [...mark].reduce((all, letter) => all * 31 + letter.charCodeAt(0), 7);
      return { id: `batch #${made}/x`, make: (mark) => ({ at: at(mark) }), documents: await shared };
    });
  });
}
