import { type Clock, MINUTE_MS } from '../../shared/kernel/clock.ts';
import type { TextStream } from '../text-stream.ts';
import { note } from './print.ts';
import { cut, oneLine } from './text.ts';
import { duration } from './time.ts';

/** A line that is written over and over. */
export interface Progress {
  /** Shows the line, at most ten times a second. */
  show(line: string): void;
  /** Takes the line away, so that what follows starts in an empty one. */
  done(): void;
}

const EVERY_MS = 100;
const CLEAR = '\r\u001b[2K';

/** Progress on a terminal; on anything else a line a minute: a log shows that something goes on, and holds no thousand copies. */
export function progress(stream: TextStream, clock: Clock): Progress {
  if (stream.isTTY !== true) return lineAMinute(stream, clock);
  let shownAt = Number.NEGATIVE_INFINITY;
  let shown = false;
  return {
    show(line) {
      if (clock() - shownAt < EVERY_MS) return;
      shownAt = clock();
      shown = true;
      stream.write(CLEAR + cut(line, (stream.columns ?? 80) - 1));
    },
    done() {
      if (shown) stream.write(CLEAR);
      shown = false;
    },
  };
}

function lineAMinute(stream: TextStream, clock: Clock): Progress {
  const startedAt = clock();
  let saidAt = startedAt;
  return {
    show(line) {
      const now = clock();
      if (now - saidAt < MINUTE_MS) return;
      saidAt = now;
      note({ stderr: stream }, `${oneLine(line)}, for ${duration(now - startedAt)}`);
    },
    done() {},
  };
}

/** The items, each in an empty line: whatever they are looked for among is shown only in between. */
export async function* cleared<T>(items: AsyncIterable<T>, line: Progress): AsyncGenerator<T> {
  for await (const item of items) {
    line.done();
    yield item;
  }
  line.done();
}

/** Says every minute that something is still under way, of which nothing more is known until it is done. */
export async function sayingSo<T>(stream: TextStream, words: string, work: Promise<T>): Promise<T> {
  const startedAt = Date.now();
  const timer = setInterval(
    () => note({ stderr: stream }, `${words}, for ${duration(Date.now() - startedAt)}`),
    MINUTE_MS,
  );
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
