import { CLOCK_SPREAD_MS } from '../budget/call-log.ts';
import { type BudgetState, quietEnd } from '../budget/state.ts';
import { FUNCTION_TIMEOUT_S } from '../config/limits.ts';
import type { Job } from '../job/job.ts';
import type { JobRow } from '../ledger/row.ts';
import { inputOf, isRead } from '../marketo/operations/registry.ts';
import { isLeaseOf } from './owner.ts';
import type { RunPorts } from './ports.ts';

/** What a run that died over this job has left in the account's document. */
export interface Left {
  /** Calls that may still be running at Marketo; null: nothing to wait for. */
  readonly unfinished: Unfinished | null;
  /** The owner of a claim whose run had no permit and was not alone when it died: the job cannot have killed it. */
  readonly innocentOwner: string | null;
}

/** Leases of the budget, when the last of them is quiet, and when to look at them again (epoch ms). */
export interface Unfinished {
  readonly leases: readonly string[];
  readonly quietAt: number;
  readonly lookAt: number;
}

const NOTHING: Left = { unfinished: null, innocentOwner: null };

/** Reads the budget only for a job that somebody has taken before and never settled. */
export async function leftBehind(
  row: JobRow | null,
  job: Job,
  ports: Pick<RunPorts, 'budget' | 'clock' | 'settings'>,
): Promise<Left> {
  const isTakenOver = row?.state.kind === 'running';
  const isWaitingForQuiet = row?.state.kind === 'waiting' && row.state.quietOf !== undefined;
  if (row === null || !(isTakenOver || isWaitingForQuiet)) return NOTHING;
  const budget = await ports.budget.state();
  const now = ports.clock();
  return {
    unfinished: unfinishedBefore(row, job, budget, now, ports.settings.serverDoneMs),
    innocentOwner: innocentOwner(row, budget, ports.settings.timings.graceMs),
  };
}

/** Calls end at any moment; looked at more often, each look would cost a receive. */
const LOOK_AGAIN_MS = 15_000;

/**
 * What a write waits for that a killed run may have sent: sent again at once it could reach Marketo beside the first, and the
 * lead's next one before it. All leases that stand there at the first look count, whoever holds them, and only those.
 */
function unfinishedBefore(
  row: JobRow,
  job: Job,
  { leases }: BudgetState,
  now: number,
  serverDoneMs: number,
): Unfinished | null {
  const known = suspects(row, job);
  const ends = Object.entries(leases)
    .filter(([id]) => known === 'all' || (known !== 'none' && known.includes(id)))
    .map(([id, lease]) => ({ id, end: quietEnd(lease, serverDoneMs) }))
    .filter(({ end }) => end > now);
  if (ends.length === 0) return null;
  const quietAt = Math.max(...ends.map(({ end }) => end));
  return { leases: ends.map(({ id }) => id), quietAt, lookAt: Math.min(quietAt, now + LOOK_AGAIN_MS) };
}

/** The leases that may be the dead run's: all, at the first look; then those that were there. */
function suspects({ state }: JobRow, job: Job): 'none' | 'all' | readonly string[] {
  if (state.kind === 'waiting') return state.quietOf ?? 'none';
  // Over an open intent the job is in doubt, and its letter keeps the group waiting.
  return state.kind === 'running' && state.intentAt === null && !isRead(inputOf(job)) ? 'all' : 'none';
}

/**
 * A worker that is killed takes along all that merely waited in it; only what had a permit, or was alone, can be the cause. After
 * a long crash loop that is asked for hours later: where a lease of its time has been forgotten, it may have been the run's.
 */
function innocentOwner(
  { state }: JobRow,
  { leases, forgottenAt = 0 }: BudgetState,
  graceMs: number,
): string | null {
  if (state.kind !== 'running' || state.alone === true) return null;
  const invokedAt = state.leaseUntil - graceMs - FUNCTION_TIMEOUT_S * 1_000;
  if (forgottenAt >= invokedAt - CLOCK_SPREAD_MS) return null;
  return Object.keys(leases).some((id) => isLeaseOf(id, state.owner)) ? null : state.owner;
}
