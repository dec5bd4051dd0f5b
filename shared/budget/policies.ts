import type { Random } from '../kernel/random.ts';
import { FRESH_PERMIT_MS, type Permit, type Wait } from './port.ts';

/** What the gate does to live with slow stores and other workers. Each field is one policy: its number, or null for off. */
export interface Policies {
  /** How often a permit that a slow write made stale is moved to the present, before it is used as it is. */
  readonly mostRefreshes: number | null;
  /** By how much the workers' short waits are set apart, at most. */
  readonly staggerMs: number | null;
  /** How long a worker that has its part of the slots leaves others time to take one, at most. */
  readonly giveWayMs: number | null;
  /** A worker without a slot writes this often, to be seen. */
  readonly showEveryMs: number | null;
  /** Slots given back while slots are scarce are written this soon. */
  readonly scarceFlushMs: number | null;
  /** How long what was learnt of the others' clocks is kept; off, every clock may be two seconds behind this one. */
  readonly offsetsKeptMs: number | null;
}

export const POLICIES: Policies = {
  mostRefreshes: 3,
  staggerMs: 300,
  giveWayMs: 300,
  showEveryMs: 2_000,
  scarceFlushMs: 150,
  offsetsKeptMs: 5 * 60_000,
};

/** What a policy goes by: this worker, and the account as last seen here. */
export interface Sight {
  readonly now: number;
  /** Other workers have written lately. */
  readonly isBusy: boolean;
  /** When this worker last wrote. */
  readonly wroteAt: number;
  /** Slots of this worker, of all workers, and in all; and how many workers have called within the window. */
  readonly held: number;
  readonly taken: number;
  readonly slots: number;
  readonly workers: number;
}

/** How long a slot to give back waits for another write to go with. */
const FLUSH_MS = 2_000;
/** Slots count as scarce when no more than this many are left. */
const SCARCE_SLOTS = 3;

const areSlotsScarce = ({ taken, slots }: Sight): boolean => taken >= slots - SCARCE_SLOTS;

/** A stale permit moves to the present; past the most, it is used as it is: the store is slow for everybody then, alike. */
export const needsRefresh = (
  { mostRefreshes }: Policies,
  permit: Permit,
  refreshes: number,
  now: number,
): boolean => refreshes < (mostRefreshes ?? 0) && now - permit.at > FRESH_PERMIT_MS;

/** Workers that all came back at the same moment would refuse each other's writes; one worker's own jobs should. */
export function createStagger({ staggerMs }: Policies, random: Random, now: number) {
  let drawn = { part: random(), at: now };
  return (wait: Wait, sight: Sight): Wait => {
    const isShort = wait.because === 'rate' || wait.because === 'concurrency';
    if (staggerMs === null || !isShort || !sight.isBusy) return wait;
    if (sight.now - drawn.at > staggerMs) drawn = { part: random(), at: sight.now };
    return { ...wait, until: wait.until + Math.ceil(drawn.part * staggerMs) };
  };
}

/** A worker that has its part of the slots lets others look for one before it takes back the one it has just given. */
export function pauseToGiveWayMs({ giveWayMs }: Policies, sight: Sight): number {
  if (giveWayMs === null || !sight.isBusy || !areSlotsScarce(sight)) return 0;
  return sight.held * Math.max(2, sight.workers) >= sight.slots ? giveWayMs : 0;
}

/** Who finds no slot for long shows that it is there, so that those who have the slots leave some to be found. */
export const showsItself = ({ showEveryMs }: Policies, wait: Wait, sight: Sight): boolean =>
  showEveryMs !== null &&
  wait.because === 'concurrency' &&
  sight.held === 0 &&
  sight.now - sight.wroteAt > showEveryMs;

/** A slot given back waits for the next permit's write, but not for long where others are short of slots. */
export const flushWithinMs = ({ scarceFlushMs }: Policies, sight: Sight): number =>
  areSlotsScarce(sight) ? (scarceFlushMs ?? FLUSH_MS) : FLUSH_MS;
