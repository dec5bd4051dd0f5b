import type { LetterHead, LetterStatus, LetterSummary } from './letter.ts';

/** Where dead letters are kept, for as long as they are open. */
export interface Archive {
  get(letterId: string): Promise<LetterHead | null>;
  /** Writes `next` if the stored version is `next.version - 1`; with version 1, if absent. Recognises its own lost write by the token. */
  replace(next: LetterHead): Promise<'written' | 'conflict'>;
  /** Newest first by deadLetteredAt, over all the given statuses merged. */
  summaries(statuses: readonly LetterStatus[]): AsyncIterable<LetterSummary>;
}
