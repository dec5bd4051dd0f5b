import type { JobsQueue, SendResult } from '../../job/queues.ts';
import { DEFAULT_SEND_LIMITS, type Entry, type Outcome, sendInOrder } from '../../job/send-in-order.ts';
import { assertNever } from '../../kernel/assert-never.ts';
import type { Sleep } from '../../kernel/clock.ts';
import { errorText } from '../../kernel/error-text.ts';
import { closeLetter, type LetterPorts, type Prepared, prepareLetter } from './letter.ts';
import {
  type Candidate,
  candidateOf,
  inOriginalOrder,
  orderOf,
  type RedriveChoice,
  type SkipReason,
  skipReason,
} from './plan.ts';
import { type Redriven, watchSample } from './watch.ts';

interface RedrivePorts extends LetterPorts {
  readonly jobsQueue: Pick<JobsQueue, 'send'>;
  readonly sleep: Sleep;
}

export interface RedrivePlan {
  readonly candidates: readonly Candidate[];
  readonly skipped: readonly Skipped[];
}

interface Skipped {
  readonly letterId: string;
  readonly reason: SkipReason;
  /** Where the reason does not say all. */
  readonly message?: string;
}

/** Looks at every letter before any is sent, so that the first redriven ones cannot make the later ones look superseded. */
export async function planRedrive(
  ports: Pick<LetterPorts, 'archive' | 'ledger'>,
  letterIds: AsyncIterable<string> | Iterable<string>,
  choice: RedriveChoice,
): Promise<RedrivePlan> {
  const candidates: Candidate[] = [];
  const skipped: Skipped[] = [];
  const seen = new Set<string>();
  for await (const batch of inBatches(letterIds, READ_AT_ONCE)) {
    const fresh = batch.filter((letterId) => !seen.has(letterId) && seen.add(letterId));
    for (const planned of await Promise.all(fresh.map((letterId) => planOrSkip(ports, letterId, choice)))) {
      if ('reason' in planned) skipped.push(planned);
      else candidates.push(planned);
    }
  }
  return { candidates: inOriginalOrder(candidates), skipped };
}

/** Three reads each: one letter after the other would take minutes for a hundred thousand. */
const READ_AT_ONCE = 32;

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

/** A letter, or a row, that cannot be read keeps no other letter from being sent. */
async function planOrSkip(
  ports: Pick<LetterPorts, 'archive' | 'ledger'>,
  letterId: string,
  choice: RedriveChoice,
): Promise<Candidate | Skipped> {
  try {
    return await planLetter(ports, letterId, choice);
  } catch (error) {
    return { letterId, reason: 'unreadable', message: errorText(error) };
  }
}

async function planLetter(
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

interface RedriveOptions {
  /** A whole job message in place of the one letter's. */
  readonly edit: string | null;
  /** How long the ends of the first five are waited for. */
  readonly patienceMs: number;
  readonly onProgress?: (progress: RedriveProgress) => void;
}

type RedriveProgress =
  | { readonly kind: 'sending'; readonly sent: number; readonly total: number }
  | { readonly kind: 'watching'; readonly ended: number; readonly sent: number };

/** So many show whether the repair helped, before the quota of a day is spent on finding out that it did not. */
const SAMPLE_SIZE = 5;

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
  const causes = new Set(sample.map(({ cause }) => cause));
  const trouble = await watchSample(ports, sent, causes, {
    patienceMs: options.patienceMs,
    onLook: (ended) => options.onProgress?.({ kind: 'watching', ended, sent: sent.length }),
  });
  if (trouble !== null) return run.outcome(trouble);
  await run.sendAll(rest);
  return run.outcome(null);
}

const OVERTAKES = 'an earlier letter of the same lead could not be redriven';

/** A letter's text is loaded only when its turn comes. */
function* entriesOf(candidates: readonly Candidate[]): Generator<Entry<Candidate, Redriven | null>> {
  for (const item of candidates) yield { kind: 'send', item, names: [orderOf(item)], bytes: 0 };
}

const prepareOrRefuse = (ports: LetterPorts, letterId: string, edit: string | null): Promise<Prepared> =>
  prepareLetter(ports, letterId, edit).catch((error: unknown) => ({
    kind: 'refused',
    letterId,
    message: errorText(error),
  }));

/** The tally of one redrive. */
class Sending {
  readonly #ports: RedrivePorts;
  readonly #options: RedriveOptions;
  readonly #total: number;
  readonly #failed: { letterId: string; message: string }[] = [];
  /** Keys of which a letter did not go out: those of the sample block the rest, too. */
  readonly #blocked = new Set<string>();
  #redriven = 0;
  #closed = 0;

  constructor(ports: RedrivePorts, options: RedriveOptions, total: number) {
    this.#ports = ports;
    this.#options = options;
    this.#total = total;
  }

  async sendAll(candidates: readonly Candidate[]): Promise<readonly Redriven[]> {
    const sender = {
      send: (batch: readonly Candidate[]) => this.#sendBatch(batch),
      refuse: ({ letterId }: Candidate) => this.#fail(letterId, OVERTAKES),
    };
    const results = sendInOrder(entriesOf(candidates), sender, DEFAULT_SEND_LIMITS, this.#blocked);
    const sent: Redriven[] = [];
    for await (const result of results) if (result !== null) sent.push(result);
    return sent;
  }

  outcome(stopped: string | null): RedriveOutcome {
    return { redriven: this.#redriven, closedMeanwhile: this.#closed, failed: this.#failed, stopped };
  }

  async #sendBatch(batch: readonly Candidate[]): Promise<readonly Outcome<Redriven | null>[]> {
    const { jobsQueue } = this.#ports;
    const prepared = await Promise.all(
      batch.map(({ letterId }) => prepareOrRefuse(this.#ports, letterId, this.#options.edit)),
    );
    const messages = prepared.flatMap((letter) => (letter.kind === 'ready' ? [letter.message] : []));
    const answers = (messages.length === 0 ? [] : await jobsQueue.send(messages)).values();
    const outcomes: Outcome<Redriven | null>[] = [];
    for (const [i, candidate] of batch.entries()) {
      const letter = prepared[i];
      if (letter === undefined) continue;
      const answer = letter.kind === 'ready' ? answers.next().value : undefined;
      const result = await this.#finish(letter, answer);
      const stuck = result === null && letter.kind !== 'closed';
      outcomes.push({ result, blocks: stuck ? orderOf(candidate) : null });
    }
    this.#options.onProgress?.({ kind: 'sending', sent: this.#redriven, total: this.#total });
    return outcomes;
  }

  async #finish(letter: Prepared, answer: SendResult | undefined): Promise<Redriven | null> {
    switch (letter.kind) {
      case 'refused':
        return this.#fail(letter.letterId, letter.message);
      case 'closed':
        this.#closed += 1;
        return null;
      case 'ready':
        if (answer?.kind !== 'sent')
          return this.#fail(letter.letterId, `SQS refused it: ${answer?.message ?? 'SQS did not answer'}`);
        try {
          await closeLetter(this.#ports, letter.letterId, letter.epoch);
        } catch (error) {
          return this.#fail(
            letter.letterId,
            `it was sent, but could not be closed: ${errorText(error)}; repeat`,
          );
        }
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
}
