import { describe, expect, test } from 'vitest';
import type { LetterDraft } from '../../../../shared/deadletter/archive.ts';
import type { Job } from '../../../../shared/job/job.ts';
import { digestOf } from '../../../../shared/job/message.ts';
import { FORGOTTEN_DIGEST, firstRow, type JobState } from '../../../../shared/ledger/row.ts';
import { readStandings, redriveCorrected } from '../../../../shared/operate/redrive/correction.ts';
import { prepareLetter } from '../../../../shared/operate/redrive/letter.ts';
import type { Candidate } from '../../../../shared/operate/redrive/plan.ts';
import { leadJob, letterWorld, NOON } from '../../../support/letters.ts';

type World = ReturnType<typeof letterWorld>;

const standing = async ({ ports }: Pick<World, 'ports'>, job: Job, includeInDoubt = false) =>
  (await readStandings(ports, [job.id], { includeInDoubt }))({ job, digest: digestOf(job) });

/** What is to be redriven of these corrections, all of which are of dead jobs. */
async function deadOf(world: World, jobs: readonly Job[]) {
  const letters: Candidate[] = [];
  const edits = new Map<string, string>();
  for (const job of jobs) {
    const found = await standing(world, job);
    if (found.kind !== 'dead') throw new Error(`${job.id} is ${found.kind}`);
    letters.push(found.letter);
    edits.set(found.letter.letterId, found.edit);
  }
  return { letters, edit: async (letterId: string) => edits.get(letterId) ?? '' };
}

const redriveAll = async (
  world: World,
  jobs: readonly Job[],
  isStopAsked = () => false,
  first = Number.POSITIVE_INFINITY,
  mayRestFollow = async () => true,
) => {
  const { letters, edit } = await deadOf(world, jobs);
  const options = { edit, isStopAsked, first, mayRestFollow };
  return Array.fromAsync(redriveCorrected(world.ports, letters, options));
};

async function withRow(job: Job, state: JobState, digest = digestOf(job)): Promise<World> {
  const world = letterWorld();
  await world.putRow({ ...firstRow(job, { sequenceNumber: '1', enqueuedAt: NOON }), state, digest });
  return world;
}

const COMPLETED: JobState = { kind: 'completed', at: NOON, result: null, resultDropped: false };

