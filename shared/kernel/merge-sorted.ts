/**
 * Merges sources that are each sorted by `compare` into one that is. All first elements are asked for at once; after
 * that a source is asked only when its element was taken, so whoever stops early reads little.
 */
export async function* mergeSorted<T>(
  sources: readonly AsyncIterable<T>[],
  compare: (a: T, b: T) => number,
): AsyncGenerator<T> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  try {
    const firsts = await Promise.all(iterators.map((iterator) => iterator.next()));
    const heads = iterators.flatMap((iterator, i) => {
      const first = firsts[i];
      return first === undefined || first.done === true ? [] : [{ iterator, value: first.value }];
    });
    while (heads.length > 0) {
      const least = heads.reduce((a, b) => (compare(b.value, a.value) < 0 ? b : a));
      yield least.value;
      const next = await least.iterator.next();
      if (next.done === true) heads.splice(heads.indexOf(least), 1);
      else least.value = next.value;
    }
  } finally {
    await Promise.all(iterators.map((iterator) => iterator.return?.()));
  }
}
