import type { Candidate } from './enqueue-jobs.ts';

/** A source that is read one candidate ahead. */
export interface Reader {
  /** Asks for the next candidate, unless one is there or on its way. */
  pull(): void;
  has(): boolean;
  /** The candidate that was read ahead, once; null if there is none. */
  taken(): Candidate | null;
  ended(): boolean;
  throwIfFailed(): void;
  close(): Promise<void>;
}

/** Reads one candidate ahead without blocking the loop. A source that throws ends the stream after what was read. */
export function openReader(
  candidates: Iterable<Candidate> | AsyncIterable<Candidate>,
  changed: () => void,
): Reader {
  const iterator = iteratorOf(candidates);
  let ahead: Candidate | null = null;
  let pulling = false;
  let done = false;
  let failure: { readonly error: unknown } | null = null;
  const landed = (update: () => void) => {
    pulling = false;
    update();
    changed();
  };
  return {
    pull() {
      if (pulling || done || ahead !== null) return;
      pulling = true;
      iterator.next().then(
        (next) =>
          landed(() => {
            if (next.done === true) done = true;
            else ahead = next.value;
          }),
        (error: unknown) =>
          landed(() => {
            done = true;
            failure = { error };
          }),
      );
    },
    has: () => ahead !== null,
    taken() {
      const candidate = ahead;
      ahead = null;
      return candidate;
    },
    ended: () => done && ahead === null,
    throwIfFailed() {
      if (failure !== null) throw failure.error;
    },
    async close() {
      // A source in the middle of a read may never come back from it: it is told, not waited for.
      const closing = done ? undefined : iterator.return?.(undefined);
      if (!pulling) await closing;
    },
  };
}

async function* stream(candidates: Iterable<Candidate> | AsyncIterable<Candidate>) {
  yield* candidates;
}
const iteratorOf = (candidates: Iterable<Candidate> | AsyncIterable<Candidate>) =>
  stream(candidates)[Symbol.asyncIterator]();
