import type { AccountLimits } from '../config/limits.ts';
import type { Clock, Sleep } from '../kernel/clock.ts';
import type { MakeId, Random } from '../kernel/random.ts';
import { AccountCopy } from './account-copy.ts';
import { admit } from './admit.ts';
import type { Answer, Request } from './batch.ts';
import { clockOffsets, type WorkerClock } from './call-log.ts';
import { clamped } from './clamp.ts';
import { createClockGuard } from './clock-guard.ts';
import { type HoldInForce, holdsInForce } from './holds.ts';
import { AHEAD_MS, effectiveLimits } from './limits.ts';
import { PATIENCE_MS, SAY_AGAIN_MS } from './overdue.ts';
import {
  type Budget,
  type BudgetStore,
  type CallReport,
  FRESH_PERMIT_MS,
  type Lasting,
  type Permit,
  type Wait,
} from './port.ts';
import { changesAccount } from './report.ts';
import { createStagger, type Turn, turnOf } from './stagger.ts';
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
  /** Of the store's replies; absent where they have none, and then every clock is believed. */
  readonly storeClock?: StoreClock;
  /** Told at most once a minute that nothing is sent because of the clock. */
  readonly onClockOff?: (aheadMs: number) => void;
}

/** A clock is set right by people or by NTP: soon enough to ask again in the same invocation. */
const CLOCK_WAIT_MS = 10_000;
/** How long a slot to give back waits for another write to go with: longer while more than `spare` others are free, and nobody waits for it. */
const FLUSH = { scarceMs: 2_000, plentyMs: 4_000, spare: 2 } as const;
/** `closed` and `lasts` are answered from a copy up to this old. */
const CLOSED_COPY_MS = 2_000;

/** Tells the permits of one run apart: a call takes a few requests at most. */
const LEASE_SUFFIX = 4;
/** Tells the workers of the last minutes apart: the name stands in every write. */
const WORKER_SUFFIX = 8;

/** The budget of one process: what a writer answers, each permit at the moment from which it counts. */
export const createBudget = (parts: BudgetParts): Budget => new Gate(parts);

type Terms = Omit<Extract<Request, { kind: 'refresh' }>, 'kind' | 'permit'>;

class Gate implements Budget {
  readonly #parts: BudgetParts;
  readonly #worker: string;
  readonly #copy: AccountCopy;
  readonly #writer: BudgetWriter;
  readonly #isClockOff: () => Promise<boolean>;
  readonly #staggered: ReturnType<typeof createStagger>;
  /** Since when no ask was given a permit; null while the last one was. */
  #waitingSince: number | null = null;
  #saidAt = Number.NEGATIVE_INFINITY;

  constructor(parts: BudgetParts) {
    const { store, clock, random, storeClock } = parts;
    const worker = parts.makeId().slice(-WORKER_SUFFIX);
    // Only who knows the time can say what lies in the future.
    const repair = (state: BudgetState, now: number): BudgetState =>
      storeClock?.aheadMs(clock()) === 0 ? clamped(state, now) : state;
    const copy = new AccountCopy(store, clock, clockOffsets(worker), repair);
    const aheadMs = (): number => this.#aheadMs();
    this.#parts = parts;
    this.#worker = worker;
    this.#copy = copy;
    this.#staggered = createStagger(random, clock);
    this.#writer = new BudgetWriter({ ...parts, worker, copy, aheadMs });
    const tell = (ahead: number): Promise<void> => this.#tellClockOff(ahead);
    this.#isClockOff = createClockGuard({ storeClock, clock, ask: () => copy.read(-1), tell });
  }

