/** One group's part in a process: it runs beside the others, or has the process to itself. */
export interface Turn {
  /** Resolves when nothing else runs in the process; nothing else starts until this turn is left. */
  untilAlone(): Promise<void>;
  /** Whether nothing else runs in the process at this moment. */
  isAlone(): boolean;
  /** The group is through. */
  leave(): void;
}

/** Who runs in this process, over all its invocations: a job that has stopped its worker before runs when nothing else does. */
export interface Turns {
  /** Waits while somebody is alone, or wants to be. */
  enter(): Promise<Turn>;
  /** Whether somebody is alone, or wants to be. */
  isWantedAlone(): boolean;
}

export function createTurns(): Turns {
  let running = 0;
  let someoneIsAlone = false;
  const wantAlone: (() => void)[] = [];
  const wantIn: (() => void)[] = [];

  const admitNext = (): void => {
    if (running > 0) return;
    const next = wantAlone.shift();
    someoneIsAlone = next !== undefined;
    const admitted = next === undefined ? wantIn.splice(0) : [next];
    running += admitted.length;
    for (const go of admitted) go();
  };
  const leave = (): void => {
    running -= 1;
    admitNext();
  };
  const turn: Turn = {
    untilAlone: () =>
      new Promise((resolve) => {
        wantAlone.push(resolve);
        leave();
      }),
    isAlone: () => running === 1,
    leave,
  };
  const isWantedAlone = (): boolean => someoneIsAlone || wantAlone.length > 0;
  return {
    isWantedAlone,
    enter: () => {
      if (!isWantedAlone()) {
        running += 1;
        return Promise.resolve(turn);
      }
      return new Promise((resolve) => {
        wantIn.push(() => resolve(turn));
      });
    },
  };
}
