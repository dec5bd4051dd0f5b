import type { Clock } from '../kernel/clock.ts';
import type { Copy } from '../kernel/document.ts';
import type { ClockOffsets } from './call-log.ts';
import type { BudgetStore } from './port.ts';
import { type BudgetState, initialState } from './state.ts';

/** The account's document as it was last seen here, and when. */
export interface Seen {
  readonly of: Copy<BudgetState | null>;
  readonly state: BudgetState;
  readonly at: number;
}

/** How long after another worker's write there is reason to expect more. */
const BUSY_MS = 5_000;

/** Makes of a stored state one that can be. */
type Repair = (state: BudgetState, now: number) => BudgetState;

const asItStands: Repair = (state) => state;

/** What one process knows of the account's document, and of the other workers by what they leave in it. */
export class AccountCopy {
  readonly #store: BudgetStore;
  readonly #clock: Clock;
  readonly #offsets: ClockOffsets;
  readonly #repair: Repair;
  #seen: Seen | null = null;
  #othersWroteAt = Number.NEGATIVE_INFINITY;

  constructor(store: BudgetStore, clock: Clock, offsets: ClockOffsets, repair: Repair = asItStands) {
    this.#store = store;
    this.#clock = clock;
    this.#offsets = offsets;
    this.#repair = repair;
  }

  /** Null before the first read, and after a failure until the next. */
  get seen(): Seen | null {
    return this.#seen;
  }

  /** Whether other workers have written lately. */
  isBusy(): boolean {
    return this.#clock() - this.#othersWroteAt < BUSY_MS;
  }

  aheadOf(): Readonly<Record<string, number>> {
    return this.#offsets.aheadOf();
  }

  async read(atMostOldMs: number): Promise<Seen> {
    if (this.#seen !== null && this.#clock() - this.#seen.at <= atMostOldMs) return this.#seen;
    return this.keep(await this.#store.read());
  }

  /** As the store answered it, to a read or to a write that somebody else was faster than. */
  keep(of: Copy<BudgetState | null>): Seen {
    const now = this.#clock();
    const last = this.#seen;
    // Once repaired a copy stays so: what cannot be real must not be taken for now again and again.
    const isSame = last !== null && last.of.version === of.version && last.of.token === of.token;
    const state = isSame ? last.state : this.#repair(of.value ?? initialState(now), now);
    if (this.#seen !== null && of.version !== this.#seen.of.version) this.#othersWroteAt = now;
    if (state.writer !== undefined) this.#offsets.observe(state.writer, now);
    this.#seen = { of, state, at: now };
    return this.#seen;
  }

  wrote(of: Copy<BudgetState>, state: BudgetState): void {
    this.#seen = { of, state, at: this.#clock() };
  }

  /** After a write that failed nothing is certain. */
  forget(): void {
    this.#seen = null;
  }
}
