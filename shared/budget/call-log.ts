import type { BudgetState, Stamp } from './state.ts';

/** The log with one call counted from `to` on instead of from where it stands. Without the call it stays as it is. */
export function moveStamp(
  calls: BudgetState['calls'],
  { worker, at }: Stamp,
  to: number,
): BudgetState['calls'] {
  const stamps = calls[worker] ?? [];
  const index = stamps.indexOf(at);
  if (index < 0) return calls;
  const moved = [...stamps.slice(0, index), ...stamps.slice(index + 1), to].sort((a, b) => a - b);
  return { ...calls, [worker]: moved };
}
