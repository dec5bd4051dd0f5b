import { callTimes, type WorkerClock } from './call-log.ts';
import type { BudgetState } from './state.ts';

/** A worker that was given nothing for so long, though it asked, says so; and again while that lasts. */
export const PATIENCE_MS = 20_000;
export const SAY_AGAIN_MS = 2_000;
/** So long the others let it go first: one that is gone by then must not stop them. */
const HEARD_MS = 3_000;

/** Who was given nothing for long goes first, or those with the freshest copy would take every permit. */
export const isOthersTurn = ({ overdue = {} }: BudgetState, clock: WorkerClock, now: number): boolean =>
  overdue[clock.worker] === undefined &&
  Object.keys(overdue).some((worker) => isHeard(overdue, worker, clock, now));

export const withOverdue = (state: BudgetState, { worker }: WorkerClock, now: number): BudgetState => ({
  ...state,
  overdue: { ...state.overdue, [worker]: now },
});

/** Without the worker that is being served, and without those that have not been heard of since. */
export function withoutOverdue(
  { overdue, ...state }: BudgetState,
  clock: WorkerClock,
  now: number,
): BudgetState {
  if (overdue === undefined) return state;
  const left = Object.entries(overdue).filter(
    ([worker]) => worker !== clock.worker && isHeard(overdue, worker, clock, now),
  );
  return left.length === 0 ? state : { ...state, overdue: Object.fromEntries(left) };
}

function isHeard(
  overdue: NonNullable<BudgetState['overdue']>,
  worker: string,
  clock: WorkerClock,
  now: number,
): boolean {
  const [at = now] = callTimes({ [worker]: [overdue[worker] ?? now] }, clock, now);
  return at > now - HEARD_MS;
}
