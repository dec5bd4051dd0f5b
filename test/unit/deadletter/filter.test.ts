import { describe, expect, test } from 'vitest';
import type { Archive, OnUnreadableLetter } from '../../../shared/deadletter/archive.ts';
import {
  type FilterWords,
  type LetterFilter,
  matches,
  parseFilter,
} from '../../../shared/deadletter/filter.ts';
import { type LetterSummary, tagOf } from '../../../shared/deadletter/letter.ts';
import { selectLetters } from '../../../shared/deadletter/select-letters.ts';
import { each, leadJob, letterWorld, NOON, summary } from '../../support/letters.ts';

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
    [{ all: true, batch: 'b' }, 'contradict'],
    [{ lead: ' ' }, '--lead'],
    [{ text: '' }, '--text'],
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
    [{ batch: 'b' }, { batchTag: tagOf('b') }, true],
    [{ batch: 'b' }, { batchTag: tagOf('bb') }, false],
    [{ batch: 'b' }, { batchTag: null }, false],
    [{ lead: ' Ann@Example.com ' }, { keyTag: tagOf('lead:EMAIL:ann@example.com') }, true],
    [{ lead: 'ann@example.com' }, { keyTag: tagOf('lead:EMAIL:bob@example.com') }, false],
    [{ lead: 'lead:IDNUM:17' }, { keyTag: tagOf('lead:IDNUM:17') }, true],
    [{ lead: 'ann@example.com' }, { keyTag: null }, false],
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
    const found = await ids(selectLetters(portsOf({ summaries: letters }), filterOf({ since: '2h' })));
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
    await ids(selectLetters(portsOf(archive), filterOf({})));
    expect(asked).toEqual([['open', 'redriving', 'discarding']]);
  });
});

/** An archive that gives summaries and no whole letter. */
const portsOf = (archive: Pick<Archive, 'summaries'>) => ({
  archive: { ...archive, getAll: async () => [] },
  bodies: { load: async () => null },
});

async function ids(letters: AsyncIterable<LetterSummary>): Promise<string[]> {
  const found: string[] = [];
  for await (const { letterId } of letters) found.push(letterId);
  return found;
}

describe('what is refused of a filter', () => {
  test.each<[FilterWords, string, string]>([
    [{ code: 'x' }, 'code', 'wants a number, such as 20103, not "x"'],
    [{ code: '1e3' }, 'code', 'wants a number, such as 20103, not "1e3"'],
    [{ code: 'x1' }, 'code', 'wants a number, such as 20103, not "x1"'],
    [{ operation: 'synclead' }, 'operation', '"synclead" is no operation; did you mean syncLead?'],
    [{ operation: '' }, 'operation', '"" is no operation; mktq operations lists them'],
    [{ status: 'closed' }, 'status', '"closed" is none of open, redriven, discarded, all'],
    [
      { cause: '0123456789abc' },
      'cause',
      'wants the 12 hex digits of dlq list --by-cause, not "0123456789abc"',
    ],
    [
      { cause: 'x0123456789ab' },
      'cause',
      'wants the 12 hex digits of dlq list --by-cause, not "x0123456789ab"',
    ],
    [{ all: true, since: '2h' }, 'all', 'and a filter contradict each other: give one of them'],
  ])('is said of %j with what it wants', (words, option, message) => {
    expect(parseFilter(words, NOON)).toEqual({ kind: 'invalid', option, message });
  });

  test('names every class there is, and quotes the one that there is not', () => {
    expect(parseFilter({ class: '' }, NOON)).toMatchObject({
      option: 'class',
      message: expect.stringMatching(/^"" is none of quota-exhausted, rate-limited, .*, poison$/),
    });
  });

  test.each([
    'x2h',
    '2hx',
    '2xh',
    '2 x h',
    'h',
    'x2026-11-22',
    '2026-11-22x',
    '2026-11-22T10',
    '2026-11-22T10:00:00.',
    '2026-11-22+01:00',
  ])('is the time %j', (since) => {
    expect(parseFilter({ since }, NOON)).toMatchObject({
      option: 'since',
      message: `wants a time (2026-11-22T10:00:00Z, UTC if no zone is given) or an age (30m, 2h, 3d), not "${since}"`,
    });
  });
});

describe('a time of a filter', () => {
  test.each([
    [' 2h ', NOON - 2 * 3_600_000],
    ['2 H', NOON - 2 * 3_600_000],
    ['90s', NOON - 90_000],
    ['1w', NOON - 7 * 86_400_000],
    [' 2026-11-22 ', Date.parse('2026-11-22T00:00:00Z')],
    ['2026-11-22t10:00:30', Date.parse('2026-11-22T10:00:30Z')],
    ['2026-11-22 10:00z', Date.parse('2026-11-22T10:00:00Z')],
    ['2026-11-22T10:00:00+0100', Date.parse('2026-11-22T09:00:00Z')],
  ])('may be written as %j', (since, at) => {
    expect(filterOf({ since }).since).toBe(at);
  });

  test('without a zone is that of UTC wherever it is typed', () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'America/Chicago';
    try {
      expect(filterOf({ since: '2026-11-22T10:00' }).since).toBe(Date.parse('2026-11-22T10:00:00Z'));
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });
});

