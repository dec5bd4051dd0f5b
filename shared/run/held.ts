import type { Delivery } from '../job/job.ts';

interface Weight {
  readonly bytes: number;
  readonly shares: boolean;
}

/** What an invocation holds: delivered to it and not settled yet. */
export class Held {
  readonly #mayShare: (body: string) => boolean;
  readonly #weights = new Map<Delivery, Weight>();
  #bytes = 0;
  #sharing = 0;

  constructor(mayShare: (body: string) => boolean) {
    this.#mayShare = mayShare;
  }

  get messages(): number {
    return this.#weights.size;
  }

  /** Of their bodies. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many may share a call with others. */
  get sharing(): number {
    return this.#sharing;
  }

  add(delivery: Delivery): void {
    const { body } = delivery;
    const weight = { bytes: Buffer.byteLength(body), shares: this.#mayShare(body) };
    this.#weights.set(delivery, weight);
    this.#bytes += weight.bytes;
    if (weight.shares) this.#sharing += 1;
  }

  drop(delivery: Delivery): void {
    const weight = this.#weights.get(delivery);
    if (weight === undefined) return;
    this.#weights.delete(delivery);
    this.#bytes -= weight.bytes;
    if (weight.shares) this.#sharing -= 1;
  }
}