  readonly ask: Budget['ask'] = async ({ owner, ...want }) => {
    const { clock, makeId } = this.#parts;
    if (await this.#isClockOff()) return { kind: 'wait', until: clock() + CLOCK_WAIT_MS, because: 'rate' };
    const leaseId = owner === undefined ? makeId() : `${owner}/${makeId().slice(-LEASE_SUFFIX)}`;
    const answer = await this.#writer.request({
      kind: 'ask',
      leaseId,
      isOverdue: this.#isOverdue(),
      ...this.#termsOf(want),
    });
    return this.#usable(answer, want);
  };

  readonly refresh: Budget['refresh'] = async (permit, want) => {
    // Every call passes here: one that was not held up must not cost a write.
    if (this.#now() - permit.at <= this.#writer.writeMs + FRESH_PERMIT_MS) return permit;
    const answer = await this.#writer.request({ kind: 'refresh', permit, ...this.#termsOf(want) });
    return this.#usable(answer, want);
  };

  readonly report: Budget['report'] = async (told) => {
    const report = byStoreClock(told, this.#aheadMs());
    if (!changesAccount(report, this.#copy.seen?.state ?? null)) {
      this.#giveBack(report);
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
    const within = async (mostMs: number) =>
      closures((await this.#copy.read(mostMs)).state, limits, clock())[0];
    // Whom a hold sends away comes back in minutes: it must not have been lifted meanwhile.
    const first = (await within(CLOSED_COPY_MS)) && (await within(0));
    return first === undefined ? null : { reason: first.reason, until: first.until };
  };

  readonly lasts: Budget['lasts'] = async () => {
    const { limits, clock } = this.#parts;
    return willLast((await this.#copy.read(CLOSED_COPY_MS)).state, limits, clock());
  };

  readonly outlook: Budget['outlook'] = async () => {
    const { limits, clock } = this.#parts;
    const { state } = await this.#copy.read(CLOSED_COPY_MS);
    const wanted = { leaseId: '', leaseMs: 0, probe: false, clock: this.#workerClock() };
    const answer = admit(state, clock() - this.#aheadMs(), limits, wanted);
    return answer.kind === 'wait' ? answer : null;
  };

  readonly state: Budget['state'] = async () => (await this.#copy.read(-1)).state;

  readonly flush: Budget['flush'] = () => this.#writer.flush();

  #giveBack(report: CallReport): void {
    const delayMs = this.#freeSlots() > FLUSH.spare ? FLUSH.plentyMs : FLUSH.scarceMs;
    this.#writer.requestWithin(delayMs, { kind: 'report', report });
  }

  /** As the others see it: what this process has still to give back is taken. */
  #freeSlots(): number {
    const state = this.#copy.seen?.state;
    if (state === undefined) return 0;
    const now = this.#now();
    return effectiveLimits(this.#parts.limits, state.cuts, now).slots - takenSlots(state, now);
  }

  #isOverdue(): boolean {
    const now = this.#parts.clock();
    if (this.#waitingSince === null || now - this.#waitingSince < PATIENCE_MS) return false;
    if (now - this.#saidAt < SAY_AGAIN_MS) return false;
    this.#saidAt = now;
    return true;
  }

  async #usable(answer: Answer, { probe = false }: Lasting): Promise<Permit | Wait> {
    if (answer.kind === 'wait') {
      this.#waitingSince ??= this.#parts.clock();
      return this.#copy.isBusy() ? this.#staggered(answer, this.#turn(), this.#writer.writeMs) : answer;
    }
    this.#waitingSince = null;
    if (answer.kind !== 'granted') throw new Error(`an ask was answered with ${answer.kind}`);
    const earlyMs = answer.at - this.#now();
    // No longer than any permit is early: the clock may have been set back.
    if (earlyMs > 0) await this.#parts.sleep(Math.min(earlyMs, AHEAD_MS));
    const hold = earlyMs > 0 && !probe ? this.#holdAsSeen() : undefined;
    return hold === undefined ? answer : this.#takenBack(answer, hold);
  }

  #turn(): Turn {
    const calls = this.#copy.seen?.state.calls ?? {};
    return turnOf(calls, this.#workerClock(), this.#now(), this.#parts.limits.windowMs);
  }

  #workerClock(): WorkerClock {
    return { worker: this.#worker, aheadOf: this.#copy.aheadOf() };
  }

  #holdAsSeen(): HoldInForce | undefined {
    const seen = this.#copy.seen?.state;
    return seen === undefined ? undefined : holdsInForce(seen, this.#now())[0];
  }

  /** A permit that is not used after all: the account was closed since it was given. */
  #takenBack({ leaseId }: Permit, { reason, until }: HoldInForce): Wait {
    const report: CallReport = {
      leaseId,
      operation: '',
      jobIds: [],
      sentAt: null,
      endedAt: this.#now(),
      replied: false,
      uncharged: true,
      signal: { kind: 'neutral' },
    };
    this.#giveBack(report);
    return { kind: 'wait', until: until ?? this.#now() + CLOCK_WAIT_MS, because: reason };
  }

  /** The usual time stands in no lease: the account's document is small because of what it leaves out. */
  #termsOf({ leaseMs, doneMs, probe = false }: Lasting): Terms {
    return { leaseMs, probe, ...(doneMs === this.#parts.serverDoneMs ? {} : { doneMs }) };
  }

  #aheadMs(): number {
    return this.#parts.storeClock?.aheadMs(this.#parts.clock()) ?? 0;
  }

  /** As the stamps of permits go. */
  #now(): number {
    return this.#parts.clock() - this.#aheadMs();
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
