import { describe, expect, test } from 'vitest';
import { MAX_BODY_BYTES } from '../../../../shared/config/limits.ts';
import { messageFor } from '../../../../shared/job/message.ts';
import { closeLetter, prepareLetter } from '../../../../shared/operate/redrive/letter.ts';
import { leadJob, letterWorld, NOON } from '../../../support/letters.ts';

const refusal = (message: string) => ({ kind: 'refused', letterId: 'a', message });

describe('preparing a letter', () => {
  test('refuses one that is not there', async () => {
    expect(await prepareLetter(letterWorld().ports, 'a', null)).toEqual(refusal('there is no such letter'));
  });

  test.each(['redriven', 'discarded'] as const)('finds one closed that is %s', async (status) => {
    const world = letterWorld();
    await world.deadLetter(leadJob('a'));
    await world.ports.archive.change('a', (head) => head && { ...head, status });
    expect(await prepareLetter(world.ports, 'a', null)).toEqual({ kind: 'closed', letterId: 'a', status });
    expect(world.ports.ledger.row('a')?.epoch).toBe(0);
  });

  test('refuses one that is being discarded', async () => {
    const world = letterWorld();
    await world.deadLetter(leadJob('a'));
    await world.ports.archive.change('a', (head) => head && { ...head, status: 'discarding' });
    expect(await prepareLetter(world.ports, 'a', null)).toEqual(
      refusal('it is being discarded; repeat the discard to end that'),
    );
  });

  test('refuses one whose text is gone, and leaves it open', async () => {
    const world = letterWorld();
    await world.deadLetter(leadJob('a', 'a@example.com', { meta: { note: 'x'.repeat(80_000) } }));
    world.ports.bodies.lose('a/job');
    expect(await prepareLetter(world.ports, 'a', null)).toEqual(refusal('the text of its job is gone'));
    expect(world.letter('a')?.status).toBe('open');
  });

  test('refuses an edit by a byte too long: its epoch needs room, too', async () => {
    const world = letterWorld();
    await world.deadLetter(leadJob('a'));
    const edit = (length: number) =>
      JSON.stringify(leadJob('a', undefined, { meta: { n: 'x'.repeat(length) } }));
    const bytesOf = (text: string) => messageFor({ ...JSON.parse(text), epoch: 1 }).body.length;
    const fits = edit(MAX_BODY_BYTES - bytesOf(edit(0)));
    expect(bytesOf(fits)).toBe(MAX_BODY_BYTES);
    const tooLong = edit(MAX_BODY_BYTES - bytesOf(edit(0)) + 1);
    expect(await prepareLetter(world.ports, 'a', tooLong)).toEqual(
      refusal(`its message would have ${MAX_BODY_BYTES + 1} bytes of at most ${MAX_BODY_BYTES}`),
    );
    expect(await prepareLetter(world.ports, 'a', fits)).toMatchObject({ kind: 'ready', epoch: 1 });
  });

  test.each([
    [null, 'being redriven'],
    [JSON.stringify(leadJob('a', 'b@example.com')), 'being redriven, edited'],
  ])('notes who is at it, edited or not: %j', async (edit, note) => {
    const world = letterWorld();
    await world.deadLetter(leadJob('a'));
    await prepareLetter(world.ports, 'a', edit);
    expect(world.letter('a')).toMatchObject({
      status: 'redriving',
      closing: { at: NOON, edited: edit !== null, note },
    });
  });

  test('leaves one line of who redrove it, however often it is repeated', async () => {
    const world = letterWorld();
    await world.deadLetter(leadJob('a'));
    await prepareLetter(world.ports, 'a', null);
    await prepareLetter({ ...world.ports, operator: async () => 'bo' }, 'a', null);
    await closeLetter(world.ports, 'a', 1);
    expect(world.letter('a')?.actions).toEqual([{ action: 'redrive', at: NOON, by: 'ann' }]);
  });

  test('keeps two long edits of one letter apart', async () => {
    const world = letterWorld();
    const edit = (letter: string) =>
      JSON.stringify(leadJob('a', `${letter}@example.com`, { meta: { n: letter.repeat(80_000) } }));
    const keys: unknown[] = [];
    for (const letter of ['b', 'c']) {
      await world.ports.archive.remove('a');
      await world.deadLetter(leadJob('a'));
      await prepareLetter(world.ports, 'a', edit(letter));
      const ref = world.letter('a')?.retryBody;
      keys.push(ref?.kind === 'parts' && ref.key);
      expect(ref && (await world.ports.bodies.load(ref))).toBe(edit(letter));
    }
    expect(keys[0]).toMatch(/^a\/edit-[0-9a-f]{16}$/);
    expect(keys[1]).not.toBe(keys[0]);
  });

  test('looks again where somebody else was quicker, and does what is left to do', async () => {
    const world = letterWorld();
    await world.deadLetter(leadJob('a'));
    let reads = 0;
    const archive: typeof world.ports.archive = {
      ...world.ports.archive,
      read: async (letterId) => {
        const copy = await world.ports.archive.read(letterId);
        reads += 1;
        if (reads === 1) await prepareLetter(world.ports, 'a', null);
        return copy;
      },
    };
    expect(await prepareLetter({ ...world.ports, archive }, 'a', null)).toMatchObject({
      kind: 'ready',
      epoch: 1,
    });
    expect(reads).toBe(2);
    expect(world.ports.ledger.row('a')?.epoch).toBe(1);
  });

  test('passes on a notBefore that is still ahead, and none that has come', async () => {
    const notBeforeOf = async (ahead: number) => {
      const world = letterWorld();
      const notBefore = new Date(NOON + ahead).toISOString();
      await world.deadLetter(leadJob('a', 'a@example.com', { notBefore }));
      const prepared = await prepareLetter(world.ports, 'a', null);
      return prepared.kind === 'ready' && JSON.parse(prepared.message.body).notBefore;
    };
    expect(await notBeforeOf(1)).toBe(new Date(NOON + 1).toISOString());
    expect(await notBeforeOf(0)).toBeUndefined();
  });

  test('closes the letter of a job that a run has taken, at its epoch', async () => {
    const world = letterWorld();
    await world.deadLetter(leadJob('a'));
    await prepareLetter(world.ports, 'a', null);
    await world.setState('a', { kind: 'completed', at: NOON, result: null, resultDropped: false });
    expect(await prepareLetter(world.ports, 'a', null)).toEqual({
      kind: 'gone-on',
      letterId: 'a',
      jobId: 'a',
      epoch: 1,
    });
    expect(world.letter('a')).toMatchObject({ status: 'redriven', closing: { note: 'redriven to epoch 1' } });
  });

  test('closes the letter of a job that has been redriven beyond it, at the epoch that it has reached', async () => {
    const world = letterWorld();
    await world.deadLetter(leadJob('a'));
    await prepareLetter(world.ports, 'a', null);
    const row = world.ports.ledger.row('a');
    if (row !== null) await world.putRow({ ...row, epoch: 3, starts: 1 });
    expect(await prepareLetter(world.ports, 'a', null)).toMatchObject({ kind: 'gone-on', epoch: 3 });
    expect(world.letter('a')?.closing?.note).toBe('redriven to epoch 3');
  });

  test('refuses one whose job is still under way, in words', async () => {
    const world = letterWorld();
    await world.deadLetter(leadJob('a'), {}, { kind: 'queued' });
    expect(await prepareLetter(world.ports, 'a', null)).toEqual(refusal('its job is queued'));
  });

  test('goes on with an edit that is given again, and refuses another one', async () => {
    const world = letterWorld();
    await world.deadLetter(leadJob('a'));
    const edit = JSON.stringify(leadJob('a', 'b@example.com'));
    await prepareLetter(world.ports, 'a', edit);
    expect(await prepareLetter(world.ports, 'a', edit)).toMatchObject({ kind: 'ready', epoch: 1 });
    const other = JSON.stringify(leadJob('a', 'c@example.com'));
    expect(await prepareLetter(world.ports, 'a', other)).toMatchObject({ kind: 'refused' });
  });

  test('lets an edit of what never was a job have an id of its own', async () => {
    const world = letterWorld();
    await world.deadLetter(leadJob('ghost'), { letterId: 'msg-1', class: 'malformed', jobBody: 'rubbish' });
    const edit = JSON.stringify(leadJob('fresh'));
    expect(await prepareLetter(world.ports, 'msg-1', edit)).toMatchObject({
      kind: 'ready',
      jobId: 'fresh',
      epoch: 0,
    });
  });

  test('takes the row back if the letter is gone when it has moved', async () => {
    const world = letterWorld();
    await world.deadLetter(leadJob('a'));
    const archive = { ...world.ports.archive, get: async () => null };
    const prepared = await prepareLetter({ ...world.ports, archive }, 'a', null);
    expect(prepared).toEqual({ kind: 'closed', letterId: 'a', status: 'discarded' });
    expect(world.ports.ledger.row('a')?.state).toMatchObject({ kind: 'dead-lettered', letterId: 'a' });
  });
});

