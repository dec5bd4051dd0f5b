import { errorText } from './error-text.ts';
/**
 * A document as it was last read or written here, with the envelope that the next write over it needs. Only an adapter
 * makes one. `version` counts the writes from 1 (0: there is none); `token` is random per write.
 */
export interface Copy<V> {
  readonly id: string;
  readonly value: V;
  readonly version: number;
  readonly token: string;
}

/** Stands for a document that is believed not to exist: a change of it inserts, without a read before. */
export const absent = (id: string): Copy<null> => ({ id, value: null, version: 0, token: '' });

/** A pure step: what the document becomes, or null to leave it as it is. Asked again whenever somebody else was faster. */
export type Reduce<T> = (value: T | null) => T | null;

export type Changed<T> =
  | { readonly kind: 'written'; readonly copy: Copy<T> }
  /** The step left the document as it is; `copy` is what it saw last. */
  | { readonly kind: 'left'; readonly copy: Copy<T | null> };

/** Documents under compare-and-swap: the one way in which ledger, archive and budget are written. */
export interface Documents<T> {
  /** The value alone, strongly consistent; null if there is none. */
  get(id: string): Promise<T | null>;
  /** The same with its envelope, for who goes on to change it. */
  read(id: string): Promise<Copy<T | null>>;
  /**
   * Writes what `reduce` makes of the document. A copy in hand is tried first and read anew only when the write is refused; an
   * id alone is read first. Ends, because every refusal means that somebody else made progress. A write whose reply was lost
   * is known again by its token; where even that cannot be found out, it rejects with an `UnansweredWrite`.
   */
  change(at: string | Copy<T | null>, reduce: Reduce<T>): Promise<Changed<T>>;
}

/** A write was sent and nobody can say whether it was applied. It may still arrive. */
export class UnansweredWrite extends Error {
  override readonly name = 'UnansweredWrite';
  readonly token: string;
  readonly version: number;

  constructor(written: Pick<Copy<unknown>, 'token' | 'version'>, cause: unknown) {
    super(errorText(cause), { cause });
    this.token = written.token;
    this.version = written.version;
  }
}
