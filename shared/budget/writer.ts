import type { AccountLimits } from '../config/limits.ts';
import type { Clock, Sleep } from '../kernel/clock.ts';
import { UnansweredWrite } from '../kernel/document.ts';
import type { Random } from '../kernel/random.ts';
import type { AccountCopy, Seen } from './account-copy.ts';
import { type Answer, applyBatch, type BatchResult, isOverdue, type Request } from './batch.ts';
import type { BudgetStore } from './port.ts';

export interface WriterParts {
  readonly store: BudgetStore;
  readonly limits: AccountLimits;
  readonly serverDoneMs: number;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly random: Random;
  /** Whose clock the calls are stamped by. */
  readonly worker: string;
  readonly copy: AccountCopy;
  /** By how much the clock is known to be ahead of the store's. */
  aheadMs(): number;
}

interface Pending {
  readonly request: Request;
  /** A slot to give back waits for another write to go with; everything else wants one now. */
  readonly isUrgent: boolean;
  readonly since: number;
  settle(answer: Answer): void;
  fail(error: unknown): void;
}

/** A write that nobody answered, and what its requests are told if it turns out to have been applied. */
interface Unanswered {
  readonly write: UnansweredWrite;
  readonly batch: readonly Pending[];
  readonly answers: readonly Answer[];
}

/** With other workers about, a copy older than this is read again before a write is tried on it. */
const BUSY_COPY_MS = 50;
/** A copy older than this is read again before anybody is told to wait because of it. */
const WAIT_COPY_MS = 200;
/** After this long without a successful write, who waits for one gets an error. */
const GIVE_UP_MS = 15_000;
/** Full jitter between tries, doubling from base to cap: a store that fails is spared, one that is slow takes long enough itself. */
const RETRY_BASE_MS = 10;
const RETRY_CAP_MS = { refused: 50, failed: 500 } as const;
/** How much of the measured latency the last write makes. */
const LATENCY_GAIN = 0.25;
/** Slots and holds first, so that those who ask find them as they are. */
const ORDER = { report: 0, change: 1, refresh: 2, ask: 3 } as const;

/**
 * Writes the account's document for one process. While a write is under way, what comes in queues up and goes into the
 * next one together: one conditional write carries many permits and many slots given back.
 */
export class BudgetWriter {
  readonly #parts: WriterParts;
  #queue: Pending[] = [];
  /** The oldest first. */
  #unanswered: Unanswered[] = [];
  #pumping: Promise<void> | null = null;
  #flushAt = Number.POSITIVE_INFINITY;
  #writeMs = 0;

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  /** How long a write takes here, of late. */
  get writeMs(): number {
    return this.#writeMs;
  }

  /** Answered once the answer is written; a wait, which changes nothing, once it is found. */
  request(request: Request): Promise<Answer> {
    return new Promise((settle, fail) => {
      this.#queue.push({ request, isUrgent: true, since: this.#parts.clock(), settle, fail });
      this.#wake();
    });
  }

  /** Goes with the next write, or with one of its own after so long. */
  requestWithin(delayMs: number, request: Request): void {
    const { clock, sleep } = this.#parts;
    const ignore = () => undefined;
    this.#queue.push({ request, isUrgent: false, since: clock(), settle: ignore, fail: ignore });
    const at = clock() + delayMs;
    if (at >= this.#flushAt) return;
    this.#flushAt = at;
    void sleep(delayMs).then(() => {
      if (this.#flushAt === at) this.#flushAt = Number.POSITIVE_INFINITY;
      // What could not be written stays for the next write; an ask or the caller's own flush reports the trouble.
      return this.flush().catch(() => undefined);
    });
  }

  async flush(): Promise<void> {
    if (this.#pumping !== null) await this.#pumping;
    if (this.#queue.length > 0) await this.request({ kind: 'change', reduce: (state) => state });
  }

  #hasWork(): boolean {
    return this.#queue.some(({ isUrgent }) => isUrgent);
  }

  #wake(): void {
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = null;
      if (this.#hasWork()) this.#wake();
    });
  }

  async #pump(): Promise<void> {
    const { sleep, random } = this.#parts;
    for (let tries = 0; this.#hasWork(); ) {
      const batch = this.#queue.toSorted((a, b) => ORDER[a.request.kind] - ORDER[b.request.kind]);
      this.#queue = [];
      let capMs: number = RETRY_CAP_MS.refused;
      try {
        if (await this.#turn(batch)) {
          tries = 0;
          continue;
        }
        this.#retryLater(batch, new Error('too many writers contend for the budget'));
      } catch (error) {
        this.#parts.copy.forget();
        capMs = RETRY_CAP_MS.failed;
        this.#retryLater(batch, error);
      }
      tries += 1;
      await sleep(random() * Math.min(capMs, RETRY_BASE_MS * 2 ** tries));
    }
  }

