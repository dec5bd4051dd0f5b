import type { TextStream } from './text-stream.ts';

/** What an `Output` needs of stdout or stderr. */
interface Sink extends TextStream {
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
  on(event: 'drain', listener: () => void): unknown;
}

/** How an output was lost. `quiet`: its reader has had enough, as in `mktq jobs list | head`. */
export interface Loss {
  readonly quiet: boolean;
  readonly words: string;
}

/**
 * stdout or stderr, whose reader may go away or whose disk may be full at any moment. From then on what is written is
 * dropped and nobody waits for it to be read; whether the command goes on is up to whoever is told of the loss.
 */
export class Output implements TextStream {
  readonly #sink: Sink;
  readonly #width: number | undefined;
  #lost = false;
  #waiting: (() => void)[] = [];

  /** `width` in place of the terminal's own. */
  constructor(sink: Sink, onLost: (loss: Loss) => void, width?: number) {
    this.#sink = sink;
    this.#width = width;
    sink.on('error', (error) => {
      if (this.#lost) return;
      this.#lost = true;
      onLost({ quiet: error.code === 'EPIPE', words: wordsFor(error) });
      this.#release();
    });
    sink.on('drain', () => this.#release());
  }

  get lost(): boolean {
    return this.#lost;
  }

  get isTTY(): boolean | undefined {
    return this.#sink.isTTY;
  }

  /** Undefined where lines have no end, as in a pipe. */
  get columns(): number | undefined {
    if (this.#width !== undefined) return this.#width;
    return this.#sink.isTTY === true ? (this.#sink.columns ?? 80) : undefined;
  }

  get rows(): number | undefined {
    return this.#sink.rows;
  }

  write(text: string, onWritten?: (error?: Error | null) => void): boolean {
    return this.#lost || this.#sink.write(text, onWritten);
  }

  /** Calls back once more can be written, or nothing can any more. */
  once(_event: 'drain', listener: () => void): void {
    if (this.#lost) listener();
    else this.#waiting.push(listener);
  }

  #release(): void {
    for (const go of this.#waiting.splice(0)) go();
  }
}

function wordsFor({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'EPIPE':
      return 'its reader has ended';
    case 'ENOSPC':
      return 'no space left on device';
    default:
      return message;
  }
}
