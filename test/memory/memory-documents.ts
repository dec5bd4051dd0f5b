import { type FaultHook, withFaults } from './faults.ts';

interface Versioned {
  readonly version: number;
  readonly writeToken: string;
}

/** Documents replaced by compare-and-swap, kept as JSON so that nobody shares an object with the store. */
export class MemoryDocuments<T extends Versioned> {
  readonly #texts = new Map<string, string>();
  readonly #faults: FaultHook;

  constructor(faults: FaultHook) {
    this.#faults = faults;
  }

  get(id: string): Promise<T | null> {
    return withFaults(this.#faults, 'get', id, () => this.peek(id));
  }

  /** A lost reply here is one that the adapter could not clear up either; the same write again finds its own token. */
  async replace(id: string, next: T): Promise<'written' | 'conflict'> {
    await Promise.resolve();
    const misfortune = this.#faults('replace', id);
    if (misfortune === 'throw') throw new Error(`replace of ${id} failed, as the test asked`);
    if (misfortune === 'conflict') return 'conflict';
    const stored = this.peek(id);
    if (stored?.writeToken === next.writeToken) return 'written';
    if ((stored?.version ?? 0) !== next.version - 1) return 'conflict';
    this.#texts.set(id, JSON.stringify(next));
    if (misfortune === 'lose-reply')
      throw new Error(`the reply to replace of ${id} was lost, as the test asked`);
    return 'written';
  }

  remove(id: string): Promise<void> {
    return withFaults(this.#faults, 'remove', id, () => void this.#texts.delete(id));
  }

  all(): readonly T[] {
    return [...this.#texts.values()].map((text) => JSON.parse(text) as T);
  }

  peek(id: string): T | null {
    const text = this.#texts.get(id);
    return text === undefined ? null : (JSON.parse(text) as T);
  }
}
