import { describe, expect, test } from 'vitest';
import type { LetterFilter } from '../../../shared/deadletter/filter.ts';
import type { UnreadableLetter } from '../../../shared/operate/heads.ts';
import {
  discardLetters,
  exportLetters,
  findLetter,
  type LetterSelection,
  listLetters,
  placeOf,
  selectIds,
} from '../../../shared/operate/letters.ts';
import { leadJob, NOON } from '../../support/letters.ts';
import { operateWorld } from '../../support/operate.ts';

const ALL: LetterFilter = {
  code: null,
  class: null,
  operation: null,
  cause: null,
  since: null,
  batch: null,
  lead: null,
  text: null,
  status: 'open',
};
const byId = (...ids: readonly string[]): LetterSelection => ({ by: 'id', ids });

/** Letters `n0`, the newest, to `n<count - 1>`. */
async function worldOf(count: number) {
  const world = operateWorld();
  for (let n = 0; n < count; n += 1) {
    await world.deadLetter(leadJob(`n${n}`, `n${n}@example.com`), { deadLetteredAt: NOON - n });
  }
  return world;
}

const idOf = (
  one: { readonly kind: 'letter'; readonly letter: { readonly id: string } } | UnreadableLetter,
): string => (one.kind === 'letter' ? one.letter.id : `unreadable ${one.letterId}`);

async function exported(ports: Parameters<typeof exportLetters>[0], selection: LetterSelection) {
  const answer = await exportLetters(ports, selection);
  return answer.kind === 'letters' ? (await Array.fromAsync(answer.letters)).map(idOf) : answer;
}

describe('a selection of letters', () => {
  test('is the ids as they were given, or those that a filter finds', async () => {
    const { ports } = await worldOf(3);
    expect(await selectIds(ports, byId('n2', 'n0'))).toEqual({ kind: 'ids', ids: ['n2', 'n0'] });
    const found = await selectIds(ports, { by: 'filter', filter: ALL });
    expect(found).toEqual({ kind: 'ids', ids: ['n0', 'n1', 'n2'] });
  });

  test('names the first id of which there is no letter, before anything is done with the others', async () => {
    const { ports } = await worldOf(2);
    const missing = { kind: 'no-such-letter', letterId: 'x' };
    expect(await selectIds(ports, byId('n0', 'x', 'y'))).toEqual(missing);
    expect(await exported(ports, byId('n0', 'x'))).toEqual(missing);
    expect(await findLetter(ports, 'x')).toBeNull();
  });

  test('is exported in its order, however many are read at once', async () => {
    const { ports } = await worldOf(40);
    const ids = Array.from({ length: 40 }, (_, n) => `n${n}`);
    expect(await exported(ports, { by: 'filter', filter: ALL })).toEqual(ids);
    expect(await exported(ports, byId(...ids.toReversed()))).toEqual(ids.toReversed());
  });
});

describe('a list of letters', () => {
  test('ends at the limit, and goes on after any letter', async () => {
    const { ports } = await worldOf(5);
    const listed = await Array.fromAsync(listLetters(ports, ALL, { limit: 2 }));
    expect(listed.map(idOf)).toEqual(['n0', 'n1']);
    const after = (await placeOf(ports, 'n1')) ?? undefined;
    const rest = await Array.fromAsync(listLetters(ports, ALL, { limit: 2, after }));
    expect(rest.map(idOf)).toEqual(['n2', 'n3']);
    expect(await placeOf(ports, 'x')).toBeNull();
  });

  test('gives its first letter before the last has been read', async () => {
    const { ports } = await worldOf(700);
    let read = 0;
    const archive = {
      ...ports.archive,
      getAll: (ids: readonly string[], onUnreadable: (id: string, error: unknown) => void) => {
        read += ids.length;
        return ports.archive.getAll(ids, onUnreadable);
      },
    };
    for await (const one of listLetters({ ...ports, archive }, ALL, { limit: Number.POSITIVE_INFINITY })) {
      expect(idOf(one)).toBe('n0');
      break;
    }
    expect(read).toBeLessThan(500);
  });
});

describe('discarding letters', () => {
  test('says of each what became of it', async () => {
    const { ports } = await worldOf(2);
    const first = await Array.fromAsync(discardLetters(ports, ['n0'], 'test'));
    expect(first).toEqual([{ letterId: 'n0', became: { kind: 'discarded' } }]);
    const all = await Array.fromAsync(discardLetters(ports, ['n0', 'n1'], 'test'));
    expect(all.map(({ became }) => became.kind)).toEqual(['already-discarded', 'discarded']);
  });
});
