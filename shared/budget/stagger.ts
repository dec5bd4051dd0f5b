import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import { type CallLog, callTimes, type WorkerClock } from './call-log.ts';
import type { Wait } from './port.ts';

/**
 * Workers that all came back at the same moment would refuse each other's writes. More would hold up those that are alone with
 * their calls. A turn of all workers takes `turn` ms: with 300 it would outlast the time between two permits of a pace that was
 * cut, and two turns would meet.
 */
const STAGGER_MS = { turn: 200, random: 150 } as const;
/** By how much of its own part of a turn a worker may be late: two that know the same of each other are still apart. */
const LATE_PART = 0.3;

/** A worker's place among those that called lately: 0 goes first. */
export interface Turn {
  readonly place: number;
  readonly of: number;
}

/** Who was given a permit longest ago goes first; a worker that has none in the window before all. */
export function turnOf(calls: CallLog, clock: WorkerClock, now: number, windowMs: number): Turn {
  const lastOf = (worker: string): number =>
    callTimes({ [worker]: calls[worker] ?? [] }, clock, now).at(-1) ?? Number.NEGATIVE_INFINITY;
  const own = lastOf(clock.worker);
  const others = Object.keys(calls)
    .filter((worker) => worker !== clock.worker)
    .map(lastOf)
    .filter((at) => at > now - windowMs);
  return { place: others.filter((at) => at < own).length, of: others.length + 1 };
}

/**
 * Sets the workers' short waits apart: for a place in the window by turns, for a slot at random; so, too, where a write takes
 * longer than a worker's part of a turn, which then keeps no two writes apart. The jobs of one worker stay together.
 */
export function createStagger(
  random: Random,
  clock: Clock,
): (wait: Wait, turn: Turn, writeMs: number) => Wait {
  let drawn = { part: random(), at: clock() };
  return (wait, { place, of }, writeMs) => {
    if (wait.because !== 'rate' && wait.because !== 'concurrency') return wait;
    if (clock() - drawn.at > STAGGER_MS.random) drawn = { part: random(), at: clock() };
    const isByTurn = wait.because === 'rate' && writeMs < STAGGER_MS.turn / of;
    const laterMs = isByTurn
      ? ((place + drawn.part * LATE_PART) / of) * STAGGER_MS.turn
      : drawn.part * STAGGER_MS.random;
    return { ...wait, until: wait.until + Math.ceil(laterMs) };
  };
}
