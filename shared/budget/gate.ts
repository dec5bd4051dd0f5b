import { type Copy, UnansweredWrite } from '../kernel/document.ts';
import type { Answer, Request } from './batch.ts';
import { applyBatch } from './batch.ts';
import { clockOffsets } from './call-log.ts';
import type { BudgetParts } from './gate-parts.ts';
import { FRESH_PERMIT_MS, GATE_TIMINGS } from './gate-parts.ts';
import { cautionLevel, effectiveLimits } from './limits.ts';
import type { Budget, CallReport, Permit, Wait } from './port.ts';
import type { BudgetState } from './state.ts';
import { initialState } from './state.ts';
import { closures } from './status.ts';

/** The account's document as last seen, and when. */
interface Known {
  readonly of: Copy<BudgetState | null>;
  readonly state: BudgetState;
  readonly at: number;
}

interface Pending {
  readonly request: Request;
  /** A slot to give back waits for another write to ride along with; everything else wants one now. */
  readonly rides: boolean;
  readonly since: number;
  settle(answer: Answer): void;
  fail(error: unknown): void;
}

/** A write that was tried, and what its requests are told if it turns out to have been applied. */
interface Tried {
  readonly write: UnansweredWrite;
  readonly batch: readonly Pending[];
  readonly answers: readonly Answer[];
}

/** A permit that took this many writes to be fresh is used as it is: the store is slow for everybody then, alike. */
const MOST_REFRESHES = 3;
/** Slots count as scarce when no more than this many are left. */
const SCARCE_SLOTS = 3;
/** Slots and holds first, so that those who ask find them as they are. */
const ORDER = { report: 0, change: 1, refresh: 2, ask: 3 } as const;

/**
 * The budget of one process. While a write is under way, what comes in queues up and goes into the next one together:
 * one conditional write carries many permits and many slots given back.
 */
