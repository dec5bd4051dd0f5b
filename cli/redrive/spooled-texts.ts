import { Spool } from '../spool.ts';

/** Texts by id, of which the memory holds only where they stand in a file: those of half a million letters would be a gigabyte. */
export class SpooledTexts {
  readonly #spool = new Spool();
  readonly #places = new Map<string, number>();

  set(id: string, text: string): void {
    this.#places.set(id, this.#spool.add(text));
  }

  has(id: string): boolean {
    return this.#places.has(id);
  }

  get(id: string): string | undefined {
    const place = this.#places.get(id);
    return place === undefined ? undefined : this.#spool.read(place);
  }

  close(): void {
    this.#spool.close();
  }
}
