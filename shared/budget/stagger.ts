import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import { type CallLog, callTimes, type WorkerClock } from './call-log.ts';
import type { Wait } from './port.ts';

/**
 * Workers that all came back at the same moment would refuse each other's writes. More would hold up those that are alone with
 * their calls. For a place in the window one turn of all workers takes `rate` ms: with 300 ms it would outlast the time between
 * two permits of a pace that was cut, and two turns would meet.
 */
const STAGGER_MS = { rate: 200, concurrency: 150 } as const;
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

/** Sets the workers' short waits apart: for a place in the window by turns, for a slot at random. The jobs of one worker stay together. */
export function createStagger(random: Random, clock: Clock): (wait: Wait, turn: Turn) => Wait {
  let drawn = { part: random(), at: clock() };
  return (wait, { place, of }) => {
    const { because } = wait;
    if (because !== 'rate' && because !== 'concurrency') return wait;
    if (clock() - drawn.at > STAGGER_MS.concurrency) drawn = { part: random(), at: clock() };
    const part = because === 'rate' ? (place + drawn.part * LATE_PART) / of : drawn.part;
    return { ...wait, until: wait.until + Math.ceil(part * STAGGER_MS[because]) };
  };
}
