import type { Sleep } from '../shared/kernel/clock.ts';

/** The calls that all functions of this process have at Marketo now. */
export class Calls {
  #underWay = 0;
  #changes = 0;
  #waiting: (() => void)[] = [];

  underWay(): number {
    return this.#underWay;
  }

  /** To be called as a call goes out; what it answers, when that has ended. */
  readonly begin = (): (() => void) => {
    this.#underWay += 1;
    this.#changes += 1;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#underWay -= 1;
      this.#changes += 1;
      if (this.#underWay === 0) for (const wake of this.#waiting.splice(0)) wake();
    };
  };

  /** Resolves when there has been none for `ms`: whoever had one has had that long to record its answer. */
  async quiet(ms: number, sleep: Sleep, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const changes = this.#changes;
      if (this.#underWay > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      else await sleep(ms, signal);
      if (this.#underWay === 0 && this.#changes === changes) return;
    }
  }
}

/** How long a function has, after the last call at Marketo, to record and settle: its stores are on this machine. */
const SETTLE_MS = 1_000;

/** How long a stop waits for what runs: for calls at Marketo up to `graceMs`, without one only as long as settling takes. */
export const grace = (
  graceMs: number,
  calls: Calls | undefined,
  sleep: Sleep,
  signal: AbortSignal,
): Promise<void> => {
  const all = sleep(graceMs, signal);
  return calls === undefined ? all : Promise.race([all, calls.quiet(SETTLE_MS, sleep, signal)]);
};
