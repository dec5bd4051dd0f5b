import type { EnqueueResult } from '../../client/types.ts';
import { sharedLimits } from '../../shared/budget/limits.ts';
import { MINUTE_MS } from '../../shared/kernel/clock.ts';
import { obstaclesNow } from '../../shared/operate/hold.ts';
import type { Connection } from '../connection.ts';
import { UsageError } from '../exit.ts';
import { count } from '../render/text.ts';
import { holdLine } from '../render/waiting.ts';
import type { SourceRow } from '../source/row.ts';
import { wordsFor } from '../trouble.ts';
import type { EnqueueOptions } from './options.ts';

/** Rows of a file from which on its first ones go ahead unasked: fewer cost a call or two, whatever becomes of them. */
const FROM_ROWS = 500;
/** Of rows that are kept back until it is known how many there are; long rows need not be counted. */
const MOST_KEPT_BYTES = 8 * 1024 * 1024;

export const USUAL_SIZE = 10;
/** They are looked at together, in one request of the table. */
const MOST_SIZE = 100;

/** How many rows go ahead; null: nobody has said, so a long file decides. */
export function sizeAsked({ canary }: EnqueueOptions): number | null {
  if (canary === undefined) return null;
  const size = Number(canary);
  if (!/^\d+$/.test(canary) || size > MOST_SIZE)
    throw new UsageError(`--canary must be a whole number from 0, which waits for none, to ${MOST_SIZE}`);
  return size;
}

/** Lets the first rows of a file through, and the rest only when it is known that those have ended well. */
export class Canary {
  #size = 0;
  readonly #watch: (jobIds: readonly string[]) => Promise<boolean>;
  readonly #sent: string[] = [];
  #outstanding = 0;
  #wake: () => void = () => {};
  #mayRestFollow: boolean | null = null;

  /** `watch` waits for the ends of the first jobs, and says whether the rest may follow. */
  constructor(watch: (jobIds: readonly string[]) => Promise<boolean>) {
    this.#watch = watch;
  }

  /** Before the first row; without it no row waits for another. */
  begin(size: number): void {
    this.#size = size;
  }

  /** Whether the next row may follow: at once, or when those before it have ended. `counts`: whether it is one that can end soon. */
  async mayFollow(counts: boolean): Promise<boolean> {
    if (this.#size === 0) return true;
    // A row that is refused, or that was sent by an earlier run, says nothing: another takes its place.
    while (this.#mayRestFollow === null && this.#sent.length + this.#outstanding >= this.#size) {
      if (this.#outstanding === 0) this.#mayRestFollow = await this.#watch(this.#sent);
      else await this.#nextAnswer();
    }
    if (this.#mayRestFollow === false) return false;
    if (this.#mayRestFollow === null && counts) this.#outstanding += 1;
    return true;
  }

  /** How many may go before the others have to wait for them. */
  room(): number {
    return this.#size === 0 || this.#mayRestFollow !== null
      ? Number.POSITIVE_INFINITY
      : this.#size - this.#sent.length;
  }

  /** A dead job was sent again. */
  redriven(jobId: string): void {
    if (this.#mayRestFollow === null) this.#sent.push(jobId);
  }

  /** Whether what is left may follow those that were sent, even if they are fewer. */
  async mayRestFollow(): Promise<boolean> {
    if (this.#size === 0) return true;
    this.#mayRestFollow ??= this.#sent.length === 0 || (await this.#watch(this.#sent));
    return this.#mayRestFollow;
  }

  /** The rest was not let through. */
  hasStopped(): boolean {
    return this.#mayRestFollow === false;
  }

  /** Of a row that counted. */
  answered(result: EnqueueResult): void {
    if (this.#size === 0 || this.#mayRestFollow !== null) return;
    this.#outstanding -= 1;
    if ('id' in result && result.sent) this.#sent.push(result.id);
    this.#wake();
  }

  #nextAnswer(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** The rows, of which so many are kept back that `onLong` is called before the first if the file is a long one. */
export async function* lookingAhead(
  rows: AsyncIterable<SourceRow>,
  bytesRead: () => number,
  onLong: () => Promise<void>,
): AsyncGenerator<SourceRow> {
  let kept: SourceRow[] | null = [];
  for await (const row of rows) {
    if (kept === null) {
      yield row;
      continue;
    }
    kept.push(row);
    if (kept.length < FROM_ROWS && bytesRead() < MOST_KEPT_BYTES) continue;
    await onLong();
    yield* kept;
    kept = null;
  }
  yield* kept ?? [];
}

/**
 * Why the first rows of a file would tell nothing within two minutes, in words; null: they will. A backlog is short if it would be
 * worked off in one of them, were each of its jobs a call of its own.
 */
export async function whyNoCanary(stack: Connection, { notBefore }: EnqueueOptions): Promise<string | null> {
  const now = stack.clock();
  if (notBefore !== undefined && Date.parse(notBefore) > now) return 'the jobs are not to run yet';
  try {
    const { holds } = await obstaclesNow(stack);
    const hold = holds.find(({ reason }) => reason !== 'rate');
    if (hold !== undefined) return `the account is held by ${holdLine(hold, now)}`;
    const { visible, inFlight, delayed } = await stack.jobsQueue.stats();
    const { calls } = sharedLimits(stack.limits);
    const waiting = visible + inFlight + delayed;
    return waiting <= calls * (MINUTE_MS / stack.limits.windowMs)
      ? null
      : `${count(waiting)} jobs are before them in the queue`;
  } catch (error) {
    return wordsFor(error);
  }
}