test('a status alone says which letters are meant', () => {
  expect(parseFilter({ status: 'open' }, NOON)).toMatchObject({ said: true });
});

test('discarded letters are met by their status', () => {
  const discarded = summary({ status: 'discarded' });
  expect(matches(filterOf({ status: 'discarded' }), discarded)).toBe(true);
  expect(matches(filterOf({ status: 'redriven' }), discarded)).toBe(false);
});

test('letters of an age are those to the very moment, and of these the ones that fit otherwise', async () => {
  const at = (letterId: string, ageMs: number, code = 20105) =>
    summary({ letterId, code, deadLetteredAt: NOON - ageMs });
  const letters = [at('new', 0), at('other', 1, 20103), at('edge', 3_600_000), at('old', 3_600_001)];
  const archive = { summaries: () => each(letters) };
  expect(await ids(selectLetters(portsOf(archive), filterOf({ since: '1h' })))).toEqual([
    'new',
    'other',
    'edge',
  ]);
  expect(await ids(selectLetters(portsOf(archive), filterOf({ code: '20103' })))).toEqual(['other']);
});

describe('letters of a batch, a lead or a text', () => {
  async function worldOf() {
    const world = letterWorld();
    const of = (id: string, email: string, batch: string) => leadJob(id, email, { batch });
    await world.deadLetter(of('a', 'ann@example.com', 'b'), { deadLetteredAt: NOON });
    await world.deadLetter(of('b', 'zoë@example.com', 'c'), { deadLetteredAt: NOON - 1 });
    await world.deadLetter(of('c', 'ann@example.com', 'c'), {
      deadLetteredAt: NOON - 2,
      message: 'Lead Not Found',
    });
    await world.deadLetter(leadJob('d', 'dee@example.com', { meta: { note: 'they say "no"' } }), {
      message: 'too late',
      deadLetteredAt: NOON - 3,
    });
    return world;
  }

  test.each([
    [{ batch: 'c' }, ['b', 'c']],
    [{ lead: 'ANN@example.com' }, ['a', 'c']],
    [{ lead: 'ann@example.com', batch: 'c' }, ['c']],
    [{ text: 'not found' }, ['c']],
    [{ text: 'Zoë@' }, ['b']],
    [{ text: 'PANTS' }, ['a', 'b']],
    [{ text: 'pants', batch: 'c' }, ['b']],
    [{ text: 'say "NO"' }, ['d']],
    [{ text: 'nowhere' }, []],
  ] as const)('are found by %j', async (words, expected) => {
    const { ports } = await worldOf();
    expect(await ids(selectLetters(ports, filterOf(words)))).toEqual(expected);
  });

  test('are read whole only where the summary does not tell', async () => {
    const { ports } = await worldOf();
    const read: string[] = [];
    const looking = {
      ...ports,
      archive: {
        ...ports.archive,
        getAll: (letterIds: readonly string[], onUnreadable: OnUnreadableLetter) => {
          read.push(...letterIds);
          return ports.archive.getAll(letterIds, onUnreadable);
        },
      },
    };
    await ids(selectLetters(looking, filterOf({ batch: 'c', lead: 'ann@example.com' })));
    expect(read).toEqual([]);
    await ids(selectLetters(looking, filterOf({ batch: 'c', text: 'x' })));
    expect(read).toEqual(['b', 'c']);
  });

  test('are found in their order through many pages, and how many were looked through is told', async () => {
    const { ports, deadLetter } = letterWorld();
    const all = Array.from({ length: 250 }, (_, nth) => `j${nth}`);
    for (const [nth, id] of all.entries()) {
      await deadLetter(leadJob(id), {
        deadLetteredAt: NOON - nth,
        message: nth % 100 === 7 ? 'sought' : 'no',
      });
    }
    const looked: number[] = [];
    const onLooked = (letters: number): void => void looked.push(letters);
    const found = selectLetters(ports, filterOf({ text: 'Sought' }), { onLooked });
    expect(await ids(found)).toEqual(['j7', 'j107', 'j207']);
    expect(looked).toEqual([100, 200, 250]);
  });

  test('are found where an earlier version left batch and key out of the summary', async () => {
    const { ports } = await worldOf();
    async function* summaries(): AsyncGenerator<LetterSummary> {
      for await (const { batchTag: _, keyTag: __, ...rest } of ports.archive.summaries(['open'])) yield rest;
    }
    const old = { ...ports, archive: { ...ports.archive, summaries } };
    expect(await ids(selectLetters(old, filterOf({ batch: 'c' })))).toEqual(['b', 'c']);
    expect(await ids(selectLetters(old, filterOf({ lead: 'ann@example.com' })))).toEqual(['a', 'c']);
  });
});
