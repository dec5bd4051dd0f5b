import { describe, expect, test } from 'vitest';
import { checkClaim } from '../../../shared/ledger/claim-rules.ts';
import { discard } from '../../../shared/operate/discard.ts';
import { prepareLetter } from '../../../shared/operate/redrive/letter.ts';
import { planRedrive } from '../../../shared/operate/redrive/plan-redrive.ts';
import { redrive } from '../../../shared/operate/redrive/redrive.ts';
import { leadJob, letterWorld, NOON } from '../../support/letters.ts';

describe('discard', () => {
  test('closes the letter with the reason, once', async () => {
    const { ports, deadLetter, letter } = letterWorld();
    await deadLetter(leadJob('a'));
    expect(await discard(ports, 'a', 'left the company')).toEqual({ kind: 'discarded' });
    expect(letter('a')).toMatchObject({
      status: 'discarded',
      closing: { at: NOON, note: 'left the company' },
    });
    expect(await discard(ports, 'a', 'again')).toEqual({ kind: 'already-discarded' });
    expect(letter('a')?.closing?.note).toBe('left the company');
    expect(await discard(ports, 'none', 'x')).toEqual({ kind: 'gone' });
  });

  test('leaves a line of who did it, when and why, and of the redrive before it', async () => {
    const { ports, deadLetter, letter } = letterWorld();
    await deadLetter(leadJob('a'));
    await prepareLetter(ports, 'a', JSON.stringify(leadJob('a', 'b@example.com')));
    await discard({ ...ports, operator: async () => 'bo' }, 'a', 'no');
    await discard(ports, 'a', 'again');
    expect(letter('a')?.actions).toEqual([
      { action: 'edited-redrive', at: NOON, by: 'ann' },
      { action: 'discard', at: NOON, by: 'bo', note: 'no' },
    ]);
  });

  test('takes back a redrive nobody has picked up: its message is acknowledged without a call', async () => {
    const { ports, deadLetter, letter } = letterWorld();
    await deadLetter(leadJob('a'));
    const prepared = await prepareLetter(ports, 'a', null);
    expect(prepared).toMatchObject({ kind: 'ready', epoch: 1 });
    expect(await discard(ports, 'a', 'no')).toEqual({ kind: 'discarded' });
    expect(letter('a')?.status).toBe('discarded');
    const row = ports.ledger.row('a');
    const request = { jobId: 'a', epoch: 1, digest: row?.digest ?? '', now: NOON, soleInstance: null };
    expect(checkClaim(row, request).kind).toBe('ended');
  });

  test('does not discard what a run has picked up: that redrive is done', async () => {
    const { ports, deadLetter, letter, setState } = letterWorld();
    await deadLetter(leadJob('a'));
    await prepareLetter(ports, 'a', null);
    await setState('a', { kind: 'running', owner: 'o', leaseUntil: NOON + 1, intentAt: null });
    expect(await discard(ports, 'a', 'no')).toEqual({ kind: 'redriven' });
    expect(letter('a')?.status).toBe('redriven');
    expect(letter('a')?.actions).toEqual([{ action: 'redrive', at: NOON, by: 'ann' }]);
    expect(ports.ledger.row('a')?.state.kind).toBe('running');
  });

  test('interrupted after taking back leaves an open letter that no redrive takes over, and a repeat ends it', async () => {
    let writes = 0;
    const { ports, deadLetter, sent, letter } = letterWorld({
      // Its own writes: `discarding`, then the end.
      archive: (method) => (method === 'replace' && writes++ === 3 ? 'throw' : null),
    });
    await deadLetter(leadJob('a'));
    await prepareLetter(ports, 'a', null);
    await expect(discard(ports, 'a', 'no')).rejects.toThrow();
    expect(letter('a')?.status).toBe('discarding');
    const choice = { by: 'id', includeInDoubt: false, superseded: false, edited: false } as const;
    const refused = await redrive(ports, await planRedrive(ports, ['a'], choice), {
      edit: null,
      patienceMs: 0,
    });
    expect(refused.failed).toMatchObject([
      { letterId: 'a', message: expect.stringContaining('repeat the discard') },
    ]);
    expect(sent()).toEqual([]);
    expect(await discard(ports, 'a', 'no')).toEqual({ kind: 'discarded' });
    expect(letter('a')?.closing?.note).toBe('no');
    expect(ports.ledger.row('a')?.state.kind).toBe('dead-lettered');
  });

  test('between the steps of a redrive is seen by it: nothing is sent', async () => {
    const { ports, deadLetter, letter } = letterWorld();
    await deadLetter(leadJob('a'));
    let interrupted = false;
    const change: typeof ports.ledger.change = async (at, reduce) => {
      if (!interrupted) {
        interrupted = true;
        expect(await discard(ports, 'a', 'no')).toEqual({ kind: 'discarded' });
      }
      return ports.ledger.change(at, reduce);
    };
    const prepared = await prepareLetter({ ...ports, ledger: { ...ports.ledger, change } }, 'a', null);
    expect(prepared).toEqual({ kind: 'closed', letterId: 'a', status: 'discarded' });
    expect(letter('a')?.status).toBe('discarded');
    expect(ports.ledger.row('a')?.state).toMatchObject({ kind: 'dead-lettered', letterId: 'a' });
  });

  test('and a redrive at once leave no job queued without a letter that says so', async () => {
    for (let turn = 0; turn < 30; turn += 1) {
      const { ports, deadLetter, letter } = letterWorld();
      await deadLetter(leadJob('a'));
      const delayed = async <T>(ticks: number, what: () => Promise<T>) => {
        for (let i = 0; i < ticks; i += 1) await Promise.resolve();
        return what();
      };
      const [prepared] = await Promise.all([
        delayed(turn, () => prepareLetter(ports, 'a', null)),
        delayed(30 - turn, () => discard(ports, 'a', 'no')),
      ]);
      const row = ports.ledger.row('a');
      // Whoever wins: a discarded letter never leaves a row that waits for a message which nobody sends.
      if (letter('a')?.status === 'discarded') expect(row?.state.kind).toBe('dead-lettered');
      else expect(prepared.kind).toBe('ready');
    }
  });
});
