/** One group's part in a process: it runs beside the others, or beside few, or has the process to itself. */
export interface Turn {
  /**
   * Resolves when at most `most` run in the process, itself among them, all of whom wanted that; nobody else starts until they
   * have left. 1: it is alone.
   */
  untilApart(most: number): Promise<void>;
  /** Whether nothing else runs in the process at this moment. */
  isAlone(): boolean;
  /** The group is through. */
  leave(): void;
}

/** Who runs in this process, over all its invocations: jobs over which workers have stopped run when no others do. */
export interface Turns {
  /** Waits while somebody is apart from the rest, or wants to be. */
  enter(): Promise<Turn>;
  /** Whether somebody is, or wants to be. */
  isWantedApart(): boolean;
}

interface Wanted {
  readonly most: number;
  readonly go: () => void;
}

export function createTurns(): Turns {
  let running = 0;
  let someAreApart = false;
  const wantApart: Wanted[] = [];
  const wantIn: (() => void)[] = [];

  const admitNext = (): void => {
    if (running > 0) return;
    const together = wantApart.splice(0, togetherOf(wantApart));
    someAreApart = together.length > 0;
    const admitted = someAreApart ? together.map(({ go }) => go) : wantIn.splice(0);
    running += admitted.length;
    for (const go of admitted) go();
  };
  const leave = (): void => {
    running -= 1;
    admitNext();
  };
  const turn: Turn = {
    untilApart: (most) =>
      new Promise((go) => {
        wantApart.push({ most, go });
        leave();
      }),
    isAlone: () => running === 1,
    leave,
  };
  const isWantedApart = (): boolean => someAreApart || wantApart.length > 0;
  return {
    isWantedApart,
    enter: () => {
      if (!isWantedApart()) {
        running += 1;
        return Promise.resolve(turn);
      }
      return new Promise((resolve) => {
        wantIn.push(() => resolve(turn));
      });
    },
  };
}

/** How many of those who have waited longest may run side by side. */
function togetherOf(waiting: readonly Wanted[]): number {
  let most = Number.POSITIVE_INFINITY;
  const full = waiting.findIndex((wanted, before) => {
    most = Math.min(most, wanted.most);
    return before >= most;
  });
  return full === -1 ? waiting.length : full;
}
