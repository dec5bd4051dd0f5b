import type { AccountLimits } from '../config/limits.ts';
import { isUnprobed, onProbation } from './holds.ts';
import { effectiveLimits, usualLimits } from './limits.ts';
import { cutEndsAt } from './pace.ts';
import { type BudgetState, type HoldReason, isUnanswered } from './state.ts';

/** Less than usual is let through, though the account is open. Times in epoch ms. */
export interface Narrowing {
  readonly of: 'rate' | 'slots';
  /** What is left of it: calls per window, or calls at once. */
  readonly limit: number;
  readonly reason: Extract<HoldReason, 'upstream' | 'credentials' | 'rate'> | 'concurrency';
  /** When it ends by itself, or is looked into next; null if only an answer ends it. */
  readonly until: number | null;
  readonly message: string;
  /** Nothing can be sent now, and what is under way has nothing to do with it. */
  readonly isStandstill: boolean;
}

/** Every narrowing in force, the tightest first. Under a hold they stand, but the hold is what keeps a job. */
export function narrowings(state: BudgetState, limits: AccountLimits, now: number): readonly Narrowing[] {
  const all = [...findingOut(state, now), ...unanswered(state, limits, now), ...cut(state, limits, now)];
  return all.sort((a, b) => Number(b.isStandstill) - Number(a.isStandstill));
}

const ONE_CALL = 'one call at a time, until one is answered';

function findingOut(state: BudgetState, now: number): readonly Narrowing[] {
  const one = (reason: 'upstream' | 'credentials', why: string): Narrowing => {
    const probeAt = state.holds[reason]?.probeAt ?? null;
    const until = probeAt !== null && probeAt > now ? probeAt : null;
    return { of: 'slots', limit: 1, reason, until, message: `${why}: ${ONE_CALL}`, isStandstill: false };
  };
  const isOver = (state.holds.upstream?.until ?? now) <= now;
  return [
    ...(onProbation(state) && isOver ? [one('upstream', 'no call has been answered since the hold')] : []),
    ...(isUnprobed(state, now) ? [one('credentials', 'no probe was made for too long')] : []),
  ];
}

function unanswered(state: BudgetState, limits: AccountLimits, now: number): readonly Narrowing[] {
  const { slots } = effectiveLimits(limits, state.cuts, now);
  const live = Object.values(state.leases).filter(({ until }) => until > now);
  const held = live.filter(isUnanswered);
  if (held.length === 0) return [];
  const limit = Math.max(0, slots - held.length);
  const calls = held.length === 1 ? 'a call that was' : `${held.length} calls that were`;
  return [
    {
      of: 'slots',
      limit,
      reason: 'concurrency',
      until: Math.max(...held.map(({ until }) => until)),
      message: `Marketo may still be working on ${calls} never answered`,
      isStandstill: limit === 0,
    },
  ];
}

function cut({ cuts }: BudgetState, limits: AccountLimits, now: number): readonly Narrowing[] {
  const keep = effectiveLimits(limits, cuts, now);
  const usual = usualLimits(limits);
  const message =
    'Marketo refused calls as too many: somebody else uses the same limits; one more each 17 s without';
  const one = (of: 'rate' | 'slots', reason: 'rate' | 'concurrency', limit: number): readonly Narrowing[] =>
    cuts[of] === undefined || limit >= usual[of]
      ? []
      : [{ of, limit, reason, until: cutEndsAt(cuts[of], usual[of]), message, isStandstill: false }];
  return [...one('rate', 'rate', keep.calls), ...one('slots', 'concurrency', keep.slots)];
}