  /** Who has waited too long is told so; a slot to give back is kept for a better moment. */
  #retryLater(batch: readonly Pending[], error: unknown): void {
    const now = this.#parts.clock();
    const isLate = (item: Pending) => item.isUrgent && now - item.since > GIVE_UP_MS;
    for (const item of batch) if (isLate(item)) item.fail(error);
    this.#queue = [...batch.filter((item) => !isLate(item)), ...this.#queue];
  }

  /** A read if need be and a write if need be. False: somebody else wrote in between. */
  async #turn(queued: readonly Pending[]): Promise<boolean> {
    const { store, clock, copy } = this.#parts;
    let seen = await copy.read(copy.isBusy() ? BUSY_COPY_MS : Number.POSITIVE_INFINITY);
    const batch = this.#withoutApplied(queued, seen);
    let { next, answers } = this.#apply(batch, seen);
    const age = clock() - seen.at;
    if ((age > 0 && answers.some(isSentAway)) || (age > WAIT_COPY_MS && answers.some(isWait))) {
      seen = copy.keep(await store.read());
      ({ next, answers } = this.#apply(batch, seen));
    }
    if (!batch.some((item, i) => needsWrite(item, answers[i]))) {
      this.#queue = [...batch.filter(({ isUrgent }) => !isUrgent), ...this.#queue];
      settleAll(batch, answers);
      return true;
    }
    let asked = 0;
    // Asked again, somebody else was faster: the next try takes along what has come in meanwhile.
    const once = () => (asked++ === 0 ? next : null);
    const triedAt = clock();
    const changed = await store.change(seen.of, once).catch((error: unknown) => {
      if (error instanceof UnansweredWrite) this.#unanswered.push({ write: error, batch, answers });
      throw error;
    });
    if (changed.kind === 'left') {
      copy.keep(changed.copy);
      return false;
    }
    this.#writeMs += (Math.max(0, clock() - triedAt) - this.#writeMs) * LATENCY_GAIN;
    copy.wrote(changed.copy, next);
    this.#unanswered = [];
    settleAll(batch, answers);
    return true;
  }

  #apply(batch: readonly Pending[], { state }: Seen): BatchResult {
    const { clock, limits, serverDoneMs, worker, copy, aheadMs } = this.#parts;
    const requests = batch.map(({ request }) => request);
    const terms = { limits, serverDoneMs, clock: { worker, aheadOf: copy.aheadOf() } };
    const now = clock() - aheadMs();
    const { next, answers } = applyBatch(state, requests, now, terms);
    return { next: { ...next, writer: { worker, at: now } }, answers };
  }

  /**
   * A write that nobody answered may have been applied: then its requests are answered and must not be made again. Until
   * the document has come to its version it may still arrive.
   */
  #withoutApplied(batch: readonly Pending[], seen: Seen): readonly Pending[] {
    const applied = appliedOf(this.#unanswered, seen);
    this.#unanswered = this.#unanswered.filter(({ write }) => write.version > seen.of.version);
    if (applied === undefined) return batch;
    settleAll(applied.batch, applied.answers);
    return batch.filter((item) => !applied.batch.includes(item));
  }
}

/** A wait changes nothing but for who is overdue, and a slot given back waits for company. */
const needsWrite = ({ request, isUrgent }: Pending, answer: Answer | undefined): boolean =>
  request.kind === 'ask' ? answer?.kind !== 'wait' || isOverdue(request, answer) : isUrgent;

const isWait = (answer: Answer): boolean => answer.kind === 'wait';

/** Held, it comes back in minutes: the hold must not have been lifted meanwhile. A place in the window or a slot is asked for again at once. */
const isSentAway = (answer: Answer): boolean =>
  answer.kind === 'wait' && answer.because !== 'rate' && answer.because !== 'concurrency';

/**
 * Of several tries at the same version at most one was applied. The one whose token is still there; else, if another write has
 * followed, the one that gave the most leases of which all stand. Of two that gave the same the older, which holds less:
 * what only the younger one held is done again, and nothing that was asked for is lost.
 */
function appliedOf(tries: readonly Unanswered[], { of, state }: Seen): Unanswered | undefined {
  const exact = tries.find(({ write }) => write.token === of.token);
  if (exact !== undefined) return exact;
  const standing = tries
    .filter(({ write }) => write.version <= of.version)
    .map((tried) => ({ tried, given: givenBy(tried) }))
    .filter(({ given }) => given.length > 0 && given.every((leaseId) => state.leases[leaseId] !== undefined));
  return standing.toSorted((a, b) => b.given.length - a.given.length)[0]?.tried;
}

/** The leases that were new in it. One that it was only to move was there before and proves nothing. */
const givenBy = ({ batch, answers }: Unanswered): readonly string[] =>
  answers.flatMap((answer, i) =>
    answer.kind === 'granted' && batch[i]?.request.kind === 'ask' ? [answer.leaseId] : [],
  );

function settleAll(batch: readonly Pending[], answers: readonly Answer[]): void {
  batch.forEach((item, i) => {
    const answer = answers[i];
    if (answer !== undefined) item.settle(answer);
  });
}
