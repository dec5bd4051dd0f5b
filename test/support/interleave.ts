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

/** What a process does in one step. */
export interface Effect {
  readonly store: string;
  readonly writes: boolean;
}

interface Step {
  readonly name: string;
  /** Null: it touches none of the stores alone. */
  readonly effect: Effect | null;
  readonly go: () => void;
}

/** Several processes of which one moves at a time, from one effect to the next. */
export class Processes {
  readonly #waiting = new Map<string, Step>();
  readonly #alive = new Set<string>();
  #changed: () => void = () => {};

  /** Starts a process. It runs up to its first effect when it is first chosen. */
  start(name: string, work: () => Promise<unknown>): void {
    this.#alive.add(name);
    void this.turn(name, null)
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
  turn(name: string, effect: Effect | null): Promise<void> {
    return new Promise((go) => {
      this.#waiting.set(name, { name, effect, go });
      this.#changed();
    });
  }

  /**
   * Moves the processes until all have ended. Of ways that come to the same one alone is gone to its end, in which neighbours
   * stand in the order of their names; false: this is another.
   */
  async finish(choose: Choose): Promise<boolean> {
    let last: Step | null = null;
    while (this.#alive.size > 0) {
      const steps: readonly Step[] = [...this.#waiting.values()].filter(
        (step) => last === null || last.name <= step.name || !isEitherFirst(last.effect, step.effect),
      );
      const step = steps.length > 1 ? steps[choose(steps.length)] : steps[0];
      if (step === undefined) return false;
      this.#waiting.delete(step.name);
      const moved = new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
      step.go();
      await moved;
      last = step;
    }
    return true;
  }
}

/** Whether two steps come to the same in either order: they touch different stores, or both only read. */
const isEitherFirst = (one: Effect | null, other: Effect | null): boolean =>
  one !== null && other !== null && (one.store !== other.store || (!one.writes && !other.writes));
