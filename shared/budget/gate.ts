import type { AccountLimits } from '../config/limits.ts';
import type { Clock, Sleep } from '../kernel/clock.ts';
import type { MakeId, Random } from '../kernel/random.ts';
import { AccountCopy } from './account-copy.ts';
import type { Answer } from './batch.ts';
import { clockOffsets } from './call-log.ts';
import { clamped } from './clamp.ts';
import { createClockGuard } from './clock-guard.ts';
import { cautionLevel, effectiveLimits } from './limits.ts';
import {
  createStagger,
  flushWithinMs,
  needsRefresh,
  POLICIES,
  type Policies,
  pauseToGiveWayMs,
  type Sight,
  showsItself,
} from './policies.ts';
import type { Budget, BudgetStore, CallReport, Permit, Wait } from './port.ts';
import { changesAccount } from './report.ts';
import { type BudgetState, takenSlots } from './state.ts';
import { closures } from './status.ts';
import type { StoreClock } from './store-clock.ts';
import { BudgetWriter } from './writer.ts';

export interface BudgetParts {
  readonly store: BudgetStore;
  readonly limits: AccountLimits;
  readonly serverDoneMs: number;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly random: Random;
  readonly makeId: MakeId;
  readonly policies?: Partial<Policies>;
  /** Of the store's replies; absent where they have none, and then every clock is believed. */
  readonly storeClock?: StoreClock;
  /** Told at most once a minute that nothing is sent because of the clock. */
  readonly onClockOff?: (aheadMs: number) => void;
}

/** A clock is set right by people or by NTP: soon enough to ask again in the same invocation. */
const CLOCK_WAIT_MS = 10_000;
/** `closed` is answered from a copy up to this old. */
const CLOSED_COPY_MS = 2_000;

/** Tells the permits of one run apart: a call takes a few requests at most. */
const LEASE_SUFFIX = 6;

/** The budget of one process: what a writer answers, under the policies that let many workers share one document. */
export function createBudget(parts: BudgetParts): Budget {
  const { store, limits, clock, sleep, random, makeId } = parts;
  const policies = { ...POLICIES, ...parts.policies };
  const worker = makeId();
  const held = new Set<string>();
  const { storeClock } = parts;
  const aheadMs = (): number => storeClock?.aheadMs(clock()) ?? 0;
  // Only who knows the time can say what lies in the future.
  const repair = (state: BudgetState, now: number): BudgetState =>
    storeClock?.aheadMs(clock()) === 0 ? clamped(state, now, limits) : state;
  const copy = new AccountCopy(store, clock, clockOffsets(worker, policies.offsetsKeptMs), repair);
  const look = (): Sight => sight(copy, limits, held.size, clock());
  const isWorthWriting = (wait: Wait): boolean => showsItself(policies, wait, look());
  const writer = new BudgetWriter({ ...parts, worker, copy, aheadMs, isWorthWriting });
  const staggered = createStagger(policies, random, clock());

  const isClockOff = createClockGuard({
    storeClock,
    clock,
    ask: () => copy.read(-1),
    tell: async (ahead) => {
      parts.onClockOff?.(ahead);
      const clockOff = (at: number) => ({ aheadMs: Math.round(ahead), at });
      const reduce = (state: BudgetState, now: number) => ({ ...state, clockOff: clockOff(now) });
      await writer.request({ kind: 'change', reduce });
    },
  });
  const clockWait = (): Wait => ({ kind: 'wait', until: clock() + CLOCK_WAIT_MS, because: 'rate' });

  async function giveWay(): Promise<void> {
    const pauseMs = pauseToGiveWayMs(policies, look());
    if (pauseMs > 0) await sleep(random() * pauseMs);
  }

  async function usable(answer: Answer, leaseMs: number, probe: boolean): Promise<Permit | Wait> {
    let current = answer;
    for (let i = 0; current.kind === 'granted' && needsRefresh(policies, current, i, clock()); i += 1) {
      current = await writer.request({ kind: 'refresh', permit: current, leaseMs, probe });
    }
    if (current.kind === 'wait') return staggered(current, look());
    if (current.kind !== 'granted') throw new Error(`an ask was answered with ${current.kind}`);
    held.add(current.leaseId);
    return current;
  }

  return {
    async ask({ leaseMs, probe = false, owner }) {
      if (await isClockOff()) return clockWait();
      await giveWay();
      const leaseId = owner === undefined ? makeId() : `${owner}/${makeId().slice(-LEASE_SUFFIX)}`;
      return usable(await writer.request({ kind: 'ask', leaseId, leaseMs, probe }), leaseMs, probe);
    },
    async refresh(permit, leaseMs) {
      // Every call passes here: one that was not held up must not cost a write.
      if (!needsRefresh(policies, permit, 0, clock())) return permit;
      return usable(await writer.request({ kind: 'refresh', permit, leaseMs, probe: false }), leaseMs, false);
    },
    async report(told) {
      const report = byStoreClock(told, aheadMs());
      held.delete(report.leaseId);
      if (!changesAccount(report, copy.seen?.state ?? null)) {
        writer.requestWithin(flushWithinMs(policies, look()), { kind: 'report', report });
        return null;
      }
      const answer = await writer.request({ kind: 'report', report });
      return answer.kind === 'reported' ? answer.consequence : null;
    },
    async change(reduce) {
      const answer = await writer.request({ kind: 'change', reduce });
      if (answer.kind !== 'changed') throw new Error(`a change was answered with ${answer.kind}`);
      return answer.state;
    },
    async closed() {
      const now = clock();
      const first = closures((await copy.read(CLOSED_COPY_MS)).state, limits, now)[0];
      return first === undefined ? null : { reason: first.reason, until: first.until };
    },
    state: async () => (await copy.read(-1)).state,
    flush: () => writer.flush(),
  };
}

/** The times of a call, as the others understand them. */
const byStoreClock = (report: CallReport, aheadMs: number): CallReport =>
  aheadMs === 0
    ? report
    : {
        ...report,
        sentAt: report.sentAt === null ? null : report.sentAt - aheadMs,
        endedAt: report.endedAt - aheadMs,
      };

function sight(copy: AccountCopy, limits: AccountLimits, held: number, now: number): Sight {
  const state = copy.seen?.state;
  return {
    now,
    isBusy: copy.isBusy(),
    wroteAt: copy.wroteAt,
    held,
    taken: state === undefined ? 0 : takenSlots(state, now),
    slots: effectiveLimits(limits, state === undefined ? 0 : cautionLevel(state.caution, now)).slots,
    workers: Object.keys(state?.calls ?? {}).length,
  };
}
