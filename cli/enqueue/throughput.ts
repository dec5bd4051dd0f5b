import { type Clock, SECOND_MS } from '../../shared/kernel/clock.ts';
import { count } from '../render/text.ts';
import { duration } from '../render/time.ts';
import type { Input } from './input.ts';

/** How fast the rows of a file go, and how long the rest of it takes if it goes on so. */
export class Throughput {
  readonly #clock: Clock;
  readonly #input: Pick<Input, 'size' | 'bytesRead'>;
  #startedAt: number;
  #rowsBefore = 0;
  #bytesBefore = 0;

  constructor(clock: Clock, input: Pick<Input, 'size' | 'bytesRead'>) {
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

  /** `, 850 rows/s, 12 s left`; empty in the first second, and without the time for what has no end that is known. */
  text(rows: number): string {
    const elapsedMs = this.#clock() - this.#startedAt;
    if (elapsedMs < SECOND_MS) return '';
    const rate = `, ${count(((rows - this.#rowsBefore) / elapsedMs) * SECOND_MS)} rows/s`;
    const read = this.#input.bytesRead();
    const left = (this.#input.size ?? 0) - read;
    const fresh = read - this.#bytesBefore;
    return left <= 0 || fresh <= 0 ? rate : `${rate}, ${duration((elapsedMs / fresh) * left)} left`;
  }
}
