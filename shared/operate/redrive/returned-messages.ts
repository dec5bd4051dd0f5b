import type { LetterHead } from '../../deadletter/letter.ts';
import { orderingKeyOf } from '../../job/ordering-key.ts';
import { parseJob } from '../../job/parse-job.ts';
import { canonicalJson, shortHash } from '../../kernel/hash.ts';
import type { OperatePorts } from '../ports.ts';
import { type EditSample, type LetterMessage, MOST_SAMPLES, sampleOf } from './edits.ts';
import { checkedJob } from './letter.ts';

/** Why what came back cannot be sent. `id`: of its job; null where it is about none. */
export interface ReturnProblem {
  readonly id: string | null;
  readonly message: string;
}

export type Returned =
  | {
      readonly kind: 'edits';
      /** The whole job message, by letter; a letter whose message came back as it was has none. */
      readonly edits: ReadonlyMap<string, string>;
      /** The ordering key of each of them: the edit may name another lead. */
      readonly orderingKeys: ReadonlyMap<string, string>;
      readonly samples: readonly EditSample[];
    }
  | { readonly kind: 'refused'; readonly problems: readonly ReturnProblem[] };

type CheckPorts = Pick<OperatePorts, 'cancellations' | 'clock'>;

interface Given {
  readonly head: Pick<LetterHead, 'letterId' | 'class' | 'jobId' | 'epoch' | 'batch'>;
  readonly hash: string;
  /** Of the first few: what an example of the edit is held against. */
  readonly text: string | null;
}

/**
 * Messages that were handed to a program, and come back edited in any order, told by the ids of their jobs. All of them or none: one
 * that is missing, came twice, was not asked for or is no valid job refuses the lot.
 */
export class ReturnedMessages {
  readonly #given = new Map<string, Given[]>();
  readonly #returned: { readonly given: Given; readonly text: string }[] = [];
  readonly #problems: ReturnProblem[] = [];
  #count = 0;

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
    else this.#returned.push({ given, text: line });
  }

  /** What is to be sent, once everything is back. */
  async check({ cancellations, clock }: CheckPorts): Promise<Returned> {
    const problems = [...this.#problems];
    for (const [id, missing] of this.#given) {
      if (missing.length > 0) problems.push({ id, message: 'did not come back' });
    }
    const edits = new Map<string, string>();
    const orderingKeys = new Map<string, string>();
    const samples: EditSample[] = [];
    const cancelled = new Map<string, boolean>();
    for (const { given, text } of this.#returned) {
      const { head } = given;
      const checked = checkedJob(head, text, clock());
      if (checked.kind === 'refused') {
        problems.push({ id: head.jobId, message: checked.message });
        continue;
      }
      const { batch } = checked.job;
      if (batch !== undefined && batch !== head.batch) {
        if (!cancelled.has(batch)) cancelled.set(batch, (await cancellations.get(batch)) !== null);
        if (cancelled.get(batch) === true) {
          problems.push({ id: head.jobId, message: `its batch ${batch} was cancelled` });
          continue;
        }
      }
      if (hashOf(jsonIn(text)) === given.hash) continue;
      edits.set(head.letterId, text);
      orderingKeys.set(head.letterId, orderingKeyOf(checked.job));
      if (given.text !== null) samples.push(sampleOf(head.letterId, given.text, text));
    }
    return problems.length > 0
      ? { kind: 'refused', problems }
      : { kind: 'edits', edits, orderingKeys, samples };
  }
}

const hashOf = (value: unknown): string => shortHash(canonicalJson(value));

/** Undefined for what is no JSON. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
