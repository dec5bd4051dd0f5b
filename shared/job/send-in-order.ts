import { pickBatch } from './pick-batch.ts';
import { readAhead } from './read-ahead.ts';

/** An entry of the stream: an item to be sent, or a result that stands before anything is. */
export type Entry<Item, Result> =
  | {
      readonly kind: 'send';
      readonly item: Item;
      /** Two items that share a name are never under way together: an ordering key, an id. */
      readonly names: readonly string[];
      /** What the item takes up while it waits; 0 if its text is loaded only when it is sent. */
      readonly bytes: number;
    }
  | { readonly kind: 'answered'; readonly result: Result };

/** What became of one item of a batch. */
export interface Outcome<Result> {
  readonly result: Result;
  /** A name under which nothing more may be sent, because this item may yet be sent again; null: the way is free. */
  readonly blocks: string | null;
}

/** The part in which a client, a redrive and the warden differ. */
export interface Sender<Item, Result> {
  /** Sends items that share no name and answers in their order. A rejection ends the stream. */
  send(batch: readonly Item[]): Promise<readonly Outcome<Result>[]>;
  /** The result of an item that is not sent because a name of it is blocked. */
  refuse(item: Item): Result;
}

export interface SendLimits {
  /** Items per batch: SQS takes 10 messages. */
  readonly batchSize: number;
  /** Batches under way at once. */
  readonly batches: number;
  /** Items read ahead of the oldest unanswered one, and their bytes: what bounds memory. */
  readonly windowItems: number;
  readonly windowBytes: number;
}

/** SQS takes some 10 ms for a batch and this process 2 ms: eight keep it busy, and more only queue up in front of it. */
export const DEFAULT_SEND_LIMITS: SendLimits = {
  batchSize: 10,
  batches: 8,
  windowItems: 400,
  windowBytes: 8 * 1024 * 1024,
};

/**
 * Sends a stream of items and yields what became of each, in order. Two items of one name are never under way together, and
 * behind one that could not be sent its name is `blocked`: nothing may overtake its second try. Streams may share `blocked`.
 */
export async function* sendInOrder<Item, Result>(
  entries: Iterable<Entry<Item, Result>> | AsyncIterable<Entry<Item, Result>>,
  sender: Sender<Item, Result>,
  limits: SendLimits = DEFAULT_SEND_LIMITS,
  blocked: Set<string> = new Set(),
): AsyncGenerator<Result, void, undefined> {
  const reader = readAhead(entries);
  const window = new Window(sender, limits, blocked);
  try {
    for (;;) {
      const entry = reader.taken();
      if (entry !== null) window.add(entry);
      if (window.hasRoom()) reader.pull();
      window.dispatch(reader.ended());
      const answer = window.nextAnswer();
      if (answer !== null) yield answer.result;
      else if (reader.ended() && window.isEmpty()) break;
      else if (!reader.has()) await Promise.race([...window.underWay, ...reader.underWay()]);
      window.throwIfFailed();
    }
    reader.throwIfFailed();
  } finally {
    await reader.close();
    await Promise.all(window.underWay);
  }
}

/** The place of an entry in the order of the input, until its answer is taken out. */
interface Slot<Result> {
  readonly bytes: number;
  answer: { readonly result: Result } | null;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly names: readonly string[];
  readonly slot: Slot<Result>;
}

/** The entries between being read and being answered for: what waits, what is under way, and the answers in input order. */
class Window<Item, Result> {
  readonly underWay = new Set<Promise<void>>();
  readonly #sender: Sender<Item, Result>;
  readonly #limits: SendLimits;
  readonly #blocked: Set<string>;
  readonly #busy = new Set<string>();
  readonly #slots: Slot<Result>[] = [];
  #waiting: Waiting<Item, Result>[] = [];
  #bytes = 0;
  #failure: { readonly error: unknown } | null = null;

  constructor(sender: Sender<Item, Result>, limits: SendLimits, blocked: Set<string>) {
    this.#sender = sender;
    this.#limits = limits;
    this.#blocked = blocked;
  }

  add(entry: Entry<Item, Result>): void {
    if (entry.kind === 'answered') {
      this.#slots.push({ bytes: 0, answer: { result: entry.result } });
      return;
    }
    const slot: Slot<Result> = { bytes: entry.bytes, answer: null };
    this.#slots.push(slot);
    this.#bytes += slot.bytes;
    this.#waiting.push({ item: entry.item, names: entry.names, slot });
    this.#refuseBlocked();
  }

  hasRoom(): boolean {
    return this.#slots.length < this.#limits.windowItems && this.#bytes < this.#limits.windowBytes;
  }

  isEmpty(): boolean {
    return this.#slots.length === 0;
  }

  /**
   * Starts every batch that may start. With nothing under way, one that is not full leaves at once: a slow source is not
   * kept waiting. `last`: nothing more will come, so none waits to be full.
   */
  dispatch(last: boolean): void {
    while (this.underWay.size < this.#limits.batches) {
      const full = this.#waiting.length >= this.#limits.batchSize;
      if (!full && !last && this.underWay.size > 0) return;
      const { batch, rest } = pickBatch(this.#waiting, this.#busy, this.#limits.batchSize);
      if (batch.length === 0) return;
      this.#waiting = rest;
      this.#start(batch);
    }
  }

  /** Takes out the answer that is next in order, if it is there. */
  nextAnswer(): { readonly result: Result } | null {
    const [first] = this.#slots;
    if (first === undefined || first.answer === null) return null;
    this.#slots.shift();
    this.#bytes -= first.bytes;
    return first.answer;
  }

  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  #start(batch: readonly Waiting<Item, Result>[]): void {
    const names = batch.flatMap((entry) => entry.names);
    for (const name of names) this.#busy.add(name);
    const run = this.#send(batch).then(
      () => {
        for (const name of names) this.#busy.delete(name);
        this.underWay.delete(run);
      },
      (error: unknown) => {
        this.#failure ??= { error };
        this.underWay.delete(run);
      },
    );
    this.underWay.add(run);
  }

  async #send(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    const outcomes = await this.#sender.send(batch.map(({ item }) => item));
    for (const [i, { slot }] of batch.entries()) {
      const outcome = outcomes[i];
      if (outcome === undefined) throw new Error('a batch was sent without an outcome for every item');
      slot.answer = { result: outcome.result };
      if (outcome.blocks !== null) this.#blocked.add(outcome.blocks);
    }
    this.#refuseBlocked();
  }

  #refuseBlocked(): void {
    if (this.#blocked.size === 0) return;
    this.#waiting = this.#waiting.filter(({ item, names, slot }) => {
      if (!names.some((name) => this.#blocked.has(name))) return true;
      slot.answer = { result: this.#sender.refuse(item) };
      return false;
    });
  }
}
