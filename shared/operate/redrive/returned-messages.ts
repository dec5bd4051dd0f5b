import type { LetterHead } from '../../deadletter/letter.ts';
import { orderingKeyOf, ownKeyOf } from '../../job/ordering-key.ts';
import { parseJob } from '../../job/parse-job.ts';
import type { Clock } from '../../kernel/clock.ts';
import { canonicalJson, shortHash } from '../../kernel/hash.ts';
import { jsonIn } from '../../kernel/json-in.ts';
import { setsValues } from '../../ledger/order.ts';
import type { OperatePorts } from '../ports.ts';
import { type EditSample, type EditStore, type LetterMessage, MOST_SAMPLES, sampleOf } from './edits.ts';
import { checkedJob } from './letter.ts';

/** Why what came back cannot be sent. `id`: of its job; null where it is about none. */
export interface ReturnProblem {
  readonly id: string | null;
  readonly message: string;
}

export type Returned =
  | {
      readonly kind: 'edits';
      /** By letter, what each edited message is now: it may name another lead. One that came back as it was is not here. */
      readonly jobs: ReadonlyMap<string, EditedJob>;
      readonly samples: readonly EditSample[];
    }
  | { readonly kind: 'refused'; readonly problems: readonly ReturnProblem[] };

/** What of an edited job its place among the others depends on. */
export interface EditedJob {
  readonly orderingKey: string;
  /** Whether it sets values of one lead: a later such write makes it obsolete. */
  readonly overwrites: boolean;
}

type CheckPorts = Pick<OperatePorts, 'cancellations'>;

interface Given {
  readonly head: Pick<LetterHead, 'letterId' | 'class' | 'jobId' | 'epoch' | 'batch'>;
  readonly hash: string;
  /** Of the first few: what an example of the edit is held against. */
  readonly text: string | null;
}

/**
 * Messages that were handed to a program, and come back edited in any order, told by the ids of their jobs. All of them or none: one
 * that is missing, came twice, was not asked for or is no valid job refuses the lot. What they are now is put into `edits`.
 */
export class ReturnedMessages {
  readonly #edits: EditStore;
  readonly #clock: Clock;
  readonly #given = new Map<string, Given[]>();
  readonly #jobs = new Map<string, EditedJob>();
  readonly #samples: EditSample[] = [];
  /** Of those that are in another batch now: which, and a job of each. */
  readonly #newBatches = new Map<string, string[]>();
  readonly #problems: ReturnProblem[] = [];
  #count = 0;

  constructor(edits: EditStore, clock: Clock) {
    this.#edits = edits;
    this.#clock = clock;
  }

  /** How many lines were wrong so far. */
  get problems(): number {
    return this.#problems.length;
  }

  /** The message as one line of JSON, noted as handed out; null if its text is no JSON. */
  give({ head, text }: LetterMessage): string | null {
    const value = jsonIn(text);
    if (value === undefined || head.jobId === null) return null;
    const { letterId, class: faultClass, jobId, epoch, batch } = head;
    const given: Given = {
      head: { letterId, class: faultClass, jobId, epoch, batch },
      hash: hashOf(value),
      text: this.#count < MOST_SAMPLES ? text : null,
    };
    this.#count += 1;
    this.#given.set(jobId, [...(this.#given.get(jobId) ?? []), given]);
    return JSON.stringify(value);
  }

  /** One line that came back; an empty one is none. */
  take(line: string): void {
    if (line.trim() === '') return;
    const parsed = parseJob(line);
    const id = parsed.kind === 'job' ? parsed.job.id : parsed.jobId;
    const given = id === null ? undefined : this.#given.get(id)?.shift();
    if (given === undefined) {
      const what = id === null ? 'has no id that can be read' : 'was not asked for, or came back twice';
      this.#problems.push({ id, message: parsed.kind === 'malformed' ? `${what}: ${parsed.message}` : what });
      return;
    }
    if (parsed.kind === 'malformed') this.#problems.push({ id, message: parsed.message });
    else this.#check(given, line);
  }

  #check({ head, hash, text }: Given, line: string): void {
    const { letterId, jobId } = head;
    const checked = checkedJob(head, line, this.#clock());
    if (checked.kind === 'refused') {
      this.#problems.push({ id: jobId, message: checked.message });
      return;
    }
    const { batch, operation, id } = checked.job;
    if (batch !== undefined && batch !== head.batch) {
      const ids = this.#newBatches.get(batch) ?? [];
      this.#newBatches.set(batch, ids);
      ids.push(id);
    }
    if (hashOf(jsonIn(line)) === hash) return;
    this.#edits.set(letterId, line);
    const orderingKey = orderingKeyOf(checked.job);
    const overwrites = setsValues(operation) && orderingKey !== ownKeyOf(id);
    this.#jobs.set(letterId, { orderingKey, overwrites });
    if (text !== null) this.#samples.push(sampleOf(letterId, text, line));
  }

  /** What is to be sent, once everything is back. */
  async end({ cancellations }: CheckPorts): Promise<Returned> {
    const problems = [...this.#problems];
    for (const [id, missing] of this.#given) {
      if (missing.length > 0) problems.push({ id, message: 'did not come back' });
    }
    for (const [batch, ids] of this.#newBatches) {
      if ((await cancellations.get(batch)) === null) continue;
      problems.push(...ids.map((id) => ({ id, message: `its batch ${batch} was cancelled` })));
    }
    if (problems.length > 0) return { kind: 'refused', problems };
    return { kind: 'edits', jobs: this.#jobs, samples: this.#samples };
  }
}

const hashOf = (value: unknown): string => shortHash(canonicalJson(value));
