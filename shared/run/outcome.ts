import { civilDay, nextMidnight } from '../budget/day.ts';
import type { Consequence } from '../budget/port.ts';
import type { Attempt } from '../job/attempt.ts';
import type { Ended } from '../marketo/faults/classify.ts';
import type { Exchange, RecordOutcomes } from '../marketo/transport.ts';
import type { Claimed } from './claim.ts';
import type { Circumstances, Deferred } from './decide.ts';
import type { RunPorts } from './ports.ts';

/** What is known of a job after its call, or without one. */
export interface Found {
  readonly kind: 'found';
  readonly ended: Ended | Deferred;
  readonly attempts: readonly Attempt[];
  /** Of the last call; null if this run got no answer to record. */
  readonly exchange: Exchange | null;
  /** What the answer said of each record; null if there was none. */
  readonly outcomes: RecordOutcomes | null;
  /** The params that are left to do, where some of the call is done; undefined: the failed records alone, else all. */
  readonly remaining?: unknown;
  readonly openedHold: Consequence | null;
  /** The most that may share a call with it next time; null: nothing new is known against its company. */
  readonly company: number | null;
  /** When the last call was made, by this run or announced by an earlier one; null if none was. */
  readonly calledAt: number | null;
  /** When Marketo must be done with that call if no answer came; null where nothing has to wait for it. */
  readonly quietUntil: number | null;
}

/** `lost`: another run has the job now, and this one must not record or settle it. */
export type Outcome = Found | { readonly kind: 'lost' };

/** A quota answer to a call of a day that is over by now: the new day's quota is there, the answer only came late. */
const DAY_IS_OVER_DELAY_MS = 60_000;

/** What a decision may look at beside how the call ended. */
export function circumstancesOf(claimed: Claimed, found: Found, ports: RunPorts): Circumstances {
  const now = ports.clock();
  const { value: row } = claimed.row.copy();
  const { calledAt } = found;
  const dayIsOver = calledAt !== null && civilDay(calledAt) !== civilDay(now);
  return {
    job: claimed.job,
    attempts: [...row.attempts, ...found.attempts.slice(0, -1)],
    counted: row.counted,
    now,
    quietUntil: found.quietUntil,
    partlyDone: found.remaining !== undefined,
    openedHold: found.openedHold === 'credentials',
    refusedAlone: found.openedHold === 'operation',
    quotaResetsAt: dayIsOver ? now + DAY_IS_OVER_DELAY_MS : nextMidnight(now),
    backoff: ports.settings.backoff,
    random: ports.random,
  };
}
