import type { Rule } from '../../simulator/script.ts';
import { REST } from './faces.ts';
import { sync } from './jobs.ts';
import type { Chain, Workload } from './workload.ts';

/** Of the lead whose first write takes long. */
export const SLOW_LEAD = 'slow@example.com';
const OTHERS = 8;

/** One lead whose first write takes `tookMs` at Marketo, and others beside it. */
export const slowWorkload = (tookMs: number): Workload =>
  once(
    [[1, 2, 3].map((seq) => sync(SLOW_LEAD, seq)), ...others('beside')],
    [{ match: REST.match('syncLead', { email: SLOW_LEAD, campaignId: 0 }), delayMs: tookMs }],
  );

/** Marketo answers none of the first calls, and is well afterwards. */
export const unansweredWorkload = (calls: number): Workload =>
  once(others('unanswered'), [
    {
      match: REST.match('syncLead', { email: '', campaignId: 0 }),
      times: calls,
      do: { kind: 'stall', when: 'before' },
    },
  ]);

const others = (name: string): Chain[] =>
  Array.from({ length: OTHERS }, (_, i) => [1, 2].map((seq) => sync(`${name}-${i}@example.com`, seq)));

function once(chains: readonly Chain[], rules: readonly Rule[]): Workload {
  const left = [chains];
  return { chains, rules, rounds: 0, next: () => left.pop() ?? [], last: () => [] };
}
