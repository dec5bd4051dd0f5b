import { adviceText } from '../deadletter/advice/advice.ts';
import type { Archive } from '../deadletter/archive.ts';
import type { LetterHead } from '../deadletter/letter.ts';
import type { EventCause } from '../events/event.ts';
import { mapAhead } from '../kernel/map-ahead.ts';
import type { Ledger } from '../ledger/ledger.ts';

interface CausePorts {
  readonly ledger: Pick<Ledger, 'list'>;
  readonly archive: Pick<Archive, 'get'>;
}

/** So many tell what is wrong with a batch; to read 100,000 would tell no more. */
const MOST_LETTERS = 1_000;
/** An event holds 256 KB, and a person reads fewer. */
const MOST_CAUSES = 50;

/** The causes of a batch's dead letters, the largest first, counted among its newest thousand. */
export async function causesOfBatch(batch: string, ports: CausePorts): Promise<readonly EventCause[]> {
  const counts = new Map<string, { readonly letter: LetterHead; readonly count: number }>();
  for await (const letter of lettersOf(batch, ports)) {
    counts.set(letter.cause, { letter, count: (counts.get(letter.cause)?.count ?? 0) + 1 });
  }
  return [...counts.values()]
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST_CAUSES)
    .map(({ letter, count }) => causeOf(letter, count));
}

export const causeOf = (
  letter: Pick<LetterHead, 'cause' | 'class' | 'code' | 'operation'>,
  count: number,
): EventCause => ({
  cause: letter.cause,
  class: letter.class,
  code: letter.code,
  operation: letter.operation,
  advice: adviceText(letter),
  count,
});

async function* lettersOf(batch: string, { ledger, archive }: CausePorts): AsyncGenerator<LetterHead> {
  const ids: string[] = [];
  const by = { kind: 'batch', batch, ended: 'dead-lettered' } as const;
  // A row that cannot be read is one of the thousand less.
  for await (const { state } of ledger.list({ by, limit: MOST_LETTERS, onUnreadable: () => {} })) {
    if (state.kind === 'dead-lettered') ids.push(state.letterId);
  }
  const letters = mapAhead(ids, (id) => archive.get(id).catch(() => null));
  for await (const letter of letters) if (letter !== null) yield letter;
}
