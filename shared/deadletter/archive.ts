import type { Bodies } from '../job/bodies.ts';
import { absent, type Documents } from '../kernel/document.ts';
import { causeOf } from './cause.ts';
import type { LetterHead, LetterStatus, LetterSummary } from './letter.ts';

/** Where dead letters are kept, for as long as they are open. */
export interface Archive extends Documents<LetterHead> {
  /** The letters of these ids, strongly consistent, in no order; an id without a letter is left out. */
  getAll(letterIds: readonly string[], onUnreadable: OnUnreadableLetter): Promise<readonly LetterHead[]>;
  /** Newest first by deadLetteredAt, then by id, over all the given statuses merged. `after`: only those that come after it. */
  summaries(statuses: readonly LetterStatus[], after?: LetterPlace): AsyncIterable<LetterSummary>;
}

/** Told of each letter that cannot be read, which is then passed over. */
export type OnUnreadableLetter = (letterId: string, error: unknown) => void;

/** Where a letter stands among the others. */
export type LetterPlace = Pick<LetterHead, 'deadLetteredAt' | 'letterId'>;

/** Everything about a letter that its filing does not make itself. `jobBody` is the message's raw body. */
export type LetterDraft = Omit<LetterHead, 'cause' | 'status' | 'closing' | 'job'> & {
  readonly jobBody: string;
};

export interface FilingPorts {
  readonly archive: Pick<Archive, 'get' | 'change'>;
  readonly bodies: Pick<Bodies, 'save'>;
}

/**
 * Files the letter unless one of this id is there already, and answers the one that is there: the crash after it, and
 * a second run that files the same, change nothing. The job's body is saved first, the head last.
 */
export async function fileLetter(ports: FilingPorts, draft: LetterDraft): Promise<LetterHead> {
  const filed = await ports.archive.get(draft.letterId);
  if (filed !== null) return filed;
  const { jobBody, ...rest } = draft;
  // Open letters never expire.
  const job = await ports.bodies.save(`${draft.letterId}/job`, jobBody, null);
  const head: LetterHead = { ...rest, job, cause: causeOf(draft), status: 'open', closing: null };
  const { copy } = await ports.archive.change(absent(draft.letterId), (other) =>
    other === null ? head : null,
  );
  return copy.value ?? head;
}
