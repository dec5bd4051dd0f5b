/** Chooses one of `options` (from 0). The same choices give the same run. */
export type Choose = (options: number) => number;

/** Runs once per way in which the choices of a run can fall, all of them, depth first. Answers how many there were. */
export async function everyWay(run: (choose: Choose) => Promise<void>): Promise<number> {
  let path: { readonly taken: number; readonly options: number }[] = [];
  for (let ways = 1; ; ways += 1) {
    const before = path;
    const made: typeof path = [];
    await run((options) => {
      const taken = before[made.length]?.taken ?? 0;
      made.push({ taken, options });
      return taken;
    });
    while ((made.at(-1)?.taken ?? 0) + 1 >= (made.at(-1)?.options ?? 0)) {
      if (made.pop() === undefined) return ways;
    }
    const last = made.pop();
    if (last === undefined) return ways;
    path = [...made, { taken: last.taken + 1, options: last.options }];
  }
}

/** The process has died: nothing that it would have done comes after. */
export class Crash extends Error {}

type Step = () => void;

/** Several processes of which one moves at a time, from one effect to the next. */
export class Processes {
  readonly #waiting = new Map<string, Step>();
  readonly #alive = new Set<string>();
  #changed: () => void = () => {};

  /** Starts a process. It runs up to its first effect when it is first chosen. */
  start(name: string, work: () => Promise<unknown>): void {
    this.#alive.add(name);
    void this.turn(name)
      .then(work)
      .catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error;
      })
      .finally(() => {
        this.#alive.delete(name);
        this.#changed();
      });
  }

  /** Awaited before each effect: it is the process's turn when this resolves. */
  turn(name: string): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.set(name, resolve);
      this.#changed();
    });
  }

  /** Moves the processes until all have ended. */
  async finish(choose: Choose): Promise<void> {
    while (this.#alive.size > 0) {
      const names = [...this.#alive].filter((name) => this.#waiting.has(name));
      const name = names.length === 1 ? names[0] : names[choose(names.length)];
      if (name === undefined) throw new Error('no process can move');
      const step = this.#waiting.get(name);
      this.#waiting.delete(name);
      const moved = new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
      step?.();
      await moved;
    }
  }
}
