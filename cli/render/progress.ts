import type { Clock } from '../../shared/kernel/clock.ts';
import { cut } from './text.ts';

/** What progress and output are written to: a process stream, or a list in a test. */
export interface TextStream {
  write(text: string): boolean;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** A line that is written over and over. */
export interface Progress {
  /** Shows the line, at most ten times a second. */
  show(line: string): void;
  /** Takes the line away, so that what follows starts in an empty one. */
  done(): void;
}

const EVERY_MS = 100;
const CLEAR = '\r\u001b[2K';

/** Progress on a terminal; silence on anything else, so that a log holds no thousand copies of a line. */
export function progress(stream: TextStream, clock: Clock): Progress {
  if (stream.isTTY !== true) return { show() {}, done() {} };
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
