import { letterIdOf } from '../../deadletter/letter.ts';
import type { JobsQueue } from '../../job/queues.ts';
import { assertNever } from '../../kernel/assert-never.ts';
import type { Sleep } from '../../kernel/clock.ts';
import { closeLetter, type LetterPorts, type Prepared, prepareLetter } from './letter.ts';
import {
  type Candidate,
  candidateOf,
  inChunks,
  inOriginalOrder,
  type RedriveChoice,
  type SkipReason,
  skipReason,
} from './plan.ts';

export interface RedrivePorts extends LetterPorts {
  readonly jobsQueue: Pick<JobsQueue, 'send'>;
  readonly sleep: Sleep;
}

export interface RedrivePlan {
  readonly candidates: readonly Candidate[];
  readonly skipped: readonly Skipped[];
}

export interface Skipped {
  readonly letterId: string;
  readonly reason: SkipReason;
}

/** Judges every letter before any is sent, so that the first redriven ones cannot make the later ones look superseded. */
export async function planRedrive(
  ports: Pick<LetterPorts, 'archive' | 'ledger'>,
  letterIds: AsyncIterable<string> | Iterable<string>,
  choice: RedriveChoice,
): Promise<RedrivePlan> {
  const candidates: Candidate[] = [];
  const skipped: Skipped[] = [];
  const seen = new Set<string>();
  for await (const batch of inBatches(letterIds, JUDGED_AT_ONCE)) {
    const fresh = batch.filter((letterId) => !seen.has(letterId) && seen.add(letterId));
    for (const judged of await Promise.all(fresh.map((letterId) => judgeLetter(ports, letterId, choice)))) {
      if ('reason' in judged) skipped.push(judged);
      else candidates.push(judged);
    }
  }
  return { candidates: inOriginalOrder(candidates), skipped };
}

/** Three reads each: one letter after the other would take minutes for a hundred thousand. */
const JUDGED_AT_ONCE = 32;

async function* inBatches<T>(
  items: AsyncIterable<T> | Iterable<T>,
  size: number,
): AsyncGenerator<readonly T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function judgeLetter(
  { archive, ledger }: Pick<LetterPorts, 'archive' | 'ledger'>,
  letterId: string,
  choice: RedriveChoice,
): Promise<Candidate | Skipped> {
  const head = await archive.get(letterId);
  if (head === null) return { letterId, reason: 'gone' };
  const [row, mark] = await Promise.all([
    head.jobId === null ? null : ledger.get(head.jobId),
    head.orderingKey === null ? null : ledger.readMark(head.orderingKey),
  ]);
  const reason = skipReason({ head, row, mark }, choice);
  return reason === null ? candidateOf(head) : { letterId, reason };
}

export interface RedriveOutcome {
  readonly redriven: number;
  /** Closed by somebody else between plan and send. */
  readonly closedMeanwhile: number;
  readonly failed: readonly { readonly letterId: string; readonly message: string }[];
  /** Why the rest was not sent; null if everything was. */
  readonly stopped: string | null;
}

export interface RedriveOptions {
  /** A whole job message in place of the one letter's. */
  readonly edit: string | null;
  /** How long the ends of the first five are waited for. */
  readonly patienceMs: number;
  readonly onProgress?: (progress: RedriveProgress) => void;
}

export type RedriveProgress =
  | { readonly kind: 'sending'; readonly sent: number; readonly total: number }
  | { readonly kind: 'watching'; readonly ended: number; readonly sent: number };

/** So many show whether the repair helped, before the quota of a day is spent on finding out that it did not. */
export const SAMPLE_SIZE = 5;
/** An SQS batch. */
const CHUNK_SIZE = 10;

/** Sends a few, looks how they end, then sends the rest. A crash anywhere leaves letters that a repeat completes. */
export async function redrive(
  ports: RedrivePorts,
  plan: RedrivePlan,
  options: RedriveOptions,
): Promise<RedriveOutcome> {
  const run = new Sending(ports, options, plan.candidates.length);
  const sample = plan.candidates.slice(0, SAMPLE_SIZE);
  const rest = plan.candidates.slice(SAMPLE_SIZE);
  const sent = await run.sendAll(sample);
  if (rest.length === 0) return run.outcome(null);
  const trouble = await watch(ports, sent, new Set(sample.map(({ cause }) => cause)), options);
  if (trouble !== null) return run.outcome(trouble);
  await run.sendAll(rest);
  return run.outcome(null);
}

interface Sent {
  readonly jobId: string;
  readonly epoch: number;
}

/** The tally of one redrive. */
class Sending {
  readonly #ports: RedrivePorts;
  readonly #options: RedriveOptions;
  readonly #total: number;
  readonly #failed: { letterId: string; message: string }[] = [];
  /** Keys of which a letter did not go out: what stands behind it must not overtake it. */
  readonly #blocked = new Set<string>();
  #redriven = 0;
  #closed = 0;

  constructor(ports: RedrivePorts, options: RedriveOptions, total: number) {
    this.#ports = ports;
    this.#options = options;
    this.#total = total;
  }