describe('how the job of a corrected row stands', () => {
  test('is unknown where no row tells of it', async () => {
    expect(await standing(letterWorld(), leadJob('b-2'))).toEqual({ kind: 'unknown' });
  });

  test('is the same while it lives and once it has completed with the same contents', async () => {
    for (const state of [{ kind: 'queued' } as const, COMPLETED]) {
      const world = await withRow(leadJob('b-2'), state);
      expect(await standing(world, leadJob('b-2'))).toEqual({ kind: 'same' });
    }
  });

  test.each<readonly [string, JobState, string]>([
    ['lives', { kind: 'queued' }, 'has not ended'],
    ['has completed', COMPLETED, 'completed with other contents'],
  ])('is refused with other contents when it %s', async (_, state, words) => {
    const world = await withRow(leadJob('b-2'), state);
    expect(await standing(world, leadJob('b-2', 'bo@example.com'))).toEqual({
      kind: 'refused',
      error: expect.stringContaining(words),
    });
  });

  test('is refused when it was cancelled, even with the same contents, since it never ran', async () => {
    const world = await withRow(leadJob('b-2'), { kind: 'cancelled', at: NOON });
    expect(await standing(world, leadJob('b-2'))).toMatchObject({
      error: expect.stringContaining('cancelled'),
    });
  });

  test('is refused when its lead was forgotten', async () => {
    const world = await withRow(leadJob('b-2'), COMPLETED, FORGOTTEN_DIGEST);
    expect(await standing(world, leadJob('b-2'))).toMatchObject({
      error: expect.stringContaining('forgotten'),
    });
  });

  test('is dead with an edit that keeps what the row does not say, and the batch', async () => {
    const world = letterWorld();
    await world.deadLetter(
      leadJob('b-2', 'ann@example', { batch: 'b', maxAttempts: 3, enqueuedAt: '2026-11-21T12:00:00Z' }),
    );
    const row = leadJob('b-2', 'ann@example.com', {
      batch: 'other',
      maxAttempts: 5,
      enqueuedAt: '2026-11-22T12:00:00Z',
    });
    const found = await standing(world, row);
    if (found.kind !== 'dead') throw new Error(found.kind);
    expect(JSON.parse(found.edit)).toEqual({
      ...leadJob('b-2', 'ann@example.com'),
      batch: 'b',
      maxAttempts: 5,
      enqueuedAt: '2026-11-21T12:00:00Z',
    });
    expect(found.letter.orderingKey).toBe('lead:EMAIL:ann@example.com');
  });

  test('is dead, too, when the row is just as it was', async () => {
    const world = letterWorld();
    await world.deadLetter(leadJob('b-2'));
    expect(await standing(world, leadJob('b-2'))).toMatchObject({ kind: 'dead' });
  });

  test('is refused in doubt, unless that is asked for', async () => {
    const world = letterWorld();
    await world.deadLetter(leadJob('b-2'), { class: 'in-doubt' });
    expect(await standing(world, leadJob('b-2'))).toMatchObject({
      error: expect.stringContaining('--include-in-doubt'),
    });
    expect(await standing(world, leadJob('b-2'), true)).toMatchObject({ kind: 'dead' });
  });

  test.each<readonly [string, (world: World) => Promise<unknown>, string]>([
    ['discarded', (world) => close(world, 'discarded'), 'discarded'],
    ['removed', (world) => world.ports.archive.remove('b-2'), 'removed'],
  ])('is refused when its letter was %s', async (_, change, words) => {
    const world = letterWorld();
    await world.deadLetter(leadJob('b-2'));
    await change(world);
    expect(await standing(world, leadJob('b-2'))).toMatchObject({ error: expect.stringContaining(words) });
  });

  test('is refused when its batch was cancelled after it died', async () => {
    const world = letterWorld();
    await world.deadLetter(leadJob('b-2', 'ann@example.com', { batch: 'b' }));
    await world.ports.cancellations.change('b', () => ({ at: NOON }));
    expect(await standing(world, leadJob('b-2'))).toMatchObject({
      error: expect.stringContaining('cancelled'),
    });
  });

  test('is refused when the id is that of a job of another operation', async () => {
    const world = letterWorld();
    await world.deadLetter(leadJob('b-2'), { operation: 'getLead' });
    expect(await standing(world, leadJob('b-2'))).toMatchObject({
      error: expect.stringContaining('getLead job'),
    });
  });
});

describe('what cannot be read', () => {
  test('of one job refuses its corrections alone', async () => {
    const { ports } = letterWorld();
    const getAll: typeof ports.ledger.getAll = async (jobIds, onUnreadable) => {
      onUnreadable?.('b-2', new Error('not a row'));
      return ports.ledger.getAll(jobIds);
    };
    const jobs = [leadJob('b-2'), leadJob('b-3')];
    const standingOf = await readStandings(
      { ...ports, ledger: { ...ports.ledger, getAll } },
      jobs.map(({ id }) => id),
      { includeInDoubt: false },
    );
    expect(await Promise.all(jobs.map((job) => standingOf({ job, digest: digestOf(job) })))).toEqual([
      { kind: 'refused', error: 'nothing was sent, the ledger could not be asked about b-2: not a row' },
      { kind: 'unknown' },
    ]);
  });

  test('of a letter refuses the correction', async () => {
    const { ports, deadLetter } = letterWorld();
    await deadLetter(leadJob('b-2'));
    const getAll: typeof ports.archive.getAll = async (letterIds, onUnreadable) => {
      for (const letterId of letterIds) onUnreadable(letterId, new Error('not a letter'));
      return [];
    };
    expect(
      await standing({ ports: { ...ports, archive: { ...ports.archive, getAll } } }, leadJob('b-2')),
    ).toMatchObject({ kind: 'refused', error: expect.stringContaining('b-2: not a letter') });
  });

  test('because the table does not answer refuses each correction', async () => {
    const { ports } = letterWorld();
    const getAll = () => Promise.reject(new Error('throttled'));
    expect(
      await standing({ ports: { ...ports, ledger: { ...ports.ledger, getAll } } }, leadJob('b-2')),
    ).toMatchObject({ kind: 'refused', error: expect.stringContaining('throttled') });
  });
});

