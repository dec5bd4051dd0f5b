import type { LetterHead } from '../deadletter/letter.ts';
import { errorText } from '../kernel/error-text.ts';
import { mapAhead } from '../kernel/map-ahead.ts';
import { inPages } from '../kernel/pages.ts';
import type { OperatePorts } from './ports.ts';

/** A letter that is there and cannot be read. It keeps no other from being listed, sent or closed. */
export interface UnreadableLetter {
  readonly kind: 'unreadable';
  readonly letterId: string;
  readonly message: string;
}

export type LetterRead = { readonly kind: 'head'; readonly head: LetterHead } | UnreadableLetter;

/** Keys of one BatchGetItem. */
export const HEADS_AT_ONCE = 100;

/** Pages on their way at once. With its texts inline a letter may have some hundred kilobytes. */
const PAGES_AHEAD = 3;

/** The letters of these ids, in their order; an id without a letter is passed over. */
export async function* headsOf(
  ports: Pick<OperatePorts, 'archive'>,
  letterIds: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<LetterRead> {
  const pages = mapAhead(inPages(letterIds, HEADS_AT_ONCE), (page) => readHeads(ports, page), PAGES_AHEAD);
  for await (const page of pages) yield* page;
}

/** The same of one page. */
export async function readHeads(
  { archive }: Pick<OperatePorts, 'archive'>,
  letterIds: readonly string[],
): Promise<readonly LetterRead[]> {
  const reads = new Map<string, LetterRead>();
  const heads = await archive.getAll(letterIds, (letterId, error) => {
    reads.set(letterId, { kind: 'unreadable', letterId, message: errorText(error) });
  });
  for (const head of heads) reads.set(head.letterId, { kind: 'head', head });
  return letterIds.flatMap((letterId) => reads.get(letterId) ?? []);
}
