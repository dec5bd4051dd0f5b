import { selectLetters } from '../../shared/deadletter/filter.ts';
import type { LetterHead } from '../../shared/deadletter/letter.ts';
import type { Connection } from '../connection.ts';
import { Failure } from '../exit.ts';
import type { Pointed } from './filter-options.ts';

const AT_ONCE = 16;

/** Applies `read` to every item, several at once, and yields the answers in the order of the items. */
export async function* readAhead<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  read: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const underway: Promise<R>[] = [];
  for await (const item of items) {
    const reading = read(item);
    // Awaited below, in its turn: until then a failure must not count as unhandled.
    reading.catch(() => null);
    underway.push(reading);
    const first = underway.length >= AT_ONCE ? underway.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const reading of underway) yield await reading;
}

/** The ids meant, each once. Ids are proved to exist before anything is done with any of them. */
export async function idsOf(
  connection: Pick<Connection, 'archive'>,
  target: Pointed,
): Promise<readonly string[]> {
  if (target.by === 'id') {
    for await (const _head of headsOf(connection, target.ids));
    return target.ids;
  }
  // Read to the end before the first is changed: a changed letter moves within the index that is being read.
  const ids: string[] = [];
  for await (const { letterId } of selectLetters(connection.archive, target.filter)) ids.push(letterId);
  return ids;
}

/** The letters of these ids; a `Failure` for one that does not exist. */
export async function* headsOf(
  { archive }: Pick<Connection, 'archive'>,
  ids: readonly string[],
): AsyncGenerator<LetterHead> {
  for await (const [id, head] of readAhead(ids, async (id) => [id, await archive.get(id)] as const)) {
    if (head === null) throw noSuchLetter(id);
    yield head;
  }
}

export const noSuchLetter = (id: string): Failure =>
  new Failure(`there is no dead letter ${JSON.stringify(id)}; mktq dlq list shows the open ones`);
