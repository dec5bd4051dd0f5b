import type { LetterPlace } from '../deadletter/archive.ts';
import type { LetterFilter } from '../deadletter/filter.ts';
import type { LetterHead, LetterSummary } from '../deadletter/letter.ts';
import { type LetterTexts, textsOf } from '../deadletter/notice.ts';
import { type OnLooked, selectLetters } from '../deadletter/select-letters.ts';
import { errorText } from '../kernel/error-text.ts';
import { mapAhead } from '../kernel/map-ahead.ts';
import { inPages, take } from '../kernel/pages.ts';
import { type Discarded, discard } from './discard.ts';
import { HEADS_AT_ONCE, headsOf, readHeads, type UnreadableLetter } from './heads.ts';
import { type LetterJson, type ListedLetterJson, letterJson, listedLetterJson } from './letter-json.ts';
import type { OperatePorts } from './ports.ts';
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
  ports: ReadPorts,
  selection: LetterSelection,
): Promise<{ readonly kind: 'ids'; readonly ids: readonly string[] } | NoSuchLetter> {
  if (selection.by === 'id') {
    const missing = await firstMissing(ports, selection.ids);
    return missing === null
      ? { kind: 'ids', ids: selection.ids }
      : { kind: 'no-such-letter', letterId: missing };
  }
  // Read to the end before the first is changed: a changed letter moves within the index that is being read.
  const ids: string[] = [];
  for await (const { letterId } of selectLetters(ports, selection.filter)) ids.push(letterId);
  return { kind: 'ids', ids };
}

/** One that cannot be read is there. */
async function firstMissing(ports: ReadPorts, ids: readonly string[]): Promise<string | null> {
  for await (const page of inPages(ids, HEADS_AT_ONCE)) {
    const reads = await readHeads(ports, page);
    const found = new Set(reads.map((read) => (read.kind === 'head' ? read.head.letterId : read.letterId)));
    const missing = page.find((id) => !found.has(id));
    if (missing !== undefined) return missing;
  }
  return null;
}

/** The work on one letter, where its failure is an answer of its own. */
async function answered<T>(
  letterId: string,
  work: () => Promise<T>,
): Promise<{ readonly kind: 'done'; readonly value: T } | UnreadableLetter> {
  try {
    return { kind: 'done', value: await work() };
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

/** The place of a letter in a list; null if there is none of this id. */
export async function placeOf(
  { archive }: Pick<OperatePorts, 'archive'>,
  letterId: string,
): Promise<LetterPlace | null> {
  const head = await archive.get(letterId);
  return head === null ? null : { letterId, deadLetteredAt: head.deadLetteredAt };
}

/** How much of a list is wanted: at most `limit` letters, those after one of them. */
export interface ListPart {
  readonly limit: number;
  readonly after?: LetterPlace | undefined;
  readonly onLooked?: OnLooked | undefined;
}

/** The letters that the filter finds, newest first, as every program outside sees a letter in a list. */
export async function* listLetters(
  ports: ReadPorts,
  filter: LetterFilter,
  { limit, ...part }: ListPart,
): AsyncGenerator<{ readonly kind: 'letter'; readonly letter: ListedLetterJson } | UnreadableLetter> {
  const ids = idsIn(take(selectLetters(ports, filter, part), limit));
  yield* lettersAs(ports, ids, async (head) => listedLetterJson(head, await ports.bodies.load(head.job)));
}

export type ExportedLetter = { readonly kind: 'letter'; readonly letter: LetterJson } | UnreadableLetter;

/** Whole letters, in the order of the ids or newest first, while they are read. */
export async function exportLetters(
  ports: ReadPorts,
  selection: LetterSelection,
): Promise<{ readonly kind: 'letters'; readonly letters: AsyncIterable<ExportedLetter> } | NoSuchLetter> {
  if (selection.by === 'filter') {
    return { kind: 'letters', letters: wholeLetters(ports, idsIn(selectLetters(ports, selection.filter))) };
  }
  const selected = await selectIds(ports, selection);
  return selected.kind === 'ids' ? { kind: 'letters', letters: wholeLetters(ports, selected.ids) } : selected;
}

async function* idsIn(letters: AsyncIterable<LetterSummary>): AsyncGenerator<string> {
  for await (const { letterId } of letters) yield letterId;
}

const wholeLetters = (
  ports: ReadPorts,
  ids: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<ExportedLetter> =>
  lettersAs(ports, ids, async (head) => letterJson(head, await textsOf(ports.bodies, head)));

/** In the order of the ids; passes over what was removed since its id was read. */
async function* lettersAs<T>(
  ports: ReadPorts,
  ids: AsyncIterable<string> | Iterable<string>,
  jsonOf: (head: LetterHead) => Promise<T>,
): AsyncGenerator<{ readonly kind: 'letter'; readonly letter: T } | UnreadableLetter> {
  const letters = mapAhead(headsOf(ports, ids), async (read) =>
    read.kind === 'unreadable' ? read : answered(read.head.letterId, () => jsonOf(read.head)),
  );
  for await (const letter of letters) {
    yield letter.kind === 'unreadable' ? letter : { kind: 'letter', letter: letter.value };
  }
}

/** Closes the letters for good, several at once, and says of each what became of it. */
export const discardLetters = (
  ports: LetterPorts,
  ids: Iterable<string>,
  reason: string,
): AsyncGenerator<{ readonly letterId: string; readonly became: Discarded | UnreadableLetter }> =>
  mapAhead(ids, async (letterId) => {
    const answer = await answered(letterId, () => discard(ports, letterId, reason));
    return { letterId, became: answer.kind === 'done' ? answer.value : answer };
  });

/** Opens discarded letters again, in the same way. */
export const reopenLetters = (
  ports: LetterPorts,
  ids: Iterable<string>,
): AsyncGenerator<{ readonly letterId: string; readonly became: Reopened | UnreadableLetter }> =>
  mapAhead(ids, async (letterId) => {
    const answer = await answered(letterId, () => reopen(ports, letterId));
    return { letterId, became: answer.kind === 'done' ? answer.value : answer };
  });
