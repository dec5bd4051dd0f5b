import { quietEnd } from '../budget/state.ts';
import type { Job } from '../job/job.ts';
import type { JobRow } from '../ledger/row.ts';
import { inputOf, isRead } from '../marketo/operations/registry.ts';
import type { RunPorts } from './ports.ts';

/** Calls that may still be running at Marketo: leases of the budget, and when to look at them again (epoch ms). */
export interface Unfinished {
  readonly leases: readonly string[];
  readonly until: number;
}

/** Calls end at any moment; looked at more often, each look would cost a receive and a write. */
const LOOK_AGAIN_MS = 15_000;

/**
 * What a job has to wait for whose earlier run was killed while it may have been sending a write: sent again at once, the write
 * could reach Marketo beside the first, and the lead's next one before it. Nobody knows which lease was the dead run's, so
 * all that stand there at the first look count, and only those. Null: nothing to wait for.
 */
export async function unfinishedBefore(
  row: JobRow | null,
  job: Job,
  { budget, clock }: Pick<RunPorts, 'budget' | 'clock'>,
): Promise<Unfinished | null> {
  const known = row === null ? 'none' : suspects(row, job);
  if (known === 'none') return null;
  const { leases } = await budget.state();
  const now = clock();
  const live = Object.entries(leases).filter(
    ([id, lease]) => quietEnd(lease) > now && (known === 'all' || known.includes(id)),
  );
  if (live.length === 0) return null;
  const ends = live.map(([, lease]) => quietEnd(lease));
  return { leases: live.map(([id]) => id), until: Math.min(Math.max(...ends), now + LOOK_AGAIN_MS) };
}

/** The leases that may be the dead run's: all, at the first look; then those that were there. */
function suspects({ state }: JobRow, job: Job): 'none' | 'all' | readonly string[] {
  if (state.kind === 'waiting') return state.quietOf ?? 'none';
  // Over an open intent the job is in doubt, and its letter keeps the group waiting.
  return state.kind === 'running' && state.intentAt === null && !isRead(inputOf(job)) ? 'all' : 'none';
}
