import type { AccountLimits } from '../config/limits.ts';
import type { Clock, Sleep } from '../kernel/clock.ts';
import type { MakeId, Random } from '../kernel/random.ts';
import { AccountCopy } from './account-copy.ts';
import { admit } from './admit.ts';
import type { Answer, Request } from './batch.ts';
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
import type { Budget, BudgetStore, CallReport, Lasting, Permit, Wait } from './port.ts';
import { changesAccount } from './report.ts';
import { type BudgetState, takenSlots } from './state.ts';
import { closures, willLast } from './status.ts';
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
/** `closed` and `lasts` are answered from a copy up to this old. */
const CLOSED_COPY_MS = 2_000;

/** Tells the permits of one run apart: a call takes a few requests at most. */
const LEASE_SUFFIX = 6;

/** The budget of one process: what a writer answers, under the policies that let many workers share one document. */
export const createBudget = (parts: BudgetParts): Budget => new Gate(parts);

type Terms = Omit<Extract<Request, { kind: 'refresh' }>, 'kind' | 'permit'>;

class Gate implements Budget {
  readonly #parts: BudgetParts;
  readonly #policies: Policies;
  readonly #worker: string;
  readonly #copy: AccountCopy;
  readonly #writer: BudgetWriter;
  readonly #staggered: ReturnType<typeof createStagger>;
  readonly #isClockOff: () => Promise<boolean>;
  /** The permits that this process holds. */
  readonly #held = new Set<string>();

  constructor(parts: BudgetParts) {
    const { store, limits, clock, random, storeClock } = parts;
    const policies = { ...POLICIES, ...parts.policies };
    const worker = parts.makeId();
    // Only who knows the time can say what lies in the future.
    const repair = (state: BudgetState, now: number): BudgetState =>
      storeClock?.aheadMs(clock()) === 0 ? clamped(state, now, limits) : state;
    const copy = new AccountCopy(store, clock, clockOffsets(worker, policies.offsetsKeptMs), repair);
    const aheadMs = (): number => this.#aheadMs();
    const isWorthWriting = (wait: Wait): boolean => showsItself(policies, wait, this.#look());
    this.#parts = parts;
    this.#policies = policies;
    this.#worker = worker;
    this.#copy = copy;
    this.#writer = new BudgetWriter({ ...parts, worker, copy, aheadMs, isWorthWriting });
    this.#staggered = createStagger(policies, random, clock());
    const tell = (ahead: number): Promise<void> => this.#tellClockOff(ahead);
    this.#isClockOff = createClockGuard({ storeClock, clock, ask: () => copy.read(-1), tell });
  }

  readonly ask: Budget['ask'] = async ({ owner, ...want }) => {
    const { clock, makeId } = this.#parts;
    if (await this.#isClockOff()) return { kind: 'wait', until: clock() + CLOCK_WAIT_MS, because: 'rate' };
    await this.#giveWay();
    const leaseId = owner === undefined ? makeId() : `${owner}/${makeId().slice(-LEASE_SUFFIX)}`;
    const answer = await this.#writer.request({ kind: 'ask', leaseId, ...this.#termsOf(want) });
    return this.#usable(answer, this.#termsOf(want));
  };

  readonly refresh: Budget['refresh'] = async (permit, want) => {
    // Every call passes here: one that was not held up must not cost a write.
    if (!needsRefresh(this.#policies, permit, 0, this.#parts.clock())) return permit;
    const answer = await this.#writer.request({ kind: 'refresh', permit, ...this.#termsOf(want) });
    return this.#usable(answer, this.#termsOf(want));
  };

  readonly report: Budget['report'] = async (told) => {
    const report = byStoreClock(told, this.#aheadMs());
    this.#held.delete(report.leaseId);
    if (!changesAccount(report, this.#copy.seen?.state ?? null)) {
      const withinMs = flushWithinMs(this.#policies, this.#look());
      this.#writer.requestWithin(withinMs, { kind: 'report', report });
      return null;
    }
    const answer = await this.#writer.request({ kind: 'report', report });
    return answer.kind === 'reported' ? answer.consequence : null;
  };

  readonly change: Budget['change'] = async (reduce) => {
    const answer = await this.#writer.request({ kind: 'change', reduce });
    if (answer.kind !== 'changed') throw new Error(`a change was answered with ${answer.kind}`);
    return answer.state;
  };

  readonly closed: Budget['closed'] = async () => {
    const { limits, clock } = this.#parts;
    const now = clock();
    const first = closures((await this.#copy.read(CLOSED_COPY_MS)).state, limits, now)[0];
    return first === undefined ? null : { reason: first.reason, until: first.until };
  };

  readonly lasts: Budget['lasts'] = async () => {
    const { limits, clock } = this.#parts;
    return willLast((await this.#copy.read(CLOSED_COPY_MS)).state, limits, clock());
  };

  readonly outlook: Budget['outlook'] = async () => {
    const { limits, clock } = this.#parts;
    const { state } = await this.#copy.read(CLOSED_COPY_MS);
    const own = { worker: this.#worker, aheadOf: this.#copy.aheadOf() };
    const wanted = { leaseId: '', leaseMs: 0, probe: false, clock: own };
    const answer = admit(state, clock() - this.#aheadMs(), limits, wanted);
    return answer.kind === 'wait' ? answer : null;
  };

  readonly state: Budget['state'] = async () => (await this.#copy.read(-1)).state;

  readonly flush: Budget['flush'] = () => this.#writer.flush();

  async #giveWay(): Promise<void> {
    const pauseMs = pauseToGiveWayMs(this.#policies, this.#look());
    if (pauseMs > 0) await this.#parts.sleep(this.#parts.random() * pauseMs);
  }

  async #usable(answer: Answer, terms: Terms): Promise<Permit | Wait> {
    const { clock } = this.#parts;
    let current = answer;
    for (let i = 0; current.kind === 'granted' && needsRefresh(this.#policies, current, i, clock()); i += 1) {
      current = await this.#writer.request({ kind: 'refresh', permit: current, ...terms });
    }
    if (current.kind === 'wait') return this.#staggered(current, this.#look());
    if (current.kind !== 'granted') throw new Error(`an ask was answered with ${current.kind}`);
    this.#held.add(current.leaseId);
    return current;
  }

  /** The usual time stands in no lease: the account's document is small because of what it leaves out. */
  #termsOf({ leaseMs, doneMs, probe = false }: Lasting): Terms {
    return { leaseMs, probe, ...(doneMs === this.#parts.serverDoneMs ? {} : { doneMs }) };
  }

  #aheadMs(): number {
    return this.#parts.storeClock?.aheadMs(this.#parts.clock()) ?? 0;
  }

  #look(): Sight {
    return sight(this.#copy, this.#parts.limits, this.#held.size, this.#parts.clock());
  }

  async #tellClockOff(ahead: number): Promise<void> {
    this.#parts.onClockOff?.(ahead);
    const reduce = (state: BudgetState, at: number): BudgetState => ({
      ...state,
      clockOff: { aheadMs: Math.round(ahead), at },
    });
    await this.#writer.request({ kind: 'change', reduce });
  }
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
