import { lineIdOf, lineOf } from './chunks.ts';
import type { BatchCount, BatchEntry } from './ledger.ts';

type Outcome = BatchEntry['outcome'];

/** What a byte says of a line; 0 says nothing. */
const CODES = { open: 1, completed: 2, 'dead-lettered': 3, cancelled: 4 } as const satisfies Record<
  Outcome,
  number
>;
const BY_CODE = [
  null,
  'open',
  'completed',
  'dead-lettered',
  'cancelled',
] as const satisfies (Outcome | null)[];

/** A line past it is none of a file's; the bytes of all before it are 16 MB. */
const MOST_LINES = 2 ** 24;

/**
 * How the jobs of a batch stand, by their ids; used as a Map. Those that are named after their lines are a byte each, so that a
 * million are counted in a small function; any other is a text of some 150 bytes.
 */
export class Outcomes implements Iterable<readonly [string, Outcome]> {
  readonly #batch: string;
  #lines = new Uint8Array(1_024);
  #linesKnown = 0;
  readonly #others = new Map<string, Outcome>();

  constructor(batch: string) {
    this.#batch = batch;
  }

  get size(): number {
    return this.#linesKnown + this.#others.size;
  }

  has(jobId: string): boolean {
    const line = this.#lineOf(jobId);
    return line === null ? this.#others.has(jobId) : (this.#lines[line] ?? 0) !== 0;
  }

  set(jobId: string, outcome: Outcome): void {
    const line = this.#lineOf(jobId);
    if (line === null) {
      this.#others.set(jobId, outcome);
      return;
    }
    this.#reach(line);
    if (this.#lines[line] === 0) this.#linesKnown += 1;
    this.#lines[line] = CODES[outcome];
  }

  /** Those on lines first, in their order. */
  *[Symbol.iterator](): Generator<readonly [string, Outcome]> {
    for (const [line, code] of this.#lines.entries()) {
      const outcome = BY_CODE[code] ?? null;
      if (outcome !== null) yield [lineIdOf(this.#batch, line), outcome];
    }
    yield* this.#others;
  }

  #lineOf(jobId: string): number | null {
    if (!jobId.startsWith(this.#batch)) return null;
    const { batch, line } = lineOf(jobId) ?? {};
    return batch === this.#batch && line !== undefined && line < MOST_LINES ? line : null;
  }

  #reach(line: number): void {
    if (line < this.#lines.length) return;
    const grown = new Uint8Array(2 ** Math.ceil(Math.log2(line + 1)));
    grown.set(this.#lines);
    this.#lines = grown;
  }
}

/** The outcome of each job of this batch, by its id; one that ended while it was read has ended. */
export async function outcomesOf(batch: string, entries: AsyncIterable<BatchEntry>): Promise<Outcomes> {
  const outcomes = new Outcomes(batch);
  for await (const { jobId, outcome } of entries) {
    if (outcome !== 'open' || !outcomes.has(jobId)) outcomes.set(jobId, outcome);
  }
  return outcomes;
}

/** How far a batch is. */
export const countEntries = async (batch: string, entries: AsyncIterable<BatchEntry>): Promise<BatchCount> =>
  countOutcomes(await outcomesOf(batch, entries));

export function countOutcomes(outcomes: Outcomes): BatchCount {
  const counts = { open: 0, completed: 0, 'dead-lettered': 0, cancelled: 0 };
  for (const [, outcome] of outcomes) counts[outcome] += 1;
  const { completed, cancelled, 'dead-lettered': deadLettered } = counts;
  return { total: outcomes.size, completed, deadLettered, cancelled };
}
