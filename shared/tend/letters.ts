import type { Archive } from '../deadletter/archive.ts';
import { type LetterSummary, OPEN_STATUSES } from '../deadletter/letter.ts';
import type { FaultClass } from '../marketo/faults/fault.ts';

/** The open letters of one moment. */
export interface OpenLetters {
  readonly open: number;
  readonly byClass: ReadonlyMap<FaultClass, number>;
  readonly byCause: ReadonlyMap<string, LettersOfCause>;
}

export interface LettersOfCause {
  readonly count: number;
  readonly firstSeenAt: number;
  /** The newest. */
  readonly sample: LetterSummary;
}

/** Reads the summary of each open letter. */
async function countLetters({ summaries }: Pick<Archive, 'summaries'>): Promise<OpenLetters> {
  const byClass = new Map<FaultClass, number>();
  const byCause = new Map<string, LettersOfCause>();
  let open = 0;
  for await (const letter of summaries(OPEN_STATUSES)) {
    open += 1;
    byClass.set(letter.class, (byClass.get(letter.class) ?? 0) + 1);
    const known = byCause.get(letter.cause);
    const at = letter.deadLetteredAt;
    byCause.set(letter.cause, {
      count: (known?.count ?? 0) + 1,
      firstSeenAt: Math.min(known?.firstSeenAt ?? at, at),
      sample: known !== undefined && known.sample.deadLetteredAt >= at ? known.sample : letter,
    });
  }
  return { open, byClass, byCause };
}

/** The same letters for everybody who asks within a minute of the warden; read when the first does. */
export function lettersOfMinute(archive: Pick<Archive, 'summaries'>): () => Promise<OpenLetters> {
  let counted: Promise<OpenLetters> | null = null;
  return () => {
    counted ??= countLetters(archive);
    return counted;
  };
}
