/** Runs at most `most` effects at a time; who comes later waits for its turn, in the order of asking. */
export function fewAtOnce(most: number): <T>(effect: () => Promise<T>) => Promise<T> {
  let free = most;
  const line: (() => void)[] = [];
  const leave = (): void => {
    const next = line.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return async (effect) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => line.push(resolve));
    try {
      return await effect();
    } finally {
      leave();
    }
  };
}