const close = ({ ports }: World, status: 'discarded') =>
  ports.archive.change('b-2', (head) => head && { ...head, status });

describe('a redrive of corrections', () => {
  const dead = (world: World, line: number, email: string, more: Partial<LetterDraft> = {}) =>
    world.deadLetter(leadJob(`b-${line}`, email), { deadLetteredAt: NOON + line, ...more });

  test('closes the letters as redriven and sends the next epoch, without waiting for an end', async () => {
    const world = letterWorld();
    await dead(world, 2, 'ann@example');
    expect(await redriveAll(world, [leadJob('b-2', 'ann@example.com')])).toEqual([
      { kind: 'redriven', letterId: 'b-2', jobId: 'b-2', epoch: 1 },
    ]);
    expect(world.sent()).toEqual([{ ...leadJob('b-2', 'ann@example.com'), epoch: 1 }]);
    expect(world.letter('b-2')).toMatchObject({ status: 'redriven', closing: { edited: true } });
    expect(world.ports.ledger.row('b-2')).toMatchObject({ epoch: 1, state: { kind: 'queued' } });
  });

  test('keeps the order in which the jobs of a lead were enqueued, by the key that they have now', async () => {
    const world = letterWorld();
    await dead(world, 2, 'ann@example', { sequenceNumber: '10' });
    await dead(world, 3, 'ann@example.com', { sequenceNumber: '11', deadLetteredAt: NOON });
    await redriveAll(world, [leadJob('b-3', 'ann@example.com'), leadJob('b-2', 'ann@example.com')]);
    expect(world.sent().map(({ id }) => id)).toEqual(['b-2', 'b-3']);
  });

  test('goes on with one that was interrupted before its message was sent', async () => {
    const world = letterWorld();
    await dead(world, 2, 'ann@example');
    const row = leadJob('b-2', 'ann@example.com', { enqueuedAt: '2026-11-22T12:00:00Z' });
    const { edit } = await deadOf(world, [row]);
    await prepareLetter(world.ports, 'b-2', await edit('b-2'));
    expect(world.sent()).toEqual([]);
    expect(world.letter('b-2')?.status).toBe('redriving');
    await redriveAll(world, [{ ...row, enqueuedAt: '2026-11-22T13:00:00Z' }]);
    expect(world.sent()).toMatchObject([{ id: 'b-2', epoch: 1 }]);
    expect(world.letter('b-2')?.status).toBe('redriven');
    // And once it is on its way, the same row is known.
    expect(await standing(world, row)).toEqual({ kind: 'same' });
  });

  test('sends nothing more once a stop is asked for', async () => {
    const world = letterWorld();
    await dead(world, 2, 'ann@example');
    expect(await redriveAll(world, [leadJob('b-2')], () => true)).toEqual([]);
    expect(world.letter('b-2')?.status).toBe('open');
  });
});

describe('the first of the corrected', () => {
  const dead = async (count: number) => {
    const world = letterWorld();
    const jobs = Array.from({ length: count }, (_, i) => leadJob(`b-${i}`, `lead-${i}@example.com`));
    for (const job of jobs) await world.deadLetter(job);
    const corrected = jobs.map((job) => ({ ...job, params: { ...job.params, returnLead: true } }) as Job);
    return { world, corrected };
  };

  test('go ahead, and the others only if they may follow', async () => {
    for (const mayFollow of [true, false]) {
      const { world, corrected } = await dead(5);
      const asked: number[] = [];
      const sent = await redriveAll(
        world,
        corrected,
        () => false,
        2,
        async () => {
          asked.push(world.sent().length);
          return mayFollow;
        },
      );
      expect(asked).toEqual([2]);
      expect(sent).toHaveLength(mayFollow ? 5 : 2);
      expect(world.sent()).toHaveLength(mayFollow ? 5 : 2);
    }
  });

  test('are asked for nothing where they are all', async () => {
    const { world, corrected } = await dead(2);
    const ask = () => Promise.reject(new Error('nobody is to ask'));
    expect(await redriveAll(world, corrected, () => false, 2, ask)).toHaveLength(2);
  });
});
