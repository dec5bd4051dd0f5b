import type { Archive, LetterPlace } from '../../shared/deadletter/archive.ts';
import {
  type LetterHead,
  type LetterStatus,
  type LetterSummary,
  tagOf,
} from '../../shared/deadletter/letter.ts';
import { type FaultHook, noFaults } from './faults.ts';
import { MemoryDocuments } from './memory-documents.ts';

/** The archive in memory; `letters` lets a test look without asking. */
interface MemoryArchive extends Archive {
  letters(): readonly LetterHead[];
  /** Writes over whatever stands there. */
  put(letter: LetterHead): void;
  /** As a table restored from a backup would have lost it. */
  remove(letterId: string): Promise<void>;
}

export function memoryArchive(faults: FaultHook = noFaults): MemoryArchive {
  const documents = new MemoryDocuments<LetterHead>(faults);
  return {
    letters: () => documents.all(),
    put: (letter) => documents.put(letter.letterId, letter),
    get: (letterId) => documents.get(letterId),
    read: (letterId) => documents.read(letterId),
    change: (at, reduce) => documents.change(at, reduce),
    remove: (letterId) => documents.remove(letterId),
    getAll: async (letterIds, onUnreadable) => {
      const heads = [...new Set(letterIds)].map((letterId) =>
        documents.get(letterId).catch((error: unknown) => {
          onUnreadable(letterId, error);
          return null;
        }),
      );
      return (await Promise.all(heads)).filter((head) => head !== null);
    },
    summaries: (statuses, after) => summaries(documents.all(), statuses, after),
  };
}

async function* summaries(
  letters: readonly LetterHead[],
  statuses: readonly LetterStatus[],
  after: LetterPlace | undefined,
): AsyncGenerator<LetterSummary> {
  const chosen = letters.filter(({ status }) => statuses.includes(status));
  yield* chosen
    .filter((letter) => after === undefined || newestFirst(after, letter) < 0)
    .sort(newestFirst)
    .map(summaryOf);
}

const newestFirst = (a: LetterPlace, b: LetterPlace): number =>
  b.deadLetteredAt - a.deadLetteredAt || (a.letterId === b.letterId ? 0 : a.letterId < b.letterId ? 1 : -1);

/** Only the columns of a summary, so that a test cannot come to rely on more. */
const summaryOf = (letter: LetterHead): LetterSummary => ({
  letterId: letter.letterId,
  jobId: letter.jobId,
  epoch: letter.epoch,
  operation: letter.operation,
  class: letter.class,
  code: letter.code,
  message: letter.message,
  cause: letter.cause,
  deadLetteredAt: letter.deadLetteredAt,
  status: letter.status,
  batchTag: tagOf(letter.batch),
  keyTag: tagOf(letter.orderingKey),
});