export function createBudget(parts: BudgetParts): Budget {
  const { store, limits, serverDoneMs, clock, sleep, random, makeId } = parts;
  const timings = { ...GATE_TIMINGS, ...parts.timings };
  const worker = makeId();
  const offsets = clockOffsets(worker, 5 * 60_000);
  let copy: Known | null = null;
  let othersWroteAt = Number.NEGATIVE_INFINITY;
  let pending: Pending[] = [];
  let unsure: Tried | null = null;
  let pumping: Promise<void> | null = null;
  let flushAt = Number.POSITIVE_INFINITY;
  let wroteAt = Number.NEGATIVE_INFINITY;
  let stagger = { part: random(), drawnAt: clock() };
  const held = new Set<string>();

  const isBusy = (): boolean => clock() - othersWroteAt < timings.busyMs;

  function keep(of: Copy<BudgetState | null>): Known {
    const now = clock();
    const state = of.value ?? initialState(now);
    if (copy !== null && of.version !== copy.of.version) othersWroteAt = now;
    offsets.observe(state.calls, now);
    copy = { of, state, at: now };
    return copy;
  }

  async function read(atMostOldMs: number): Promise<Known> {
    if (copy !== null && clock() - copy.at <= atMostOldMs) return copy;
    return keep(await store.read());
  }

  function request(wanted: Request, rides = false): Promise<Answer> {
    return new Promise((settle, fail) => {
      pending.push({ request: wanted, rides, since: clock(), settle, fail });
      if (!rides) wake();
    });
  }

  const hasWork = (): boolean => pending.some(({ rides }) => !rides);

  function wake(): void {
    pumping ??= pump().finally(() => {
      pumping = null;
      if (hasWork()) wake();
    });
  }

  async function pump(): Promise<void> {
    for (let tries = 0; hasWork(); ) {
      const batch = pending.toSorted((a, b) => ORDER[a.request.kind] - ORDER[b.request.kind]);
      pending = [];
      try {
        if (await turn(batch)) {
          tries = 0;
          continue;
        }
        retryLater(batch, new Error('too many writers contend for the budget'));
      } catch (error) {
        copy = null;
        retryLater(batch, error);
      }
      tries += 1;
      await sleep(random() * Math.min(timings.retryCapMs, timings.retryBaseMs * 2 ** tries));
    }
  }

  /** Who has waited too long is told so; a slot to give back is kept for a better moment. */
  function retryLater(batch: readonly Pending[], error: unknown): void {
    const late = (item: Pending) => !item.rides && clock() - item.since > timings.giveUpMs;
    for (const item of batch) if (late(item)) item.fail(error);
    pending = [...batch.filter((item) => !late(item)), ...pending];
  }

  /** A read if need be and a write if need be. False: somebody else wrote in between. */
  async function turn(all: readonly Pending[]): Promise<boolean> {
    let base = await read(isBusy() ? timings.busyCopyMs : Number.POSITIVE_INFINITY);
    const batch = withoutLanded(all, base);
    let answers = tryOn(base.state, batch);
    if (answers.answers.some(isWait) && (copy === null || clock() - copy.at > timings.waitCopyMs)) {
      base = keep(await store.read());
      answers = tryOn(base.state, batch);
    }
    if (!batch.some((item, i) => wantsWrite(item, answers.answers[i]))) {
      pending = [...batch.filter(({ rides }) => rides), ...pending];
      settleAll(
        batch.filter(({ rides }) => !rides),
        answers.answers.filter(isWait),
      );
      return true;
    }
    const { next } = answers;
    let tries = 0;
    const changed = await store
      .change(base.of, () => (tries++ === 0 ? next : null))
      .catch((error: unknown) => {
        if (error instanceof UnansweredWrite) unsure = { write: error, batch, answers: answers.answers };
        throw error;
      });
    if (changed.kind === 'left') {
      keep(changed.copy);
      return false;
    }
    wroteAt = clock();
    copy = { of: changed.copy, state: next, at: wroteAt };
    settleAll(batch, answers.answers);
    return true;
  }

  const tryOn = (base: BudgetState, batch: readonly Pending[]) =>
    applyBatch(
      base,
      batch.map((item) => item.request),
      clock(),
      {
        limits,
        serverDoneMs,
        clock: { worker, aheadOf: offsets.aheadOf() },
      },
    );

  /** Who finds no slot for long shows that it is there, so that those who have the slots leave some to be found. */
  function wantsWrite(item: Pending, answer: Answer | undefined): boolean {
    if (item.request.kind !== 'ask') return !item.rides;
    if (answer?.kind !== 'wait') return true;
    return answer.because === 'concurrency' && held.size === 0 && clock() - wroteAt > timings.showMs;
  }

  /** A failed write may have been applied, its reply lost: then its requests are answered and must not be made again. */
  function withoutLanded(batch: readonly Pending[], base: Known): readonly Pending[] {
    const tried = unsure;
    unsure = null;
    if (tried === null || !hasLanded(base, tried)) return batch;
    settleAll(tried.batch, tried.answers);
    return batch.filter((item) => !tried.batch.includes(item));
  }

  async function fresh(answer: Answer, leaseMs: number, probe: boolean): Promise<Permit | Wait> {
    let current = answer;
    for (let i = 0; i < MOST_REFRESHES && isStale(current); i += 1) {
      current = await request({ kind: 'refresh', permit: current, leaseMs, probe });
    }
    if (current.kind === 'wait') return staggered(current);
    if (current.kind === 'granted') {
      held.add(current.leaseId);
      return current;
    }
    throw new Error(`an ask was answered with ${current.kind}`);
  }

  /** Workers that all came back at the same moment would refuse each other's writes; one worker's own jobs should. */
  function staggered(wait: Wait): Wait {
    const isShort = wait.because === 'rate' || wait.because === 'concurrency';
    if (!isShort || !isBusy()) return wait;
    if (clock() - stagger.drawnAt > timings.staggerMs) stagger = { part: random(), drawnAt: clock() };
    return { ...wait, until: wait.until + Math.ceil(stagger.part * timings.staggerMs) };
  }

  /** A worker that has its part of the slots lets others look for one before it takes back the one it has just given. */
  async function letOthersLook(): Promise<void> {
    if (copy === null || !isBusy() || !areSlotsScarce()) return;
    const workers = Math.max(2, Object.keys(copy.state.calls).length);
    if (held.size * workers >= slots()) await sleep(random() * timings.staggerMs);
  }

  const isStale = (answer: Answer): answer is Permit =>
    answer.kind === 'granted' && clock() - answer.at > FRESH_PERMIT_MS;

  async function flush(): Promise<void> {
    if (pumping !== null) await pumping;
    if (pending.length > 0) await request({ kind: 'change', reduce: (state) => state });
  }

  const slots = (): number =>
    effectiveLimits(limits, copy === null ? 0 : cautionLevel(copy.state.caution, clock())).slots;

  const areSlotsScarce = (): boolean =>
    Object.keys(copy?.state.leases ?? {}).length >= slots() - SCARCE_SLOTS;

  /** Slots given back may wait for the next permit, but not for long where others are short of them. */
  function flushLater(): void {
    const delayMs = areSlotsScarce() ? timings.scarceFlushMs : timings.flushMs;
    const at = clock() + delayMs;
    if (at >= flushAt) return;
    flushAt = at;
    void sleep(delayMs).then(() => {
      if (flushAt === at) flushAt = Number.POSITIVE_INFINITY;
      // What could not be written stays for the next write; an ask or the caller's own flush reports the trouble.
      return flush().catch(() => undefined);
    });
  }

  /** Whether the report changes more than its own slot, as far as the copy shows. */
  function isUrgent({ signal, replied, sentAt }: CallReport): boolean {
    if (!replied && sentAt !== null) return true;
    if (signal.kind === 'neutral') return false;
    if (signal.kind !== 'fine') return true;
    if (copy === null) return false;
    const { failuresInRow, deniedInRow, holds } = copy.state;
    return (
      failuresInRow + deniedInRow.length > 0 ||
      holds.upstream !== undefined ||
      holds.credentials !== undefined
    );
  }

  return {
    async ask({ leaseMs, probe = false }) {
      await letOthersLook();
      return fresh(await request({ kind: 'ask', leaseId: makeId(), leaseMs, probe }), leaseMs, probe);
    },
    async refresh(permit, leaseMs) {
      // Every call passes here: one that was not held up must not cost a write.
      if (!isStale(permit)) return permit;
      return fresh(await request({ kind: 'refresh', permit, leaseMs, probe: false }), leaseMs, false);
    },
    async report(report) {
      held.delete(report.leaseId);
      if (isUrgent(report)) {
        const answer = await request({ kind: 'report', report });
        return answer.kind === 'reported' ? answer.opened : null;
      }
      void request({ kind: 'report', report }, true);
      flushLater();
      return null;
    },
    async change(reduce) {
      const answer = await request({ kind: 'change', reduce });
      if (answer.kind !== 'changed') throw new Error(`a change was answered with ${answer.kind}`);
      return answer.state;
    },
    async closed() {
      const now = clock();
      const first = closures((await read(timings.closedCopyMs)).state, limits, now)[0];
      return first === undefined ? null : { reason: first.reason, until: first.until };
    },
    state: async () => (await read(-1)).state,
    flush,
  };
}

const isWait = (answer: Answer): boolean => answer.kind === 'wait';

/** Its token is still there, or another write has followed and carries on the leases it gave. */
function hasLanded({ of, state }: Known, { write, answers }: Tried): boolean {
  const gave = (answer: Answer) => answer.kind === 'granted' && state.leases[answer.leaseId] !== undefined;
  return of.version >= write.version && (of.token === write.token || answers.some(gave));
}

function settleAll(batch: readonly Pending[], answers: readonly Answer[]): void {
  batch.forEach((item, i) => {
    const answer = answers[i];
    if (answer !== undefined) item.settle(answer);
  });
}
