import type { Archive } from '../deadletter/archive.ts';
import { type LetterFilter, selectLetters } from '../deadletter/filter.ts';
import type { LetterHead, LetterSummary } from '../deadletter/letter.ts';
import { type LetterTexts, textsOf } from '../deadletter/notice.ts';
import { errorText } from '../kernel/error-text.ts';
import { type Discarded, discard } from './discard.ts';
import { type LetterJson, type ListedLetterJson, letterJson, listedLetterJson } from './letter-json.ts';
import type { OperatePorts } from './ports.ts';
import { readAhead } from './read-ahead.ts';
import type { LetterPorts } from './redrive/letter.ts';
import { type Reopened, reopen } from './reopen.ts';

type ReadPorts = Pick<OperatePorts, 'archive' | 'bodies'>;

/** The letters an operator means: these, each named once, or all that a filter finds. */
export type LetterSelection =
  | { readonly by: 'id'; readonly ids: readonly string[] }
  | { readonly by: 'filter'; readonly filter: LetterFilter };

export interface NoSuchLetter {
  readonly kind: 'no-such-letter';
  readonly letterId: string;
}

/** The ids that are meant. Those given are proved to exist before anything is done with any of them. */
export async function selectIds(
  { archive }: Pick<OperatePorts, 'archive'>,
  selection: LetterSelection,
): Promise<{ readonly kind: 'ids'; readonly ids: readonly string[] } | NoSuchLetter> {
  if (selection.by === 'id') {
    const missing = await firstMissing(archive, selection.ids);
    return missing === null
      ? { kind: 'ids', ids: selection.ids }
      : { kind: 'no-such-letter', letterId: missing };
  }
  // Read to the end before the first is changed: a changed letter moves within the index that is being read.
  const ids: string[] = [];
  for await (const { letterId } of selectLetters(archive, selection.filter)) ids.push(letterId);
  return { kind: 'ids', ids };
}

async function firstMissing(archive: Pick<Archive, 'get'>, ids: readonly string[]): Promise<string | null> {
  const looked = readAhead(ids, (id) =>
    answered(id, async () => ((await archive.get(id)) === null ? id : null)),
  );
  // One that cannot be read is there.
  for await (const look of looked) if (look.kind === 'read' && look.value !== null) return look.value;
  return null;
}

/** A letter that is there and cannot be read. It keeps no other from being listed, sent or closed. */
export interface UnreadableLetter {
  readonly kind: 'unreadable';
  readonly letterId: string;
  readonly message: string;
}

/** The reading of one letter, where its failure is an answer of its own. */
async function answered<T>(
  letterId: string,
  read: () => Promise<T>,
): Promise<{ readonly kind: 'read'; readonly value: T } | UnreadableLetter> {
  try {
    return { kind: 'read', value: await read() };
  } catch (error) {
    return { kind: 'unreadable', letterId, message: errorText(error) };
  }
}

/** One letter with its long texts; null if there is none of this id. */
export async function findLetter(
  { archive, bodies }: ReadPorts,
  letterId: string,
): Promise<{ readonly head: LetterHead; readonly texts: LetterTexts } | null> {
  const head = await archive.get(letterId);
  return head === null ? null : { head, texts: await textsOf(bodies, head) };
}

/** The newest letters that the filter finds, and how many it finds in all. */
export async function newestLetters(
  { archive }: Pick<OperatePorts, 'archive'>,
  filter: LetterFilter,
  limit: number,
): Promise<{ readonly newest: readonly LetterSummary[]; readonly found: number }> {
  const newest: LetterSummary[] = [];
  let found = 0;
  for await (const letter of selectLetters(archive, filter)) {
    found += 1;
    if (found <= limit) newest.push(letter);
  }
  return { newest, found };
}

/** The newest letters that the filter finds, as every program outside sees a letter in a list. */
export async function* listLetters(
  { archive, bodies }: ReadPorts,
  filter: LetterFilter,
  limit: number,
): AsyncGenerator<{ readonly kind: 'letter'; readonly letter: ListedLetterJson } | UnreadableLetter> {
  const letters = readAhead(take(selectLetters(archive, filter), limit), ({ letterId }) =>
    answered(letterId, async () => {
      const head = await archive.get(letterId);
      return head === null ? null : listedLetterJson(head, await bodies.load(head.job));
    }),
  );
  for await (const letter of letters) {
    if (letter.kind === 'unreadable') yield letter;
    else if (letter.value !== null) yield { kind: 'letter', letter: letter.value };
  }
}

async function* take<T>(items: AsyncIterable<T>, limit: number): AsyncGenerator<T> {
  let left = limit;
  for await (const item of items) {
    yield item;
    left -= 1;
    if (left <= 0) return;
  }
}

export type ExportedLetter = { readonly kind: 'letter'; readonly letter: LetterJson } | UnreadableLetter;

/** Whole letters, in the order of the ids or newest first, while they are read. */
export async function exportLetters(
  ports: ReadPorts,
  selection: LetterSelection,
): Promise<{ readonly kind: 'letters'; readonly letters: AsyncIterable<ExportedLetter> } | NoSuchLetter> {
  if (selection.by === 'filter') {
    return {
      kind: 'letters',
      letters: wholeLetters(ports, idsIn(selectLetters(ports.archive, selection.filter))),
    };
  }
  const selected = await selectIds(ports, selection);
  return selected.kind === 'ids' ? { kind: 'letters', letters: wholeLetters(ports, selected.ids) } : selected;
}

async function* idsIn(letters: AsyncIterable<LetterSummary>): AsyncGenerator<string> {
  for await (const { letterId } of letters) yield letterId;
}

/** Passes over what was removed since its id was read. */
async function* wholeLetters(
  ports: ReadPorts,
  ids: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<ExportedLetter> {
  const letters = readAhead(ids, (id) =>
    answered(id, async () => {
      const letter = await findLetter(ports, id);
      return letter === null ? null : letterJson(letter.head, letter.texts);
    }),
  );
  for await (const letter of letters) {
    if (letter.kind === 'unreadable') yield letter;
    else if (letter.value !== null) yield { kind: 'letter', letter: letter.value };
  }
}

/** Closes the letters for good, several at once, and says of each what became of it. */
export const discardLetters = (
  ports: LetterPorts,
  ids: Iterable<string>,
  reason: string,
): AsyncGenerator<{ readonly letterId: string; readonly became: Discarded | UnreadableLetter }> =>
  readAhead(ids, async (letterId) => {
    const answer = await answered(letterId, () => discard(ports, letterId, reason));
    return { letterId, became: answer.kind === 'read' ? answer.value : answer };
  });

/** Opens discarded letters again, in the same way. */
export const reopenLetters = (
  ports: LetterPorts,
  ids: Iterable<string>,
): AsyncGenerator<{ readonly letterId: string; readonly became: Reopened | UnreadableLetter }> =>
  readAhead(ids, async (letterId) => {
    const answer = await answered(letterId, () => reopen(ports, letterId));
    return { letterId, became: answer.kind === 'read' ? answer.value : answer };
  });
