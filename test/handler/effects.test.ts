import { describe, expect, test } from 'vitest';
import type { JobRow } from '../../shared/ledger/row.ts';
import { runBatch } from '../../shared/run/batch.ts';
import {
  createWorld,
  deliveryOf,
  marketoFault,
  ok,
  requestCampaignJob,
  syncLeadJob,
  type World,
} from '../support/work-world.ts';

/** Writes over the job's row as another run, or an earlier one, would have left it. */
async function leaveRow(world: World, jobId: string, change: Partial<JobRow>): Promise<void> {
  const row = world.ledger.row(jobId);
  if (row === null) throw new Error(`there is no row of ${jobId}`);
  world.ledger.put({ ...row, ...change });
}

describe('the claim', () => {
  test.each([
    ['a job that nobody has heard of', 1],
    ['a job that was delivered before', 2],
  ])(
    'of two runs that take %s at the same moment one calls Marketo, and the other keeps its hands off',
    async (_, receiveCount) => {
      const world = createWorld();
      const job = syncLeadJob('j1');
      const ends = await Promise.all([1, 2].map(() => world.run(deliveryOf(job, { receiveCount }))));
      expect(world.sends).toHaveLength(1);
      expect(ends.map(({ kind }) => kind).sort()).toEqual(['acknowledge', 'hide']);
    },
  );

  test('a job in doubt stays in doubt if the run that took it over dies before it has judged it', async () => {
    const world = createWorld();
    const job = requestCampaignJob('j1');
    await world.claim(job);
    const left = {
      kind: 'running',
      owner: 'run.first',
      leaseUntil: world.now(),
      intentAt: world.now(),
    } as const;
    await leaveRow(world, 'j1', { state: left });
    const taken = await world.claim(job);
    expect(taken).toMatchObject({ kind: 'claimed', as: 'in-doubt' });
    world.advance(400_000);
    await world.run(job);
    expect(world.archive.letters()).toMatchObject([{ letterId: 'j1', class: 'in-doubt' }]);
    expect(world.sends).toHaveLength(0);
  });

  test('a redriven job keeps the place of its first message, and a new one has that of its own', async () => {
    const world = createWorld();
    await world.run(deliveryOf(syncLeadJob('new'), { sequenceNumber: '99' }));
    expect(world.ledger.row('new')?.sequenceNumber).toBe('99');
    await world.run(deliveryOf(syncLeadJob('old'), { sequenceNumber: '5' }));
    await leaveRow(world, 'old', { epoch: 1, state: { kind: 'queued' } });
    await world.run(deliveryOf(syncLeadJob('old', undefined, { epoch: 1 }), { sequenceNumber: '99' }));
    expect(world.ledger.row('old')).toMatchObject({ epoch: 1, sequenceNumber: '5' });
  });
});

describe('the order of effects', () => {
  test('a message is acknowledged only once the ledger says how its job ended', async () => {
    let writes = 0;
    let broken = true;
    const world = createWorld({
      // The first write is the claim, the second the record.
      faults: { ledger: (method) => (method === 'replace' && ++writes > 1 && broken ? 'throw' : null) },
    });
    const delivery = deliveryOf(syncLeadJob('j1'));
    expect((await runBatch([delivery], world.invocation(), world.ports)).failed).toEqual([
      delivery.messageId,
    ]);
    expect(world.sends).toHaveLength(1);
    broken = false;
    world.advance(400_000);
    const again = deliveryOf(syncLeadJob('j1'));
    expect((await runBatch([again], world.invocation(), world.ports)).failed).toEqual([]);
    expect(world.ledger.row('j1')?.state.kind).toBe('completed');
  });

  test('a dead letter that could not be filed comes back and is filed without another call', async () => {
    let broken = true;
    const world = createWorld({
      answer: () => marketoFault(20105),
      faults: { archive: (method) => (method === 'replace' && broken ? 'throw' : null) },
    });
    const delivery = deliveryOf(syncLeadJob('j1'));
    expect((await runBatch([delivery], world.invocation(), world.ports)).failed).toEqual([
      delivery.messageId,
    ]);
    expect(world.ledger.row('j1')?.state.kind).toBe('decided');
    broken = false;
    const again = deliveryOf(syncLeadJob('j1'));
    expect((await runBatch([again], world.invocation(), world.ports)).failed).toEqual([]);
    expect(world.archive.letters()).toMatchObject([{ letterId: 'j1', code: 20105 }]);
    expect(world.ledger.row('j1')?.state.kind).toBe('dead-lettered');
    expect(world.sends).toHaveLength(1);
  });
});

describe('the record', () => {
  test('the letter of a job with one failed record keeps that record alone for a redrive', async () => {
    const records = ['ann@example.com', 'bob@example.com'].map((Email) => ({ Email }));
    const world = createWorld({
      answer: () =>
        ok({
          result: {
            syncStatusList: {
              syncStatus: [
                { leadId: 1, status: 'CREATED' },
                { leadId: 0, status: 'FAILED', error: 'bad address' },
              ],
            },
          },
        }),
    });
    const job = {
      ...syncLeadJob('j1'),
      operation: 'syncMultipleLeads',
      params: { leadRecordList: { leadRecord: records }, dedupEnabled: true },
    } as const;
    await world.run(job);
    const [letter] = world.archive.letters();
    expect(letter).toMatchObject({ class: 'record-failed', retryBody: { kind: 'inline' } });
    const kept = letter?.retryBody?.kind === 'inline' ? letter.retryBody.text : '';
    expect(kept).toContain('bob@example.com');
    expect(kept).not.toContain('ann@example.com');
  });
});
