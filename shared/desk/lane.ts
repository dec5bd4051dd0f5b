import type { Sleep } from '../kernel/clock.ts';
import { isFull, nextLoad } from './packer.ts';
import type { Packable, Passenger } from './passenger.ts';

export interface LaneParts<P extends Passenger> {
  readonly sleep: Sleep;
  readonly stopping: AbortSignal | undefined;
  /** Whether more jobs are being fetched, of which nobody knows yet whether they come here. */
  readonly isMoreComing: () => boolean;
  /** How long to wait for company although nobody is known to be coming, in ms; 0: not at all. */
  readonly lingerMs: () => Promise<number>;
  /** Makes the call; resolves when its first byte has left, or it has ended. Never rejects. */
  readonly depart: (load: readonly [P, ...P[]]) => Promise<void>;
}

/** How long a call waits for those who are on their way to it while none of them comes: a store that is slow for one must not hold up all. */
export const STRAGGLER_MS = 1_000;
/** How often it waits on where some have come meanwhile: a store that is slow for all would else make a backlog travel in small calls. */
const MOST_WAITS = 10;

/**
 * Those who may share a call. It leaves when it is full or nobody is on the way to it any more, so that one job alone waits for
 * nobody and a backlog travels full. One call at a time is between its packing and its first byte; who comes meanwhile gathers.
 */
export class Lane<P extends Passenger> {
  readonly #parts: LaneParts<P>;
  #waiting: readonly Packable<P>[] = [];
  #onTheWay = 0;
  /** How many have boarded, or come no more. */
  #arrivals = 0;
  #isDeparting = false;
  #look: () => void = () => {};

  constructor(parts: LaneParts<P>) {
    this.#parts = parts;
  }

  /** Somebody sets out for here. What it answers is called when they board, or come no more; twice is once. */
  expect(): () => void {
    this.#onTheWay += 1;
    let isComing = true;
    return () => {
      if (!isComing) return;
      isComing = false;
      this.#onTheWay -= 1;
      this.#arrivals += 1;
      this.#look();
    };
  }

  board(passenger: Packable<P>): void {
    this.#waiting = [...this.#waiting, passenger];
    this.#look();
    if (!this.#isDeparting) void this.#departAll();
  }

  /** Whether there is still reason to wait may have changed. */
  look(): void {
    this.#look();
  }

  async #departAll(): Promise<void> {
    this.#isDeparting = true;
    for (;;) {
      await this.#gather();
      const [first, ...others] = this.#waiting;
      if (first === undefined) break;
      const { load, left } = nextLoad<P>([first, ...others]);
      this.#waiting = left;
      await this.#parts.depart(load);
    }
    this.#isDeparting = false;
  }

  async #gather(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const isNobodyComing = (): boolean => this.#onTheWay === 0 && !this.#parts.isMoreComing();
    for (let waits = 0, seen = -1; waits < MOST_WAITS && seen !== this.#arrivals; waits += 1) {
      seen = this.#arrivals;
      await this.#wait(STRAGGLER_MS, isNobodyComing);
    }
    if (isFull(this.#waiting)) return;
    const lingerMs = await this.#parts.lingerMs();
    if (lingerMs > 0) await this.#wait(lingerMs, () => false);
  }

  /** Until the next call is full, or `isOver`; `mostMs` at most, and not into a stop. */
  async #wait(mostMs: number, isOver: () => boolean): Promise<void> {
    const isReady = (): boolean => isFull(this.#waiting) || isOver();
    if (isReady()) return;
    const ready = new AbortController();
    this.#look = () => {
      if (isReady()) ready.abort();
    };
    const { sleep, stopping } = this.#parts;
    await sleep(mostMs, stopping === undefined ? ready.signal : AbortSignal.any([ready.signal, stopping]));
    this.#look = () => {};
  }
}
