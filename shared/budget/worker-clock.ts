import type { BudgetState } from './state.ts';

/** How far apart the clocks of two workers may be, at most. NTP keeps them within milliseconds; this is for when it does not. */
export const CLOCK_SPREAD_MS = 2_000;

/**
 * One worker's clock and what it knows of the others': `leads` says by how much at most this clock is ahead of theirs.
 * Knowledge comes from reading: a call stamped 100 and read at 130 on the own clock shows a lead of at most 30.
 */
export interface WorkerClock {
  readonly worker: string;
  readonly leads: Readonly<Record<string, number>>;
}

/**
 * When the logged calls were made at the latest, on this worker's clock, ascending. Taken at their stamps, calls of a
 * slower clock would leave the window up to two seconds early and let 99 more follow too soon.
 */
export function callTimes(calls: BudgetState['calls'], clock: WorkerClock, now: number): number[] {
  const times = Object.entries(calls).flatMap(([worker, stamps]) =>
    worker === clock.worker ? stamps : stamps.map((stamp) => Math.min(now, stamp + leadOver(clock, worker))),
  );
  return times.sort((a, b) => a - b);
}

/** The lead over another worker's clock at most; unknown, it is the most that clocks may be apart. */
export const leadOver = (clock: WorkerClock, worker: string): number =>
  clock.leads[worker] ?? CLOCK_SPREAD_MS;
