import type { HoldInForce } from '../budget/holds.ts';
import { HOUR_MS, MINUTE_MS } from '../kernel/clock.ts';

/** Below this the switch, which takes effect in seconds to minutes, would save nothing. */
const OFF_ABOVE_MS = 10 * MINUTE_MS;
/** On this early, so that the queue flows when the hold ends. */
const ON_BEFORE_MS = 3 * MINUTE_MS;
/**
 * Twice a day the queue is let through a held account, so that the worker can file what has expired. SQS deletes a day
 * after that: with a sweep a day, what just missed one would be gone before the next.
 */
const SWEEP_MS = 10 * MINUTE_MS;
const SWEEP_EVERY_MS = 12 * HOUR_MS;

/**
 * How the event source should stand, from the holds alone: level-triggered, so that a missed minute or a deploy that
 * touched the switch is put right by the next. The hold is the gate; the switch only saves receives.
 */
export function wantedSwitch(holds: readonly HoldInForce[], now: number): 'on' | 'off' | 'as-is' {
  if (holds.length === 0 || isSweep(now)) return 'on';
  const left = Math.max(
    ...holds.map(({ until }) => (until === null ? Number.POSITIVE_INFINITY : until - now)),
  );
  if (left > OFF_ABOVE_MS) return 'off';
  return left <= ON_BEFORE_MS ? 'on' : 'as-is';
}

/** From midnight and from noon on, UTC. */
export const isSweep = (now: number): boolean => now % SWEEP_EVERY_MS < SWEEP_MS;

/** The switch between the jobs queue and the worker: off, nothing is received; what is being worked on is finished. */
export interface EventSource {
  /** False also while a switch to off is still taking effect (AWS needs seconds to minutes). */
  enabled(): Promise<boolean>;
  enable(): Promise<void>;
  disable(): Promise<void>;
}
