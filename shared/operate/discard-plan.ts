import { type LetterSummary, OPEN_STATUSES } from '../deadletter/letter.ts';
import { selectLetters } from '../deadletter/select-letters.ts';
import { type CauseGroup, groupByCause, lettersOf } from './causes.ts';
import { headsOf } from './heads.ts';
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
  ports: Pick<OperatePorts, 'archive' | 'bodies'>,
  selection: LetterSelection,
  ids: readonly string[],
): Promise<DiscardDryRunJson> {
  const letters = selection.by === 'filter' ? selectLetters(ports, selection.filter) : openOnes(ports, ids);
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
  ports: Pick<OperatePorts, 'archive'>,
  ids: readonly string[],
): AsyncGenerator<LetterSummary> {
  for await (const read of headsOf(ports, ids)) {
    if (read.kind === 'head' && OPEN_STATUSES.some((status) => status === read.head.status)) yield read.head;
  }
}