  async sendAll(candidates: readonly Candidate[]): Promise<readonly Sent[]> {
    const sent: Sent[] = [];
    for (const chunk of inChunks(candidates, CHUNK_SIZE)) {
      sent.push(...(await this.#sendChunk(chunk)));
      this.#options.onProgress?.({ kind: 'sending', sent: this.#redriven, total: this.#total });
    }
    return sent;
  }

  outcome(stopped: string | null): RedriveOutcome {
    return { redriven: this.#redriven, closedMeanwhile: this.#closed, failed: this.#failed, stopped };
  }

  async #sendChunk(chunk: readonly Candidate[]): Promise<readonly Sent[]> {
    const open = chunk.filter((letter) => !this.#refuseBlocked(letter));
    const prepared = await Promise.all(
      open.map((letter) => prepareLetter(this.#ports, letter.letterId, this.#options.edit)),
    );
    const ready = prepared.filter((letter) => letter.kind === 'ready');
    const answers =
      ready.length === 0 ? [] : await this.#ports.jobsQueue.send(ready.map(({ message }) => message));
    const refusals = new Map(
      ready.flatMap((letter, index) => {
        const answer = answers[index];
        return answer?.kind === 'sent'
          ? []
          : [[letter.letterId, answer?.message ?? 'SQS did not answer'] as const];
      }),
    );
    const sent: Sent[] = [];
    for (const [index, letter] of prepared.entries()) {
      const refusal = refusals.get(letter.letterId);
      const done =
        refusal === undefined
          ? await this.#finish(letter)
          : this.#fail(letter.letterId, `SQS refused it: ${refusal}`);
      if (done !== null) sent.push(done);
      else if (letter.kind !== 'closed') this.#block(open[index]);
    }
    return sent;
  }

  async #finish(letter: Prepared): Promise<Sent | null> {
    switch (letter.kind) {
      case 'refused':
        return this.#fail(letter.letterId, letter.message);
      case 'closed':
        this.#closed += 1;
        return null;
      case 'ready':
        await closeLetter(this.#ports, letter.letterId, letter.epoch);
        break;
      case 'gone-on':
        break;
      default:
        return assertNever(letter);
    }
    this.#redriven += 1;
    return { jobId: letter.jobId, epoch: letter.epoch };
  }

  #fail(letterId: string, message: string): null {
    this.#failed.push({ letterId, message });
    return null;
  }

  #block(letter: Candidate | undefined): void {
    if (letter !== undefined) this.#blocked.add(letter.orderingKey ?? letter.letterId);
  }

  #refuseBlocked(letter: Candidate): boolean {
    if (!this.#blocked.has(letter.orderingKey ?? letter.letterId)) return false;
    this.#fail(letter.letterId, 'an earlier letter of the same lead could not be redriven');
    return true;
  }
}

type End =
  | { readonly kind: 'not-yet' }
  | { readonly kind: 'completed' }
  | { readonly kind: 'dead'; readonly cause: string | null };

const FIRST_LOOK_MS = 250;
const LONGEST_LOOK_MS = 2_000;

/** Waits until the sample has ended, or patience has; says why the rest must not follow, or null if it may. */
async function watch(
  ports: RedrivePorts,
  sent: readonly Sent[],
  causes: ReadonlySet<string>,
  options: RedriveOptions,
): Promise<string | null> {
  if (sent.length === 0) return 'none of the first letters could be redriven';
  const giveUpAt = ports.clock() + options.patienceMs;
  for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_LOOK_MS)) {
    const ends = await Promise.all(sent.map((job) => endOf(ports, job)));
    const again = ends.find((end) => end.kind === 'dead' && end.cause !== null && causes.has(end.cause));
    if (again?.kind === 'dead') return `the same cause came back (${again.cause})`;
    const ended = ends.filter((end) => end.kind !== 'not-yet').length;
    options.onProgress?.({ kind: 'watching', ended, sent: sent.length });
    if (ended === sent.length) return null;
    if (ports.clock() >= giveUpAt) {
      const wait = Math.round(options.patienceMs / 1_000);
      return `${sent.length - ended} of the first ${sent.length} have not ended within ${wait} s; they stay in the queue`;
    }
    await ports.sleep(pauseMs);
  }
}

async function endOf({ ledger, archive }: RedrivePorts, { jobId, epoch }: Sent): Promise<End> {
  const row = await ledger.get(jobId);
  if (row === null || row.epoch < epoch) return { kind: 'not-yet' };
  // Redriven once more meanwhile: it had ended.
  if (row.epoch > epoch)
    return { kind: 'dead', cause: (await archive.get(letterIdOf(jobId, epoch)))?.cause ?? null };
  if (row.state.kind === 'completed') return { kind: 'completed' };
  if (row.state.kind !== 'dead-lettered') return { kind: 'not-yet' };
  return { kind: 'dead', cause: (await archive.get(row.state.letterId))?.cause ?? null };
}
