import type { BudgetState } from './state.ts';
import { CLOCK_SPREAD_MS } from './worker-clock.ts';

/** Drift and adjustment make old knowledge false: none is used that is older than two of these. */
const KEPT_MS = 5 * 60_000;

type Bounds = Map<string, number>;

/** What one worker has learnt about the other workers' clocks. Grows sharper with every state it reads. */
export interface LeadBounds {
  /** Call it with every state read or met in a conflict, at the moment it arrived. */
  observe(calls: BudgetState['calls'], now: number): void;
  current(): Readonly<Record<string, number>>;
}

/** A call stamped by another worker happened before it was read: so this clock is ahead by at most the difference. */
export function leadBounds(ownWorker: string): LeadBounds {
  let older: Bounds = new Map();
  let newer: Bounds = new Map();
  let turnedAt = Number.NEGATIVE_INFINITY;
  return {
    observe(calls, now) {
      if (Math.abs(now - turnedAt) > KEPT_MS) {
        older = newer;
        newer = new Map();
        turnedAt = now;
      }
      for (const [worker, stamps] of Object.entries(calls)) {
        if (worker !== ownWorker) lower(newer, worker, now - Math.max(...stamps));
      }
    },
    current: () => {
      const both = [...older.keys(), ...newer.keys()];
      return Object.fromEntries(both.map((worker) => [worker, least(older.get(worker), newer.get(worker))]));
    },
  };
}

function lower(bounds: Bounds, worker: string, lead: number): void {
  bounds.set(worker, least(bounds.get(worker), lead));
}

const least = (a: number | undefined, b: number | undefined): number =>
  Math.max(-CLOCK_SPREAD_MS, Math.min(CLOCK_SPREAD_MS, a ?? CLOCK_SPREAD_MS, b ?? CLOCK_SPREAD_MS));
