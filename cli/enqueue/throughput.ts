import { type Clock, SECOND_MS } from '../../shared/kernel/clock.ts';
import { count } from '../render/text.ts';
import { duration } from '../render/time.ts';
import { PIECE_BYTES } from '../source/pieces.ts';

interface Source {
  /** In bytes; null: nobody knows how much there is to do. */
  readonly size: () => number | null;
  /** In whole pieces of the file. */
  readonly bytesRead: () => number;
}

/** Some pieces must be through, and more than what is on its way: before that the time left would be a guess. */
const TELLING_BYTES = 10 * PIECE_BYTES;

/** How fast the rows of a file go, and how long the rest of it takes if it goes on so. */
export class Throughput {
  readonly #clock: Clock;
  readonly #input: Source;
  #startedAt: number;
  #rowsBefore = 0;
  #bytesBefore = 0;

  constructor(clock: Clock, input: Source) {
    this.#clock = clock;
    this.#input = input;
    this.#startedAt = clock();
  }

  /** What came before, as the wait for the first rows, says nothing about the rest. */
  restart(rows: number): void {
    this.#startedAt = this.#clock();
    this.#rowsBefore = rows;
    this.#bytesBefore = this.#input.bytesRead();
  }

  /** `, 850 rows/s, 12 s left`; empty in the first second and before the first row, and without the time as long as that is not known. */
  text(rows: number): string {
    const elapsedMs = this.#clock() - this.#startedAt;
    if (elapsedMs < SECOND_MS || rows === this.#rowsBefore) return '';
    const rate = `, ${count(((rows - this.#rowsBefore) / elapsedMs) * SECOND_MS)} rows/s`;
    const read = this.#input.bytesRead();
    const left = (this.#input.size() ?? 0) - read;
    const fresh = read - this.#bytesBefore;
    return left <= 0 || fresh < TELLING_BYTES
      ? rate
      : `${rate}, ${duration((elapsedMs / fresh) * left)} left`;
  }
}
