import {
  absent,
  type Changed,
  type Copy,
  type Documents,
  type Reduce,
} from '../../shared/kernel/document.ts';
import { type FaultHook, withFaults } from './faults.ts';

/** Documents under compare-and-swap, kept as JSON so that nobody shares an object with the store. */
export class MemoryDocuments<T> implements Documents<T> {
  readonly #texts = new Map<string, string>();
  readonly #faults: FaultHook;
  #writes = 0;

  constructor(faults: FaultHook) {
    this.#faults = faults;
  }

  async get(id: string): Promise<T | null> {
    return (await this.read(id)).value;
  }

  read(id: string): Promise<Copy<T | null>> {
    return withFaults(this.#faults, 'get', id, () => this.#copy(id));
  }

  async change(at: string | Copy<T | null>, reduce: Reduce<T>): Promise<Changed<T>> {
    let copy = typeof at === 'string' ? await this.read(at) : at;
    for (;;) {
      const value = reduce(copy.value);
      if (value === null) return { kind: 'left', copy };
      this.#writes += 1;
      const next = { id: copy.id, value, version: copy.version + 1, token: `write-${this.#writes}` };
      if (await this.#write(next)) return { kind: 'written', copy: next };
      copy = this.#copy(copy.id);
    }
  }

  /** False: somebody else was faster. A lost reply here is one that the adapter could not clear up either. */
  async #write(next: Copy<T>): Promise<boolean> {
    const { id } = next;
    await Promise.resolve();
    const misfortune = this.#faults('replace', id);
    if (misfortune === 'throw') throw new Error(`replace of ${id} failed, as the test asked`);
    if (misfortune === 'conflict' || this.#copy(id).version !== next.version - 1) return false;
    this.#texts.set(id, JSON.stringify(next));
    if (misfortune === 'lose-reply')
      throw new Error(`the reply to replace of ${id} was lost, as the test asked`);
    return true;
  }

  /** As a test puts it there, whatever was there before. */
  put(id: string, value: T): void {
    this.#writes += 1;
    const { version } = this.#copy(id);
    this.#texts.set(id, JSON.stringify({ id, value, version: version + 1, token: `put-${this.#writes}` }));
  }

  remove(id: string): Promise<void> {
    return withFaults(this.#faults, 'remove', id, () => void this.#texts.delete(id));
  }

  ids(): readonly string[] {
    return [...this.#texts.keys()];
  }

  all(): readonly T[] {
    return this.ids().flatMap((id) => this.peek(id) ?? []);
  }

  peek(id: string): T | null {
    return this.#copy(id).value;
  }

  #copy(id: string): Copy<T | null> {
    const text = this.#texts.get(id);
    return text === undefined ? absent(id) : (JSON.parse(text) as Copy<T>);
  }
}
