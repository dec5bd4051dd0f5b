import type { Delivery } from '../job/job.ts';
import { parseJob } from '../job/parse-job.ts';
import { freightOf } from '../marketo/packing/packing.ts';
import type { PackingBounds } from '../marketo/packing/packing-bounds.ts';
import { callOf } from './carry.ts';

interface Weight {
  readonly bytes: number;
  readonly mayShare: boolean;
}

/** What an invocation holds: delivered to it and not settled yet. */
export class Held {
  readonly #bounds: PackingBounds | null;
  readonly #weights = new Map<Delivery, Weight>();
  #bytes = 0;
  #sharing = 0;

  /** `bounds` of the transport; null: no two jobs share a call. */
  constructor(bounds: PackingBounds | null) {
    this.#bounds = bounds;
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
    const weight = { bytes: Buffer.byteLength(body), mayShare: mayShare(body, this.#bounds) };
    this.#weights.set(delivery, weight);
    this.#bytes += weight.bytes;
    if (weight.mayShare) this.#sharing += 1;
  }

  drop(delivery: Delivery): void {
    const weight = this.#weights.get(delivery);
    if (weight === undefined) return;
    this.#weights.delete(delivery);
    this.#bytes -= weight.bytes;
    if (weight.mayShare) this.#sharing -= 1;
  }
}

function mayShare(body: string, bounds: PackingBounds | null): boolean {
  if (bounds === null) return false;
  const parsed = parseJob(body);
  if (parsed.kind !== 'job') return false;
  return freightOf(callOf(parsed), bounds, { mayRepeat: parsed.job.onInDoubt === 'retry' }) !== null;
}
