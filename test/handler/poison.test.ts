import { describe, expect, test } from 'vitest';
import { CLAIMS_ALONE } from '../../shared/config/limits.ts';
import type { Job } from '../../shared/job/job.ts';
import type { RunPorts } from '../../shared/run/ports.ts';
import { run } from '../../shared/run/run.ts';
import type { Step } from '../../shared/run/trace.ts';
import { createTurns } from '../../shared/run/turns.ts';
import {
  createWorld,
  deliveryOf,
  dieAt,
  marketoFault,
  syncLeadJob,
  type World,
  working,
} from '../support/work-world.ts';

/** The process that is started after so many deaths of the ones before it: its claims alone are live. */
const restart = (world: World, deaths: number): Partial<RunPorts> => ({
  settings: { ...world.ports.settings, soleInstance: `life-${deaths}` },
});

/** Kills so many processes at this step of the job, one after the other, each long after the last. */
async function killAt(world: World, step: Step, job: Job, times: number): Promise<void> {
  for (let deaths = 0; deaths < times; deaths += 1) {
    await dieAt(world, step, job, restart(world, deaths));
    world.advance(200_000);
  }
}

describe('a death of the worker', () => {
  test('does not count against a job that had no permit: it cannot have been the cause', async () => {
    const world = createWorld({ soleInstance: 'life' });
    const job = syncLeadJob('waiting');
    await killAt(world, 'claimed', job, 8);
    expect(await world.run(job, restart(world, 8))).toEqual({ kind: 'acknowledge' });
    expect(world.ledger.row('waiting')?.state.kind).toBe('completed');
    expect(world.archive.letters()).toEqual([]);
  });

  test.each(['admitted', 'sent', 'replied'] as const)(
    'counts against a job that was %s, and the fifth start is a letter without a call',
    async (step) => {
      const world = createWorld({ soleInstance: 'life' });
      const job = syncLeadJob('killer');
      await killAt(world, step, job, 4);
      const sends = world.sends.length;
      expect(await world.run(job, restart(world, 4))).toEqual({ kind: 'acknowledge' });
      expect(world.archive.letters()).toMatchObject([{ letterId: 'killer', class: 'poison' }]);
      expect(world.sends).toHaveLength(sends);
    },
  );

  test('counts against whoever was alone in the process, permit or not', async () => {
    const world = createWorld({ soleInstance: 'life' });
    const job = syncLeadJob('killer');
    await killAt(world, 'claimed', job, CLAIMS_ALONE - 1);
    expect(world.ledger.row('killer')).toMatchObject({ starts: 1, state: { alone: false } });
    // So often claimed and never settled, it is given the process to itself from now on.
    await killAt(world, 'claimed', job, 4);
    await world.run(job, restart(world, CLAIMS_ALONE + 3));
    expect(world.archive.letters()).toMatchObject([{ letterId: 'killer', class: 'poison' }]);
  });

  test('does not count against a job that had no permit, hours later: no permit of that time is forgotten', async () => {
    const world = createWorld();
    for (let deaths = 0; deaths < 8; deaths += 1) {
      await dieAt(world, 'claimed', syncLeadJob('late'));
      // Long past what the budget remembers of each permit.
      world.advance(2 * 3_600_000);
    }
    expect(world.ledger.row('late')).toMatchObject({ starts: 1, claims: 8 });
    await world.run(syncLeadJob('late'));
    expect(world.ledger.row('late')?.state.kind).toBe('completed');
  });

  test.each(['claimed', 'admitted'] as const)(
    'counts against a job that was %s when nobody can tell any more whether it had one of the forgotten permits',
    async (step) => {
      const world = createWorld();
      await dieAt(world, 'admitted', syncLeadJob('with-a-permit'));
      await dieAt(world, step, syncLeadJob('late'));
      world.advance(2 * 3_600_000);
      // The next permit writes the document without the old ones.
      await world.run(syncLeadJob('next'));
      await dieAt(world, 'claimed', syncLeadJob('late'));
      expect(world.ledger.row('late')?.starts).toBe(2);
    },
  );

  test('is forgotten once a run has settled the job', async () => {
    const world = createWorld({ soleInstance: 'life' });
    const job = syncLeadJob('once');
    await killAt(world, 'claimed', job, 3);
    await world.run(job, restart(world, 3));
    expect(world.ledger.row('once')).toMatchObject({ starts: 0, claims: 0 });
  });
});

