import type { AccountLimits } from '../config/limits.ts';
import type { Clock, Sleep } from '../kernel/clock.ts';
import type { MakeId, Random } from '../kernel/random.ts';
import type { BudgetStore } from './port.ts';

/** Sent later than this after its permit, a call may meet a window without room: the guard band covers 250 ms. */
export const FRESH_PERMIT_MS = 150;

export interface GateTimings {
  /** A copy older than this is read again before anybody is told to wait because of it. */
  readonly waitCopyMs: number;
  /** With other workers about, a copy older than this is read again before a write is tried on it. */
  readonly busyCopyMs: number;
  /** How long after another worker's write there is reason to expect more. */
  readonly busyMs: number;
  /** By how much workers that contend are set apart, at most. */
  readonly staggerMs: number;
  /** A worker without a slot writes this often, to be seen. */
  readonly showMs: number;
  /** `closed` is answered from a copy up to this old. */
  readonly closedCopyMs: number;
  /** How long a slot to give back waits for a permit to ride along with; and how long when slots are scarce. */
  readonly flushMs: number;
  readonly scarceFlushMs: number;
  /** After this long without a successful write, who waits for one gets an error. */
  readonly giveUpMs: number;
  /** Full jitter between tries, doubling from base to cap. */
  readonly retryBaseMs: number;
  readonly retryCapMs: number;
}

export const GATE_TIMINGS: GateTimings = {
  waitCopyMs: 200,
  busyCopyMs: 50,
  busyMs: 5_000,
  staggerMs: 300,
  showMs: 2_000,
  closedCopyMs: 2_000,
  flushMs: 2_000,
  scarceFlushMs: 150,
  giveUpMs: 15_000,
  retryBaseMs: 10,
  retryCapMs: 500,
};

export interface BudgetParts {
  readonly store: BudgetStore;
  readonly limits: AccountLimits;
  readonly serverDoneMs: number;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly random: Random;
  readonly makeId: MakeId;
  readonly timings?: Partial<GateTimings>;
}
