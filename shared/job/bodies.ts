/**
 * Where a long text is kept: inline up to 64 KB, otherwise in gzip parts beside the item, never cut.
 * `bytes` is the length of the text in UTF-8.
 */
export type BodyRef =
  | { readonly kind: 'inline'; readonly text: string }
  | { readonly kind: 'parts'; readonly key: string; readonly count: number; readonly bytes: number };

/** Keeps texts of any length. Parts are written before whatever points at them. */
export interface Bodies {
  /**
   * `key` names the text for ever ("<letter or job id>/request"): saving it again overwrites the same parts.
   * `expiresAt` (epoch ms) is when the parts may be deleted, null for never.
   */
  save(key: string, text: string, expiresAt: number | null): Promise<BodyRef>;
  /** Null if the parts are gone. */
  load(ref: BodyRef): Promise<string | null>;
  /**
   * What points at the text was closed at `closedAt` (epoch ms): its parts may be deleted the retention after that. Null: it is
   * open again, and they stay.
   */
  release(ref: BodyRef, closedAt: number | null): Promise<void>;
  /** Removes every text that was ever saved under the name. */
  remove(ref: BodyRef): Promise<void>;
  /** Removes this text alone, or what is left of it. */
  removeText(ref: BodyRef): Promise<void>;
  /** Every text that is kept in parts, also one of which parts are missing: loading it answers null, or fails (`mktq forget`). */
  scan(): AsyncIterable<Extract<BodyRef, { kind: 'parts' }>>;
}
