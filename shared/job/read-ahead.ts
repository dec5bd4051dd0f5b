/** A source that is read one item ahead, so that waiting for it keeps nothing else waiting. */
interface ReadAhead<Item> {
  /** Asks for the next item, unless one is there or on its way. */
  pull(): void;
  has(): boolean;
  /** The item that was read ahead, once; null if there is none. */
  taken(): Item | null;
  /** The read that has not landed yet, if there is one; it never rejects. */
  underWay(): readonly Promise<void>[];
  ended(): boolean;
  throwIfFailed(): void;
  close(): Promise<void>;
}

/** Reads a source that may throw: what it throws ends the items, and is kept for `throwIfFailed`. */
export function readAhead<Item>(source: Iterable<Item> | AsyncIterable<Item>): ReadAhead<Item> {
  const iterator = iterate(source);
  let ahead: { readonly item: Item } | null = null;
  let reading: Promise<void> | null = null;
  let done = false;
  let failure: { readonly error: unknown } | null = null;

  async function read(): Promise<void> {
    try {
      const next = await iterator.next();
      if (next.done === true) done = true;
      else ahead = { item: next.value };
    } catch (error) {
      done = true;
      failure = { error };
    }
    reading = null;
  }

  return {
    pull() {
      if (reading === null && !done && ahead === null) reading = read();
    },
    has: () => ahead !== null,
    taken() {
      const item = ahead?.item ?? null;
      ahead = null;
      return item;
    },
    underWay: () => (reading === null ? [] : [reading]),
    ended: () => done && ahead === null,
    throwIfFailed() {
      if (failure !== null) throw failure.error;
    },
    async close() {
      // A source in the middle of a read may never come back from it: it is told, not waited for.
      const closing = done ? undefined : iterator.return();
      if (reading === null) await closing;
    },
  };
}

async function* iterate<Item>(
  source: Iterable<Item> | AsyncIterable<Item>,
): AsyncGenerator<Item, void, void> {
  yield* source;
}
