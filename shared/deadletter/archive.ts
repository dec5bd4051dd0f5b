import type { Documents } from '../kernel/document.ts';
import type { LetterHead, LetterStatus, LetterSummary } from './letter.ts';

/** Where dead letters are kept, for as long as they are open. */
export interface Archive extends Documents<LetterHead> {
  /** Newest first by deadLetteredAt, over all the given statuses merged. */
  summaries(statuses: readonly LetterStatus[]): AsyncIterable<LetterSummary>;
}
