import { describe, expect, test } from 'vitest';
import { collectBatch } from '../../shared/collect/collect.ts';
import { runBatch } from '../../shared/run/batch.ts';
import {
  createWorld,
  deliveryOf,
  marketoFault,
  requestCampaignJob,
  syncLeadJob,
  type World,
} from '../support/work-world.ts';

/** What the worker sent to the dead-letter queue, as the collector receives it. */
const noticesIn = (world: World) =>
  [...world.deadLetters.sent.values()].map((body) => ({ ...deliveryOf(syncLeadJob('n')), body }));

const dead = async (world: World, id = 'j1') => {
  await runBatch([deliveryOf(syncLeadJob(id))], world.invocation(), world.ports);
};

describe('collectBatch', () => {
  test('acknowledges the notice of a letter that is filed, and leaves the letter as it is', async () => {
    const world = createWorld({ answer: () => marketoFault(20105) });
    await dead(world);
    const before = world.archive.letters();
    expect(await collectBatch(noticesIn(world), world.ports)).toEqual({ failed: [] });
    expect(world.archive.letters()).toEqual(before);
  });

  test('files the letter of a notice if it is missing', async () => {
    const world = createWorld({ answer: () => marketoFault(20105) });
    await dead(world);
    const [before] = world.archive.letters();
    await world.archive.remove('j1');
    expect(await collectBatch(noticesIn(world), world.ports)).toEqual({ failed: [] });
    expect(world.archive.letters()).toMatchObject([
      {
        letterId: 'j1',
        class: 'invalid-request',
        code: 20105,
        cause: before?.cause,
        response: { text: '<response/>' },
      },
    ]);
  });

  test('files what SQS moved and nobody has seen as poison', async () => {
    const world = createWorld();
    expect(await collectBatch([deliveryOf(syncLeadJob('j1'))], world.ports)).toEqual({ failed: [] });
    expect(world.archive.letters()).toMatchObject([{ letterId: 'j1', class: 'poison' }]);
    expect(world.ledger.row('j1')?.state.kind).toBe('dead-lettered');
    expect(world.deadLetters.sent.size).toBe(0);
  });

  test('drops what SQS moved if the job has completed', async () => {
    const world = createWorld();
    await dead(world);
    expect(await collectBatch([deliveryOf(syncLeadJob('j1'))], world.ports)).toEqual({ failed: [] });
    expect(world.archive.letters()).toEqual([]);
  });

  test('files what SQS moved over an open intent as in doubt', async () => {
    const world = createWorld();
    const job = requestCampaignJob('j1');
    await runBatch([deliveryOf(job)], world.invocation(), world.ports);
    const row = world.ledger.row('j1');
    if (row === null) throw new Error('no row');
    const state = { kind: 'running', owner: 'run.dead', leaseUntil: 0, intentAt: 1 } as const;
    world.ledger.put({ ...row, state });
    await collectBatch([deliveryOf(job)], world.ports);
    expect(world.archive.letters()).toMatchObject([{ letterId: 'j1', class: 'in-doubt' }]);
  });

  test('leaves what SQS moved while its run lives, so that the run can finish', async () => {
    const world = createWorld();
    const job = requestCampaignJob('j1');
    await runBatch([deliveryOf(job)], world.invocation(), world.ports);
    const row = world.ledger.row('j1');
    if (row === null) throw new Error('no row');
    const state = { kind: 'running', owner: 'run.live', leaseUntil: world.now() + 1, intentAt: 1 } as const;
    world.ledger.put({ ...row, state });
    const delivery = deliveryOf(job);
    expect(await collectBatch([delivery], world.ports)).toEqual({ failed: [delivery.messageId] });
    expect(world.archive.letters()).toEqual([]);
  });

  test('finishes what was decided and never settled', async () => {
    const world = createWorld({
      answer: () => marketoFault(20105),
      faults: {
        archive: (method) =>
          method === 'replace' && world.archive.letters().length === 0 && broken ? 'throw' : null,
      },
    });
    let broken = true;
    await dead(world);
    expect(world.ledger.row('j1')?.state.kind).toBe('decided');
    broken = false;
    expect(await collectBatch([deliveryOf(syncLeadJob('j1'))], world.ports)).toEqual({ failed: [] });
    expect(world.archive.letters()).toMatchObject([{ letterId: 'j1', code: 20105 }]);
    expect(world.ledger.row('j1')?.state.kind).toBe('dead-lettered');
  });

  test.each(['', 'plain text', '{"kind":"mktq/dead-letter"}', 'null', '[]'])(
    'never fails on content: %j',
    async (body) => {
      const world = createWorld();
      const delivery = { ...deliveryOf(syncLeadJob('j1')), body };
      expect(await collectBatch([delivery], world.ports)).toEqual({ failed: [] });
      expect(world.archive.letters()).toMatchObject([{ class: 'malformed' }]);
    },
  );
});
