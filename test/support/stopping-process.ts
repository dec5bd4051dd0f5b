import type { Choose } from './interleave.ts';

const never = new Promise<never>(() => {});

/** What has become of a process. */
type Fate = 'runs' | 'dead' | 'asleep' | 'asked to end';

/** A process that may stop once, for good or for a time, at any of its effects; which one, `choose` says. */
export class Process {
  fate: Fate = 'runs';
  /** The effect at which it died or fell asleep. */
  at = '';
  wake: () => void = () => {};
  readonly #asked = new AbortController();
  /** Aborts when the process is asked to end. */
  readonly asked: AbortSignal = this.#asked.signal;
  readonly stopped: Promise<void>;
  readonly #choose: Choose;
  /** The one that may stop; every other runs through. */
  readonly isFirst: boolean;
  #stop: () => void = () => {};

  constructor(choose: Choose, isFirst: boolean) {
    this.#choose = choose;
    this.isFirst = isFirst;
    this.stopped = new Promise((resolve) => {
      this.#stop = resolve;
    });
  }

  /** An effect is done whole, or the process dies behind it, sleeps before it for longer than its claim holds, or is asked to end. */
  readonly effect = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
    if (this.fate === 'dead') return never;
    const fate = this.isFirst && this.fate === 'runs' ? this.#choose(4) : 0;
    if (fate === 1) {
      await act().catch(() => undefined);
      this.#end('dead', name);
      return never;
    }
    if (fate === 2) {
      const woken = new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.#end('asleep', name);
      await woken;
    }
    if (fate === 3) {
      this.fate = 'asked to end';
      this.at = name;
      this.#asked.abort();
    }
    return act();
  };

  #end(fate: Fate, at: string): void {
    this.fate = fate;
    this.at = at;
    this.#stop();
  }
}