describe('a letter over which the worker dies', () => {
  const dying = async (deaths: number) => {
    const world = createWorld({ soleInstance: 'life', answer: () => marketoFault(20105) });
    const job = syncLeadJob('a');
    // The first run decides, and dies while it files; so does every later one.
    for (let death = 0; death < deaths; death += 1) await dieAt(world, 'filed', job, restart(world, death));
    return { world, job };
  };

  test('is filed whole as long as it may be a matter of chance', async () => {
    const { world, job } = await dying(3);
    expect(await world.run(job, restart(world, 3))).toEqual({ kind: 'acknowledge' });
    expect(world.archive.letters()).toMatchObject([{ letterId: 'a', response: { text: '<response/>' } }]);
    expect(world.sends).toHaveLength(1);
  });

  test('is filed at last without the texts of its exchange, and says so', async () => {
    const { world, job } = await dying(1);
    // What it dies of comes before the letter is there.
    await world.archive.remove('a');
    const row = world.ledger.row('a');
    if (row?.state.kind !== 'decided') throw new Error('not decided');
    world.ledger.put({ ...row, state: { ...row.state, tries: 3 } });
    expect(await world.run(job, restart(world, 9))).toEqual({ kind: 'acknowledge' });
    const [letter] = world.archive.letters();
    expect(letter).toMatchObject({
      class: 'invalid-request',
      code: 20105,
      request: { text: expect.stringContaining('left out') },
      response: { text: 'left out: the worker stopped 4 times while it filed this letter' },
    });
  });

  test('counts each try that a later run makes, and is settled alone from the second on', async () => {
    const { world, job } = await dying(2);
    expect(world.ledger.row('a')?.state).toMatchObject({ kind: 'decided', tries: 1 });
    let alone = 0;
    const untilApart = async (): Promise<void> => {
      alone += 1;
    };
    const turn = { untilApart, isAlone: () => false, leave: () => {} };
    await run(deliveryOf(job), turn, working(world.invocation(), world.ports), world.ports);
    expect(alone).toBe(1);
  });
});

describe('a turn', () => {
  test('alone waits for every other of the process, whatever batch it came in, and keeps the next ones out', async () => {
    const turns = createTurns();
    const order: string[] = [];
    const [first, second] = [await turns.enter(), await turns.enter()];
    expect(first.isAlone()).toBe(false);
    const alone = first.untilApart(1).then(() => order.push('alone'));
    const third = turns.enter().then((turn) => {
      order.push('third');
      return turn;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(order).toEqual([]);
    second.leave();
    await alone;
    expect(first.isAlone()).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
    expect(order).toEqual(['alone']);
    first.leave();
    expect((await third).isAlone()).toBe(true);
    expect(order).toEqual(['alone', 'third']);
  });

  test('is given to one after the other of those that want to be alone', async () => {
    const turns = createTurns();
    const [a, b] = [await turns.enter(), await turns.enter()];
    let alone = 0;
    let most = 0;
    const work = async (turn: typeof a) => {
      await turn.untilApart(1);
      alone += 1;
      most = Math.max(most, alone);
      await new Promise((resolve) => setImmediate(resolve));
      alone -= 1;
      turn.leave();
    };
    await Promise.all([work(a), work(b)]);
    expect(most).toBe(1);
    expect((await turns.enter()).isAlone()).toBe(true);
  });
});
