import { describe, expect, test } from 'vitest';
import type { Archive, LetterPlace } from '../../shared/deadletter/archive.ts';
import {
  type LetterHead,
  type LetterStatus,
  type LetterSummary,
  tagOf,
} from '../../shared/deadletter/letter.ts';
import { letterHead, SOME_TIME } from '../support/rows.ts';
import { describeChange } from './change-suite.ts';

/** What an archive promises. `create` gives an empty one, once per test. */
export function describeArchive(create: () => Promise<Archive>): void {
  describe('a letter', () => {
    let made = 0;
    let shared: Promise<Archive> | null = null;
    describeChange<LetterHead>(async () => {
      made += 1;
      const id = `swap-${made}#1`;
      shared ??= create();
      return { id, make: (message) => letterHead({ letterId: id, message }), documents: await shared };
    });
  });

  test('letters are read together, in any number, without those that there are not', async () => {
    const archive = await create();
    const letters = Array.from({ length: 130 }, (_, i) => letterHead({ letterId: `letter-${i}` }));
    await Promise.all(letters.map((letter) => put(archive, letter)));
    const ids = letters.map(({ letterId }) => letterId);
    const found = await archive.getAll([...ids, 'gone', 'letter-0'], () => {});
    expect(found.map(({ letterId }) => letterId).sort()).toEqual(ids.sort());
    expect(found.find(({ letterId }) => letterId === 'letter-7')).toEqual(letters[7]);
    expect(await archive.getAll([], () => {})).toEqual([]);
  });

  describe('summaries', () => {
    test('carry exactly their columns', async () => {
      const archive = await create();
      await put(archive, letterHead({ code: null, operation: null, jobId: null, class: 'malformed' }));
      expect(await list(archive, ['open'])).toEqual([
        {
          letterId: 'job-1',
          jobId: null,
          epoch: 0,
          operation: null,
          class: 'malformed',
          code: null,
          message: 'Unknown attribute Shoe size',
          cause: 'abcdef012345',
          deadLetteredAt: SOME_TIME,
          status: 'open',
          batchTag: null,
          keyTag: tagOf('lead:EMAIL:a@example.com'),
        },
      ]);
    });

    test('go on after any of them, whichever died in the same moment', async () => {
      const archive = await create();
      const letters = Array.from({ length: 40 }, (_, i) =>
        letterHead({ letterId: `letter-${i}`, deadLetteredAt: SOME_TIME + Math.floor(i / 10) }),
      );
      await Promise.all(letters.map((letter) => put(archive, letter)));
      const all = await list(archive, ['open']);
      for (const at of [0, 7, 25, 39]) {
        expect(await list(archive, ['open'], all[at])).toEqual(all.slice(at + 1));
      }
    });

    test('come newest first over the given statuses, and over no others', async () => {
      const archive = await create();
      const statuses: readonly LetterStatus[] = ['open', 'redriving', 'redriven', 'discarded'];
      const letters = Array.from({ length: 200 }, (_, i) =>
        letterHead({
          letterId: `letter-${i}`,
          deadLetteredAt: SOME_TIME + i * 11,
          status: statuses[i % 4] ?? 'open',
        }),
      );
      await Promise.all(letters.map((letter) => put(archive, letter)));
      const expected = letters.filter(({ status }) => status === 'open' || status === 'redriving').reverse();
      const listed = await list(archive, ['open', 'redriving']);
      expect(listed.map(({ letterId }) => letterId)).toEqual(expected.map(({ letterId }) => letterId));
    });

    test('show a letter once, under its present status', async () => {
      const archive = await create();
      await put(archive, letterHead());
      await put(archive, letterHead({ status: 'discarded' }));
      expect(await list(archive, ['open'])).toEqual([]);
      expect(await list(archive, ['open', 'discarded'])).toHaveLength(1);
    });

    test('may be left after the first', async () => {
      const archive = await create();
      await put(archive, letterHead({ letterId: 'older', deadLetteredAt: SOME_TIME }));
      await put(archive, letterHead({ letterId: 'newer', deadLetteredAt: SOME_TIME + 1 }));
      for await (const { letterId } of archive.summaries(['open'])) {
        expect(letterId).toBe('newer');
        break;
      }
    });
  });
}

async function list(
  archive: Archive,
  statuses: readonly LetterStatus[],
  after?: LetterPlace,
): Promise<LetterSummary[]> {
  const listed: LetterSummary[] = [];
  for await (const summary of archive.summaries(statuses, after)) listed.push(summary);
  return listed;
}

const put = (archive: Archive, letter: LetterHead) => archive.change(letter.letterId, () => letter);
