import { performance } from 'node:perf_hooks';

/** So many lines of a table, then another: whoever reads a long list need not wait for its end, nor the memory hold it. */
const MOST_LINES = 100;

/** What has been found by then is shown, however long the next one takes. */
const PATIENCE_MS = 500;

/** The items in groups that are shown together: so many, or what came within half a second of the first. No group is empty. */
export async function* inScreens<T>(items: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  const iterator = items[Symbol.asyncIterator]();
  let screen: T[] = [];
  let dueAt = 0;
  for (let next = iterator.next(); ; ) {
    const result = await (screen.length === 0 ? next : unlessLate(next, dueAt - performance.now()));
    if (result !== null && result.done !== true) {
      if (screen.length === 0) dueAt = performance.now() + PATIENCE_MS;
      screen.push(result.value);
      next = iterator.next();
      if (screen.length < MOST_LINES) continue;
    }
    // It is awaited once this screen was shown: until then its failure must not count as unhandled.
    next.catch(() => null);
    if (screen.length > 0) yield screen;
    if (result?.done === true) return;
    screen = [];
  }
}

/** Null if it has not come by then. */
async function unlessLate<T>(work: Promise<T>, patienceMs: number): Promise<T | null> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), patienceMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