describe('closing a letter', () => {
  const longJob = leadJob('a', 'a@example.com', { meta: { note: 'x'.repeat(80_000) } });

  test('lets its texts go, the retention after that', async () => {
    const world = letterWorld();
    await world.deadLetter(longJob);
    await prepareLetter(world.ports, 'a', null);
    expect(world.ports.bodies.expiresAt('a/job')).toBeNull();
    await closeLetter(world.ports, 'a', 1);
    expect(world.ports.bodies.expiresAt('a/job')).toBeGreaterThan(NOON);
    expect(world.letter('a')).toMatchObject({
      status: 'redriven',
      closing: { at: NOON, edited: false, note: 'redriven to epoch 1' },
    });
  });

  test.each(['open', 'discarded', 'discarding'] as const)('leaves one alone that is %s', async (status) => {
    const world = letterWorld();
    await world.deadLetter(longJob);
    await world.ports.archive.change('a', (head) => head && { ...head, status });
    const before = world.letter('a');
    await closeLetter(world.ports, 'a', 1);
    expect(world.letter('a')).toEqual(before);
    expect(world.ports.bodies.expiresAt('a/job')).toBeNull();
  });

  test('that is gone is no trouble, and one without a note was not edited', async () => {
    const world = letterWorld();
    await closeLetter(world.ports, 'a', 1);
    await world.deadLetter(leadJob('a'));
    await world.ports.archive.change('a', (head) => head && { ...head, status: 'redriving', closing: null });
    await closeLetter(world.ports, 'a', 3);
    expect(world.letter('a')?.closing).toMatchObject({ edited: false, note: 'redriven to epoch 3' });
  });
});
