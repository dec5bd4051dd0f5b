import { describe, expect, test } from 'vitest';
import {
  type FilterWords,
  type LetterFilter,
  matches,
  parseFilter,
  selectLetters,
} from '../../../shared/deadletter/filter.ts';
import type { LetterSummary } from '../../../shared/deadletter/letter.ts';
import { each, NOON, summary } from '../../support/letters.ts';

function filterOf(words: FilterWords): LetterFilter {
  const parsed = parseFilter(words, NOON);
  if (parsed.kind === 'invalid') throw new Error(parsed.message);
  return parsed.filter;
}

describe('parseFilter', () => {
  test('means every open letter when nothing is said, and knows that nothing was said', () => {
    expect(parseFilter({}, NOON)).toMatchObject({ kind: 'filter', said: false, filter: { status: 'open' } });
    expect(parseFilter({ all: true }, NOON)).toMatchObject({ kind: 'filter', said: true });
    expect(parseFilter({ code: '20103' }, NOON)).toMatchObject({ kind: 'filter', said: true });
  });

  test.each([
    ['2h', NOON - 2 * 3_600_000],
    ['3d', NOON - 3 * 86_400_000],
    ['30m', NOON - 30 * 60_000],
    ['2026-11-22', Date.parse('2026-11-22T00:00:00Z')],
    ['2026-11-22T10:00', Date.parse('2026-11-22T10:00:00Z')],
    ['2026-11-22T10:00:00.500+01:00', Date.parse('2026-11-22T09:00:00.500Z')],
  ])('takes --since %s', (since, at) => {
    expect(filterOf({ since }).since).toBe(at);
  });

  test.each([
    [{ since: 'yesterday' }, '--since'],
    [{ since: '2026-13-45' }, '--since'],
    [{ code: 'x' }, '--code'],
    [{ code: '-1' }, '--code'],
    [{ class: 'transiemt' }, 'transient'],
    [{ status: 'closed' }, 'redriven'],
    [{ cause: 'abc' }, '12 hex digits'],
    [{ all: true, code: '20103' }, 'contradict'],
  ])('refuses %j and says what it wants', (words, hint) => {
    const parsed = parseFilter(words, NOON);
    expect(parsed.kind === 'invalid' && `--${parsed.option} ${parsed.message}`).toContain(hint);
  });
});

describe('matches', () => {
  test.each([
    [{ code: '20105' }, {}, true],
    [{ code: '20103' }, {}, false],
    [{ class: 'invalid-request' }, {}, true],
    [{ class: 'poison' }, {}, false],
    [{ operation: 'syncLead' }, {}, true],
    [{ operation: 'getLead' }, {}, false],
    [{ cause: '0123456789AB' }, {}, true],
    [{ cause: 'ffffffffffff' }, {}, false],
    [{ since: '1h' }, { deadLetteredAt: NOON - 3_600_000 }, true],
    [{ since: '1h' }, { deadLetteredAt: NOON - 3_600_001 }, false],
    [{}, { status: 'redriving' }, true],
    [{}, { status: 'redriven' }, false],
    [{ status: 'all' }, { status: 'discarded' }, true],
    [{ status: 'redriven' }, { status: 'redriven' }, true],
    [{ status: 'discarded' }, { status: 'open' }, false],
  ] as const)('%j meets %j: %s', (words, letter, expected) => {
    expect(matches(filterOf(words), summary(letter))).toBe(expected);
  });
});

describe('selectLetters', () => {
  test('stops reading at the first letter that is too old', async () => {
    const read: string[] = [];
    async function* letters(): AsyncGenerator<LetterSummary> {
      for (const [i, id] of ['new', 'old', 'older'].entries()) {
        read.push(id);
        yield summary({ letterId: id, deadLetteredAt: NOON - i * 86_400_000 });
      }
    }
    const found = await ids(selectLetters({ summaries: letters }, filterOf({ since: '2h' })));
    expect(found).toEqual(['new']);
    expect(read).toEqual(['new', 'old']);
  });

  test('asks the archive for the statuses it wants and no others', async () => {
    const asked: unknown[] = [];
    const archive = {
      summaries: (statuses: unknown) => {
        asked.push(statuses);
        return each([]);
      },
    };
    await ids(selectLetters(archive, filterOf({})));
    expect(asked).toEqual([['open', 'redriving', 'discarding']]);
  });
});

async function ids(letters: AsyncIterable<LetterSummary>): Promise<string[]> {
  const found: string[] = [];
  for await (const { letterId } of letters) found.push(letterId);
  return found;
}
