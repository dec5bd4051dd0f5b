import { describe, expect, test } from 'vitest';
import { discard } from '../../../shared/operate/discard.ts';
import { expireLetter } from '../../../shared/operate/expire-letter.ts';
import { forget } from '../../../shared/operate/forget/forget.ts';
import { closeLetter } from '../../../shared/operate/redrive/letter.ts';
import { leadJob, letterWorld, NOON } from '../../support/letters.ts';
import { letterHead } from '../../support/rows.ts';

const discarded = letterHead({
  letterId: 'a',
  jobId: 'a',
  status: 'discarded',
  closing: { at: NOON, note: 'no', edited: false },
});

describe('what expires with a closed letter', () => {
  test('is the row of the job that ended in it, from the moment of the closing', async () => {
    const { ports, deadLetter } = letterWorld();
    await deadLetter(leadJob('a'));
    expect(ports.ledger.row('a')?.state).not.toHaveProperty('closedAt');
    await discard(ports, 'a', 'no');
    expect(ports.ledger.row('a')?.state).toMatchObject({ kind: 'dead-lettered', closedAt: NOON });
  });

  test('is made good by a repeat of a discard that was killed on the way', async () => {
    let armed = true;
    const { ports, deadLetter } = letterWorld();
    await deadLetter(leadJob('a'));
    const { ledger } = ports;
    const change: typeof ledger.change = (at, reduce) =>
      armed && ports.archive.letters()[0]?.status === 'discarded'
        ? Promise.reject(new Error('killed'))
        : ledger.change(at, reduce);
    await expect(discard({ ...ports, ledger: { ...ledger, change } }, 'a', 'no')).rejects.toThrow('killed');
    expect(ports.ledger.row('a')?.state).not.toHaveProperty('closedAt');
    armed = false;
    expect(await discard(ports, 'a', 'again')).toEqual({ kind: 'already-discarded' });
    expect(ports.ledger.row('a')?.state).toMatchObject({ closedAt: NOON });
  });

  test('leaves the row of a job that ended in another letter', async () => {
    const { ports, deadLetter } = letterWorld();
    await deadLetter(leadJob('a'));
    await ports.ledger.change(
      'a',
      (row) =>
        row && {
          ...row,
          epoch: 1,
          state: { kind: 'dead-lettered', at: NOON, letterId: 'a#1', quietUntil: null },
        },
    );
    await expireLetter(ports, discarded);
    expect(ports.ledger.row('a')?.state).not.toHaveProperty('closedAt');
  });

  test.each(['open', 'redriving'] as const)('is nothing while the letter is %s', async (status) => {
    const { ports, deadLetter } = letterWorld();
    await deadLetter(leadJob('a'));
    const response = await ports.bodies.save('a/response', 'x'.repeat(100_000), null);
    await expireLetter(ports, { ...discarded, status, response });
    expect(ports.ledger.row('a')?.state).not.toHaveProperty('closedAt');
    expect(ports.bodies.expiresAt('a/response')).toBeNull();
  });

  test('are its texts before the last step of a redrive, so that nothing interrupted leaves them for ever', async () => {
    const { ports, deadLetter } = letterWorld();
    await deadLetter(leadJob('a'));
    const response = await ports.bodies.save('a/response', 'x'.repeat(100_000), null);
    await ports.archive.change('a', (head) => head && { ...head, status: 'redriving', response });
    const archive = { ...ports.archive, change: () => Promise.reject(new Error('killed')) };
    await expect(closeLetter({ ...ports, archive }, 'a', 1)).rejects.toThrow('killed');
    expect(ports.bodies.expiresAt('a/response')).not.toBeNull();
  });

  test('is the row of a letter that was forgotten, too', async () => {
    const { ports, deadLetter, letter } = letterWorld();
    await deadLetter(leadJob('a', 'ann@example.com'));
    await forget(ports, 'ann@example.com');
    expect(letter('a')?.status).toBe('discarded');
    expect(ports.ledger.row('a')?.state).toMatchObject({ kind: 'dead-lettered', closedAt: NOON });
  });
});
