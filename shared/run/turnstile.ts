/** Lets the groups of a batch run side by side, and one that must be alone when all others have left or wait likewise. */
export interface Turnstile {
  /** Resolves when nothing else runs; holds the others that want to be alone until this one leaves. */
  readonly alone: () => Promise<void>;
  /** A group is through. */
  readonly leave: () => void;
}

export function createTurnstile(groups: number): Turnstile {
  let running = groups;
  const waiting: (() => void)[] = [];
  const admitNext = (): void => {
    if (running > 0) return;
    const next = waiting.shift();
    if (next === undefined) return;
    running += 1;
    next();
  };
  return {
    alone: () =>
      new Promise((resolve) => {
        running -= 1;
        waiting.push(resolve);
        admitNext();
      }),
    leave: () => {
      running -= 1;
      admitNext();
    },
  };
}
