import { describe, expect, test } from 'vitest';
import { causeOf } from '../../../shared/deadletter/cause.ts';
import type { LetterSummary } from '../../../shared/deadletter/letter.ts';
import { groupByCause } from '../../../shared/operate/causes.ts';
import { each, NOON, summary } from '../../support/letters.ts';

const letter = (id: string, minute: number, more: Partial<LetterSummary>): LetterSummary => {
  const made = summary({ letterId: id, jobId: id, deadLetteredAt: NOON + minute * 60_000, ...more });
  return { ...made, cause: causeOf(made) };
};
const notFound = (email: string) =>
  ({ class: 'not-found', code: 20103, message: `No lead found with EMAIL = ${email} (20103)` }) as const;

describe('groupByCause', () => {
  test('counts per cause, largest first, with first and last time and the newest letter as sample', async () => {
    const groups = await groupByCause(
      each([
        letter('c', 9, {}),
        letter('b', 5, notFound('b@example.com')),
        letter('a', 1, notFound('a@example.com')),
      ]),
    );
    expect(groups.map(({ count, sampleId }) => [count, sampleId])).toEqual([
      [2, 'b'],
      [1, 'c'],
    ]);
    expect(Object.keys(groups[0] ?? {})).toEqual([
      'cause',
      'class',
      'code',
      'operation',
      'message',
      'advice',
      'count',
      'firstSeenAt',
      'lastSeenAt',
      'sampleId',
    ]);
    expect(groups[0]).toMatchObject({
      class: 'not-found',
      code: 20103,
      operation: 'syncLead',
      message: 'No lead found with EMAIL = …',
      firstSeenAt: '2026-11-22T12:01:00.000Z',
      lastSeenAt: '2026-11-22T12:05:00.000Z',
    });
    expect(groups[0]?.advice).toContain('no lead with this key');
  });

  test('counts the unknown fields beside their one cause, whichever a row fills', async () => {
    const names = ['Zip', 'Shoe', 'Pants'];
    const letters = [1, 2, 3, 4, 5, 6, 7].map((set) => {
      const unknown = names.filter((_, i) => (set >> i) & 1).join(', ');
      return letter(`row-${set}`, set, { message: `unknown fields for import: ${unknown} (20105)` });
    });
    const more = letter('last', 9, { message: 'unknown fields for import: Zip (20105)' });
    const groups = await groupByCause(each([...letters, more]));
    expect(groups).toMatchObject([
      {
        count: 8,
        message: 'unknown fields for import: …',
        fields: [
          { name: 'Zip', count: 5 },
          { name: 'Pants', count: 4 },
          { name: 'Shoe', count: 4 },
        ],
      },
    ]);
  });

  test('finds the newest letter in whatever order they come', async () => {
    const letters = [1, 7, 4].map((minute) => letter(`at-${minute}`, minute, {}));
    expect((await groupByCause(each(letters)))[0]?.sampleId).toBe('at-7');
  });

  test('answers nothing for no letters', async () => {
    expect(await groupByCause(each([]))).toEqual([]);
  });
});
