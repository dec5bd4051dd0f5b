import type { Bodies } from '../job/bodies.ts';
import { inPages } from '../job/pages.ts';
import type { Archive, LetterPlace } from './archive.ts';
import { isToldBySummary, type LetterFilter, matches, matchesWhole, statusesOf } from './filter.ts';
import type { LetterHead, LetterSummary } from './letter.ts';

interface SelectPorts {
  readonly archive: Pick<Archive, 'summaries' | 'getAll'>;
  readonly bodies: Pick<Bodies, 'load'>;
}

/** Keys of one BatchGetItem. */
const PAGE = 100;

/**
 * The letters that the filter means, newest first; `after`: those that come after that one. Where it asks for a text, whole
 * letters are read, a page of them at a time; one that cannot be read has none.
 */
export async function* selectLetters(
  ports: SelectPorts,
  filter: LetterFilter,
  after?: LetterPlace,
): AsyncGenerator<LetterSummary> {
  const likely = likelyLetters(ports, filter, after);
  if (filter.text === null && filter.batch === null && filter.lead === null) {
    yield* likely;
    return;
  }
  for await (const page of inPages(likely, PAGE)) {
    const untold = page.filter((letter) => !isToldBySummary(filter, letter));
    const heads = new Map<string, LetterHead>();
    const found = await ports.archive.getAll(
      untold.map(({ letterId }) => letterId),
      () => {},
    );
    for (const head of found) heads.set(head.letterId, head);
    for (const letter of page) {
      if (isToldBySummary(filter, letter)) yield letter;
      else if (await isMeant(ports, filter, heads.get(letter.letterId))) yield letter;
    }
  }
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
