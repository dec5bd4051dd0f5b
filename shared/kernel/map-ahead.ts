const AT_ONCE = 16;

/** Applies `read` to every item, several at once, and yields the answers in the order of the items. */
export async function* mapAhead<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  read: (item: T) => Promise<R>,
  atOnce = AT_ONCE,
): AsyncGenerator<R> {
  const underway: Promise<R>[] = [];
  for await (const item of items) {
    const reading = read(item);
    // Awaited below, in its turn: until then a failure must not count as unhandled.
    reading.catch(() => null);
    underway.push(reading);
    const first = underway.length >= atOnce ? underway.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const reading of underway) yield await reading;
}
