import type { JobsQueue, SendResult } from '../../job/queues.ts';
import { DEFAULT_SEND_LIMITS, type Entry, type Outcome, sendInOrder } from '../../job/send-in-order.ts';
import { assertNever } from '../../kernel/assert-never.ts';
import type { Sleep } from '../../kernel/clock.ts';
import { errorText } from '../../kernel/error-text.ts';
import { closeLetter, type LetterPorts, type Prepared, prepareLetter } from './letter.ts';
import { type Candidate, orderOf } from './plan.ts';
import type { Redriven, Trial } from './watch.ts';

export interface RedrivePorts extends LetterPorts {
  readonly jobsQueue: Pick<JobsQueue, 'send'>;
  readonly sleep: Sleep;
}

export interface RedriveOutcome {
  readonly redriven: number;
  /** Closed by somebody else between plan and send. */
  readonly closedMeanwhile: number;
  readonly failed: readonly { readonly letterId: string; readonly message: string }[];
  /** Why not everything was sent; null if it was. */
  readonly stopped: string | null;
  /** How the first letters fared; null if none was waited for. */
  readonly trial: Trial | null;
}

type Edit = string | ((letterId: string) => Promise<string | null>) | null;

/** What became of one letter. */
export type LetterSent =
  | ({ readonly kind: 'redriven'; readonly letterId: string } & Redriven)
  /** Somebody else closed it meanwhile. */
  | { readonly kind: 'closed'; readonly letterId: string }
  | { readonly kind: 'failed'; readonly letterId: string; readonly message: string };

export interface RedriveOptions {
  /** A whole job message in place of the letter's: of the one letter, or of each when its turn comes. */
  readonly edit: Edit;
  /** How long the ends of the first five are waited for. */
  readonly patienceMs: number;
  /** All at once, and no end is waited for. */
  readonly noTrial?: boolean;
  /** What closes the account now, in words; null: nothing. Under a hold nothing is sent. */
  readonly heldBy?: () => Promise<string | null>;
  /** Whether somebody has asked for an end: what is on its way is finished, nothing more is sent. */
  readonly isStopAsked?: () => boolean;
  readonly onProgress?: (progress: RedriveProgress) => void;
}

type RedriveProgress =
  | { readonly kind: 'sending'; readonly sent: number; readonly total: number }
  /** `isAll`: nothing is to follow these. */
  | {
      readonly kind: 'watching';
      readonly ended: number;
      readonly sent: number;
      readonly isAll: boolean;
    };

const OVERTAKES = 'an earlier letter of the same lead could not be redriven';

/** A letter's text is loaded only when its turn comes. */
function* entriesOf(
  candidates: readonly Candidate[],
  isStopAsked: () => boolean,
): Generator<Entry<Candidate, LetterSent>> {
  for (const item of candidates) {
    if (isStopAsked()) return;
    yield { kind: 'send', item, names: [orderOf(item)], bytes: 0 };
  }
}

async function prepareOrRefuse(ports: LetterPorts, letterId: string, edit: Edit): Promise<Prepared> {
  try {
    return await prepareLetter(ports, letterId, typeof edit === 'function' ? await edit(letterId) : edit);
  } catch (error) {
    return { kind: 'refused', letterId, message: errorText(error) };
  }
}

/** The tally of one redrive. */
export class Sending {
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
    const sent: Redriven[] = [];
    for await (const letter of this.sendEach(candidates)) {
      if (letter.kind === 'redriven') sent.push({ jobId: letter.jobId, epoch: letter.epoch });
    }
    return sent;
  }

  /** What became of each letter, in their order. */
  sendEach(candidates: readonly Candidate[]): AsyncGenerator<LetterSent> {
    const sender = {
      send: (batch: readonly Candidate[]) => this.#sendBatch(batch),
      refuse: ({ letterId }: Candidate) => this.#fail(letterId, OVERTAKES),
    };
    const entries = entriesOf(candidates, this.#options.isStopAsked ?? (() => false));
    return sendInOrder(entries, sender, DEFAULT_SEND_LIMITS, this.#blocked);
  }

  outcome(stopped: string | null, trial: Trial | null): RedriveOutcome {
    const [redriven, closedMeanwhile, failed] = [this.#redriven, this.#closed, this.#failed];
    return { redriven, closedMeanwhile, failed, stopped, trial };
  }

  async #sendBatch(batch: readonly Candidate[]): Promise<readonly Outcome<LetterSent>[]> {
    const { jobsQueue } = this.#ports;
    const prepared = await Promise.all(
      batch.map(({ letterId }) => prepareOrRefuse(this.#ports, letterId, this.#options.edit)),
    );
    const messages = prepared.flatMap((letter) => (letter.kind === 'ready' ? [letter.message] : []));
    const answers = (messages.length === 0 ? [] : await jobsQueue.send(messages)).values();
    const outcomes: Outcome<LetterSent>[] = [];
    for (const [i, candidate] of batch.entries()) {
      const letter = prepared[i];
      if (letter === undefined) continue;
      const answer = letter.kind === 'ready' ? answers.next().value : undefined;
      const result = await this.#finish(letter, answer);
      const stuck = result.kind !== 'redriven' && letter.kind !== 'closed';
      outcomes.push({ result, blocks: stuck ? orderOf(candidate) : null });
    }
    this.#options.onProgress?.({ kind: 'sending', sent: this.#redriven, total: this.#total });
    return outcomes;
  }

  async #finish(letter: Prepared, answer: SendResult | undefined): Promise<LetterSent> {
    switch (letter.kind) {
      case 'refused':
        return this.#fail(letter.letterId, letter.message);
      case 'closed':
        return this.#closedBefore(letter.letterId);
      case 'ready':
        if (answer?.kind !== 'sent')
          return this.#fail(letter.letterId, `SQS refused it: ${answer?.message ?? 'SQS did not answer'}`);
        try {
          const isOurs = await closeLetter(this.#ports, letter.letterId, letter.epoch);
          // Two redrives at once send the same message, which runs once: one of them claims it.
          if (!isOurs) return this.#closedBefore(letter.letterId);
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
    return { kind: 'redriven', letterId: letter.letterId, jobId: letter.jobId, epoch: letter.epoch };
  }

  #closedBefore(letterId: string): LetterSent {
    this.#closed += 1;
    return { kind: 'closed', letterId };
  }

  #fail(letterId: string, message: string): LetterSent {
    this.#failed.push({ letterId, message });
    return { kind: 'failed', letterId, message };
  }
}
