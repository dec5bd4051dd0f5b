import { selectLetters } from '../deadletter/filter.ts';
import { type LetterSummary, OPEN_STATUSES } from '../deadletter/letter.ts';
import { type CauseGroup, groupByCause, lettersOf } from './causes.ts';
import type { LetterSelection } from './letters.ts';
import type { OperatePorts } from './ports.ts';

/** What a discard would close, by cause: nothing is changed. */
export interface DiscardDryRunJson {
  readonly selected: number;
  readonly discarded: 0;
  /** Closed already, or gone. */
  readonly skipped: number;
  readonly dryRun: {
    readonly letters: number;
    readonly causes: readonly CauseGroup[];
  };
}

/** The letters that a discard of the selection would close. `ids` are the selection's. */
export async function planDiscard(
  { archive }: Pick<OperatePorts, 'archive'>,
  selection: LetterSelection,
  ids: readonly string[],
): Promise<DiscardDryRunJson> {
  const letters =
    selection.by === 'filter' ? selectLetters(archive, selection.filter) : openOnes(archive, ids);
  const causes = await groupByCause(letters);
  const count = lettersOf(causes);
  return {
    selected: ids.length,
    discarded: 0,
    skipped: Math.max(0, ids.length - count),
    dryRun: { letters: count, causes },
  };
}

async function* openOnes(
  archive: Pick<OperatePorts['archive'], 'get'>,
  ids: readonly string[],
): AsyncGenerator<LetterSummary> {
  for (const id of ids) {
    const head = await archive.get(id).catch(() => null);
    if (head !== null && OPEN_STATUSES.some((status) => status === head.status)) yield head;
  }
}
