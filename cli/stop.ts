/** Whether somebody has asked, by Ctrl-C or SIGTERM, that the command come to an end. */
export interface Stop {
  readonly asked: boolean;
  readonly whenAsked: Promise<void>;
}

/** From now on the first signal only asks; the second ends the process at once, which loses nothing that was accepted. */
export function stopOnSignals(process: NodeJS.Process): Stop {
  let asked = false;
  const whenAsked = new Promise<void>((resolve) => {
    const onSignal = (): void => {
      if (asked) process.exit(1);
      asked = true;
      resolve();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
  return {
    get asked() {
      return asked;
    },
    whenAsked,
  };
}

/** For a wait: aborted when a stop is asked for. */
export function signalOf(stop: Stop): AbortSignal {
  const controller = new AbortController();
  if (stop.asked) controller.abort();
  else void stop.whenAsked.then(() => controller.abort());
  return controller.signal;
}

/** The items until a stop is asked for: what is under way with those before comes to its end. */
export function* unlessStopped<T>(items: Iterable<T>, stop: Pick<Stop, 'asked'>): Generator<T> {
  for (const item of items) {
    if (stop.asked) return;
    yield item;
  }
}

/** The items until a stop is asked for, even while the next one is awaited. */
export async function* untilStopped<T>(items: AsyncIterable<T>, stop: Stop): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  // One listener for all items: a race per item would keep a closure for each until the end.
  let wake = (): void => {};
  void stop.whenAsked.then(() => wake());
  const next = (): Promise<IteratorResult<T> | null> =>
    new Promise((resolve, reject) => {
      wake = () => resolve(null);
      iterator.next().then(resolve, reject);
    });
  try {
    while (!stop.asked) {
      const result = await next();
      if (result === null || result.done === true) return;
      yield result.value;
    }
  } finally {
    // A source that is waited for would answer this only after the next item, which may never come.
    if (!stop.asked) await iterator.return?.();
  }
}
