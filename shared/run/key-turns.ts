/** One call's place in the lines of its keys. */
export interface KeyTurn {
  /** Whether it is first in every line at this moment, and stays so until it leaves. */
  hasBegun(): boolean;
  /** Resolves when it is. */
  readonly begun: Promise<void>;
  /** Gives the place up, whether the call has ended or never begun; a second time it does nothing. */
  leave(): void;
}

/** Who calls Marketo for which lead in this process, over all its invocations: never two of one key at once. */
export interface KeyTurns {
  /** Lines up for all the keys in one step. */
  ask(keys: readonly string[]): KeyTurn;
}

interface Place {
  readonly keys: readonly string[];
  readonly begin: () => void;
}

/**
 * SQS keeps order within a group alone, so jobs of one lead that came in several groups run side by side. Whoever lines up does
 * so for all of its keys at once: every line has the same order, whoever came first begins, and no two can wait for each other.
 */
export function createKeyTurns(): KeyTurns {
  const lines = new Map<string, Place[]>();
  const isFirst = (place: Place): boolean => place.keys.every((key) => lines.get(key)?.[0] === place);

  const leaveLine = (key: string, place: Place): Place | undefined => {
    const line = (lines.get(key) ?? []).filter((other) => other !== place);
    if (line.length === 0) lines.delete(key);
    else lines.set(key, line);
    return line[0];
  };
  const leave = (place: Place): void => {
    const next = place.keys.map((key) => leaveLine(key, place));
    for (const first of new Set(next)) if (first !== undefined && isFirst(first)) first.begin();
  };

  return {
    ask(keys) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const place: Place = { keys: [...new Set(keys)], begin: resolve };
      for (const key of place.keys) lines.set(key, [...(lines.get(key) ?? []), place]);
      if (isFirst(place)) place.begin();
      return { hasBegun: () => isFirst(place), begun: promise, leave: () => leave(place) };
    },
  };
}
