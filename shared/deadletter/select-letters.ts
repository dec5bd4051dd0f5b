import type { Bodies } from '../job/bodies.ts';
import { mapAhead } from '../kernel/map-ahead.ts';
import { inPages } from '../kernel/pages.ts';
import type { Archive, LetterPlace } from './archive.ts';
import { isToldBySummary, type LetterFilter, matches, matchesWhole, statusesOf } from './filter.ts';
import type { LetterHead, LetterSummary } from './letter.ts';

interface SelectPorts {
  readonly archive: Pick<Archive, 'summaries' | 'getAll'>;
  readonly bodies: Pick<Bodies, 'load'>;
}

/** Keys of one BatchGetItem. */
const PAGE = 100;

/** Pages on their way at once: a text that only the oldest letter has is looked for in all of them. */
const PAGES_AHEAD = 3;

/** Told now and then how many letters have been looked through for what their summaries do not say. */
export type OnLooked = (letters: number) => void;

interface SelectPart {
  /** Only those that come after this one. */
  readonly after?: LetterPlace | undefined;
  readonly onLooked?: OnLooked | undefined;
}

/**
 * The letters that the filter means, newest first. Where it asks for a text, whole letters are read, a page of them at a time; one that
 * cannot be read has none.
 */
export async function* selectLetters(
  ports: SelectPorts,
  filter: LetterFilter,
  { after, onLooked }: SelectPart = {},
): AsyncGenerator<LetterSummary> {
  const likely = likelyLetters(ports, filter, after);
  if (filter.text === null && filter.batch === null && filter.lead === null) {
    yield* likely;
    return;
  }
  const pages = mapAhead(inPages(likely, PAGE), (page) => meantIn(ports, filter, page), PAGES_AHEAD);
  let looked = 0;
  for await (const { letters, meant } of pages) {
    looked += letters;
    onLooked?.(looked);
    yield* meant;
  }
}

async function meantIn(
  ports: SelectPorts,
  filter: LetterFilter,
  page: readonly LetterSummary[],
): Promise<{ readonly letters: number; readonly meant: readonly LetterSummary[] }> {
  const untold = page.filter((letter) => !isToldBySummary(filter, letter));
  const heads = new Map<string, LetterHead>();
  const found = await ports.archive.getAll(
    untold.map(({ letterId }) => letterId),
    () => {},
  );
  for (const head of found) heads.set(head.letterId, head);
  const meant = await Promise.all(
    page.map(
      (letter) => isToldBySummary(filter, letter) || isMeant(ports, filter, heads.get(letter.letterId)),
    ),
  );
  return { letters: page.length, meant: page.filter((_, nth) => meant[nth]) };
}

async function isMeant(
  { bodies }: SelectPorts,
  filter: LetterFilter,
  head: LetterHead | undefined,
): Promise<boolean> {
  if (head === undefined) return false;
  // Loaded only where it is asked for: it may be long.
  const job = filter.text === null ? null : await bodies.load(head.job);
  return matchesWhole(filter, head, job);
}

/** By what the summaries say. */
async function* likelyLetters(
  { archive }: SelectPorts,
  filter: LetterFilter,
  after: LetterPlace | undefined,
): AsyncGenerator<LetterSummary> {
  for await (const letter of archive.summaries(statusesOf(filter.status), after)) {
    // Newest first: nothing after this one can be young enough.
    if (filter.since !== null && letter.deadLetteredAt < filter.since) return;
    if (matches(filter, letter)) yield letter;
  }
}
