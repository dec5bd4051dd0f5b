import { describe, expect, it } from 'vitest';
import type { Archive } from '../../shared/deadletter/archive.ts';
import type { LetterHead, LetterStatus, LetterSummary } from '../../shared/deadletter/letter.ts';
import { letterHead, SOME_TIME } from '../support/rows.ts';
import { describeSwap } from './swap-suite.ts';

/** What an archive promises. `create` gives an empty one, once per test. */
export function describeArchive(create: () => Promise<Archive>): void {
  describe('a letter', () => {
    let made = 0;
    let shared: Promise<Archive> | null = null;
    describeSwap<LetterHead>(() => {
      made += 1;
      const letterId = `swap-${made}#1`;
      shared ??= create();
      const archive = shared;
      return {
        make: (version, writeToken) => letterHead({ letterId, version, writeToken }),
        read: async () => (await archive).get(letterId),
        replace: async (next) => (await archive).replace(next),
      };
    });
  });

  describe('summaries', () => {
    it('carry exactly their columns', async () => {
      const archive = await create();
      await archive.replace(letterHead({ code: null, operation: null, jobId: null, class: 'malformed' }));
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
        },
      ]);
    });

    it('come newest first over the given statuses, and over no others', async () => {
      const archive = await create();
      const statuses: readonly LetterStatus[] = ['open', 'redriving', 'redriven', 'discarded'];
      const letters = Array.from({ length: 200 }, (_, i) =>
        letterHead({
          letterId: `letter-${i}`,
          deadLetteredAt: SOME_TIME + i * 11,
          status: statuses[i % 4] ?? 'open',
        }),
      );
      await Promise.all(letters.map((letter) => archive.replace(letter)));
      const expected = letters.filter(({ status }) => status === 'open' || status === 'redriving').reverse();
      const listed = await list(archive, ['open', 'redriving']);
      expect(listed.map(({ letterId }) => letterId)).toEqual(expected.map(({ letterId }) => letterId));
    });

    it('show a letter once, under its present status', async () => {
      const archive = await create();
      await archive.replace(letterHead());
      await archive.replace(letterHead({ version: 2, writeToken: 'two', status: 'discarded' }));
      expect(await list(archive, ['open'])).toEqual([]);
      expect(await list(archive, ['open', 'discarded'])).toHaveLength(1);
    });

    it('may be left after the first', async () => {
      const archive = await create();
      await archive.replace(letterHead({ letterId: 'older', deadLetteredAt: SOME_TIME }));
      await archive.replace(letterHead({ letterId: 'newer', deadLetteredAt: SOME_TIME + 1 }));
      for await (const { letterId } of archive.summaries(['open'])) {
        expect(letterId).toBe('newer');
        break;
      }
    });
  });
}

async function list(archive: Archive, statuses: readonly LetterStatus[]): Promise<LetterSummary[]> {
  const listed: LetterSummary[] = [];
  for await (const summary of archive.summaries(statuses)) listed.push(summary);
  return listed;
}
