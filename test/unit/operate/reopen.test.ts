import { describe, expect, test } from 'vitest';
import { discard } from '../../../shared/operate/discard.ts';
import { forget } from '../../../shared/operate/forget/forget.ts';
import { closeLetter, prepareLetter } from '../../../shared/operate/redrive/letter.ts';
import { reopen } from '../../../shared/operate/reopen.ts';
import { leadJob, letterWorld, NOON } from '../../support/letters.ts';

/** A letter with a long reply, discarded. */
async function discarded() {
  const world = letterWorld();
  const response = await world.ports.bodies.save('a/response', 'x'.repeat(100_000), null);
  await world.deadLetter(leadJob('a'), { response });
  await discard(world.ports, 'a', 'a slip');
  return world;
}

describe('reopen', () => {
  test('opens a discarded letter, with a line of who did it', async () => {
    const { ports, letter } = await discarded();
    expect(await reopen({ ...ports, operator: async () => 'bo' }, 'a')).toEqual({ kind: 'reopened' });
    expect(letter('a')).toMatchObject({
      status: 'open',
      closing: null,
      actions: [
        { action: 'discard', by: 'ann', note: 'a slip' },
        { action: 'reopen', by: 'bo', at: NOON },
      ],
    });
    expect(await reopen(ports, 'a')).toEqual({ kind: 'open' });
    expect(letter('a')?.actions).toHaveLength(2);
  });

  test('keeps its texts and the row of its job, which were to expire', async () => {
    const { ports } = await discarded();
    expect(ports.bodies.expiresAt('a/response')).toBeGreaterThan(NOON);
    expect(ports.ledger.row('a')?.state).toMatchObject({ closedAt: NOON });
    await reopen(ports, 'a');
    expect(ports.bodies.expiresAt('a/response')).toBeNull();
    expect(ports.ledger.row('a')?.state).not.toHaveProperty('closedAt');
    expect(await prepareLetter(ports, 'a', null)).toMatchObject({ kind: 'ready', epoch: 1 });
  });

  test('is made good by a repeat where it was killed before its last step', async () => {
    const { ports, letter } = await discarded();
    const change: typeof ports.archive.change = () => Promise.reject(new Error('killed'));
    await expect(reopen({ ...ports, archive: { ...ports.archive, change } }, 'a')).rejects.toThrow('killed');
    expect(letter('a')?.status).toBe('discarded');
    expect(ports.bodies.expiresAt('a/response')).toBeNull();
    expect(await reopen(ports, 'a')).toEqual({ kind: 'reopened' });
  });

  test('looks again where somebody else was quicker', async () => {
    const { ports, letter } = await discarded();
    const read: typeof ports.archive.read = async (letterId) => {
      const copy = await ports.archive.read(letterId);
      if (letter('a')?.status === 'discarded') await reopen(ports, 'a');
      return copy;
    };
    expect(await reopen({ ...ports, archive: { ...ports.archive, read } }, 'a')).toEqual({ kind: 'open' });
    expect(letter('a')?.actions).toHaveLength(2);
  });

  test('keeps what a discard lets go of before the letter is open', async () => {
    const { ports, letter } = await discarded();
    const { archive, bodies, ledger } = ports;
    const change: typeof archive.change = async (...step) => {
      expect(await discard(ports, 'a', 'again')).toEqual({ kind: 'already-discarded' });
      return archive.change(...step);
    };
    expect(await reopen({ ...ports, archive: { ...archive, change } }, 'a')).toEqual({ kind: 'reopened' });
    expect(letter('a')?.status).toBe('open');
    expect(bodies.expiresAt('a/response')).toBeNull();
    expect(ledger.row('a')?.state).not.toHaveProperty('closedAt');
  });

  test('keeps what a discard lets go of after the letter is open', async () => {
    const { ports, letter } = await discarded();
    const { bodies, ledger } = ports;
    const release: typeof bodies.release = async (...of) => {
      await reopen(ports, 'a');
      await bodies.release(...of);
    };
    await discard({ ...ports, bodies: { ...bodies, release } }, 'a', 'again');
    expect(letter('a')?.status).toBe('open');
    expect(bodies.expiresAt('a/response')).toBeNull();
    expect(ledger.row('a')?.state).not.toHaveProperty('closedAt');
  });

  test.each(['before it is closed', 'after it is closed'])(
    'loses no job whose new redrive a discard of before takes back: %s',
    async (when) => {
      const { ports, letter } = await discarded();
      const { ledger } = ports;
      let redriven = false;
      const change: typeof ledger.change = async (...step) => {
        if (!redriven) {
          redriven = true;
          await reopen(ports, 'a');
          expect(await prepareLetter(ports, 'a', null)).toMatchObject({ kind: 'ready', epoch: 1 });
          if (when === 'after it is closed') expect(await closeLetter(ports, 'a', 1)).toBe(true);
        }
        return ledger.change(...step);
      };
      await discard({ ...ports, ledger: { ...ledger, change } }, 'a', 'again');
      expect(ledger.row('a')?.state).toMatchObject({ kind: 'dead-lettered', letterId: 'a' });
      expect(ledger.row('a')?.state).not.toHaveProperty('closedAt');
      expect(letter('a')).toMatchObject({ status: 'open', closing: null });
      expect(ports.bodies.expiresAt('a/response')).toBeNull();
      expect(await closeLetter(ports, 'a', 1)).toBe(false);
      expect(await prepareLetter(ports, 'a', null)).toMatchObject({ kind: 'ready', epoch: 2 });
    },
  );

  test('leaves alone what is not discarded, or is not there', async () => {
    const { ports, deadLetter, letter } = letterWorld();
    await deadLetter(leadJob('a'));
    expect(await reopen(ports, 'a')).toEqual({ kind: 'open' });
    await ports.archive.change('a', (head) => head && { ...head, status: 'redriven' });
    expect(await reopen(ports, 'a')).toEqual({ kind: 'redriven' });
    expect(letter('a')?.actions).toBeUndefined();
    expect(await reopen(ports, 'none')).toEqual({ kind: 'gone' });
  });

  test('leaves closed a letter of which nothing is left to send, and lets it expire as before', async () => {
    const world = letterWorld();
    const { ports } = world;
    await world.deadLetter(leadJob('a', undefined, { meta: { note: 'x'.repeat(80_000) } }), {
      response: await ports.bodies.save('a/response', 'x'.repeat(100_000), null),
    });
    await discard(ports, 'a', 'no');
    const expiry = ports.bodies.expiresAt('a/response');
    ports.bodies.lose('a/job');
    expect(await reopen(ports, 'a')).toEqual({ kind: 'empty' });
    expect(ports.bodies.expiresAt('a/response')).toBe(expiry);
    await world.deadLetter(leadJob('hers'));
    await forget(ports, 'ann@example.com');
    expect(await reopen(ports, 'hers')).toEqual({ kind: 'empty' });
    expect(world.letter('hers')?.status).toBe('discarded');
  });
});
