import type { HoldInForce } from '../shared/budget/holds.ts';
import { initialState } from '../shared/budget/state.ts';
import { type BudgetStatus, budgetStatus, closures, exhaustionForecast } from '../shared/budget/status.ts';
import { type CauseGroup, groupByCause } from '../shared/deadletter/group-by-cause.ts';
import type { Connection } from './connection.ts';
import { wordsFor } from './trouble.ts';

/** Everything that `mktq status` shows. A part is null if its service did not answer; `trouble` then says so. */
export interface Status {
  readonly stack: string;
  readonly now: number;
  readonly budget: BudgetStatus | null;
  readonly holds: readonly HoldInForce[];
  /** When the quota will be spent at today's pace (epoch ms); null if it lasts. */
  readonly quotaEndsAt: number | null;
  readonly queue: { readonly visible: number; readonly inFlight: number } | null;
  readonly oldestAgeMs: number | null;
  readonly causes: readonly CauseGroup[] | null;
  readonly trouble: readonly string[];
}

export async function readStatus(stack: Connection): Promise<Status> {
  const trouble: string[] = [];
  const now = stack.clock();
  const reach = async <T>(what: string, ask: () => Promise<T>): Promise<T | null> => {
    try {
      return await ask();
    } catch (error) {
      trouble.push(`${what} cannot be read: ${wordsFor(error)}`);
      return null;
    }
  };
  const [state, stats, oldest, causes] = await Promise.all([
    reach('the budget', async () => (await stack.budgetStore.get()) ?? initialState(now)),
    reach('the queue', () => stack.jobsQueue.stats()),
    reach('the ledger', async () => ({ at: await stack.ledger.oldestOpen() })),
    reach('the dead letters', () => groupByCause(stack.archive.summaries(['open', 'redriving']))),
  ]);
  const at = oldest?.at ?? null;
  return {
    stack: stack.stack.name,
    now,
    budget: state === null ? null : budgetStatus(stack.stack.account, state, stack.limits, now),
    holds: state === null ? [] : closures(state, stack.limits, now),
    quotaEndsAt: state === null ? null : exhaustionForecast(state, stack.limits, now),
    // Delayed messages wait in the queue like the visible ones.
    queue: stats === null ? null : { visible: stats.visible + stats.delayed, inFlight: stats.inFlight },
    oldestAgeMs: at === null ? null : Math.max(0, now - at),
    causes,
    trouble,
  };
}

export const openLetters = (causes: readonly CauseGroup[]): number =>
  causes.reduce((sum, group) => sum + group.count, 0);

/** The contract's shape; a part that could not be read is null, and `trouble` says why. */
export const statusJson = ({ budget, queue, oldestAgeMs, causes, trouble }: Status) => ({
  budget,
  queue: queue === null ? null : { ...queue, oldestAgeMs },
  deadLetters: causes === null ? null : { open: openLetters(causes) },
  ...(trouble.length === 0 ? {} : { trouble }),
});
