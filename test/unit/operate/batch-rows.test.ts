import { describe, expect, test } from 'vitest';
import { sentJob } from '../../../shared/ledger/chunks.ts';
import { firstRow } from '../../../shared/ledger/row.ts';
import { rowStandings } from '../../../shared/operate/batch-rows.ts';
import { each, leadJob, NOON } from '../../support/letters.ts';
import { operateWorld } from '../../support/operate.ts';

const job = (line: number, batch = 'b') => leadJob(`${batch}-${line}`, `lead${line}@example.com`, { batch });

async function standings(world: ReturnType<typeof operateWorld>, jobIds: readonly string[]) {
  const items = each(jobIds.map((jobId) => ({ jobId })));
  const found = await Array.fromAsync(rowStandings(world.ports, 'b', items));
  return found.map(({ item, standing }) => ({ ...item, ...standing }));
}

describe('how the jobs of the rows of a file stand', () => {
  test('is said of each, in the order of the rows', async () => {
    const world = operateWorld();
    await world.deadLetter(job(3));
    const row = (line: number, batch?: string) =>
      firstRow(job(line, batch), { sequenceNumber: '1', enqueuedAt: NOON });
    await world.putRow({
      ...row(2),
      state: { kind: 'completed', at: NOON, result: null, resultDropped: false },
    });
    await world.putRow({ ...row(4), state: { kind: 'waiting', reason: 'backoff', until: NOON + 60_000 } });
    await world.putRow(row(9, 'other'));
    await world.ports.chunks.change('b/line-0', () => ({ jobs: [sentJob(job(5), 'digest', NOON)] }));
    expect(await standings(world, ['b-5', 'b-4', 'b-3', 'b-2', 'b-6', 'other-9', ''])).toMatchObject([
      { jobId: 'b-5', kind: 'open', state: 'queued', waiting: null },
      {
        jobId: 'b-4',
        kind: 'open',
        state: 'waiting',
        waiting: { reason: 'backoff', until: '2026-11-22T12:01:00.000Z' },
      },
      { jobId: 'b-3', kind: 'ended', answer: { kind: 'dead-lettered', code: 20105 } },
      { jobId: 'b-2', kind: 'ended', answer: { kind: 'completed' } },
      { jobId: 'b-6', kind: 'unknown' },
      { jobId: 'other-9', kind: 'unknown' },
      { jobId: '', kind: 'unknown' },
    ]);
  });

  test('reads a hundred rows at a time, and the chunk of their lines once', async () => {
    const world = operateWorld();
    let rowReads = 0;
    let chunkReads = 0;
    const ports = {
      ...world.ports,
      ledger: {
        ...world.ports.ledger,
        getAll: (jobIds: readonly string[]) => {
          rowReads += 1;
          return world.ports.ledger.getAll(jobIds);
        },
      },
      chunks: {
        ...world.ports.chunks,
        get: (chunkId: string) => {
          chunkReads += 1;
          return world.ports.chunks.get(chunkId);
        },
      },
    };
    const items = each(Array.from({ length: 250 }, (_, i) => ({ jobId: `b-${i}` })));
    expect(await Array.fromAsync(rowStandings(ports, 'b', items))).toHaveLength(250);
    expect({ rowReads, chunkReads }).toEqual({ rowReads: 3, chunkReads: 3 });
  });

  test('names a row that cannot be read, and goes on', async () => {
    const world = operateWorld();
    const ledger: typeof world.ports.ledger = {
      ...world.ports.ledger,
      getAll: async (_, onUnreadable) => {
        onUnreadable?.('b-2', new Error('torn'));
        return [];
      },
    };
    const items = each([{ jobId: 'b-2' }, { jobId: 'b-3' }]);
    expect(await Array.fromAsync(rowStandings({ ...world.ports, ledger }, 'b', items))).toMatchObject([
      { standing: { kind: 'unreadable', error: 'torn' } },
      { standing: { kind: 'unknown' } },
    ]);
  });
});
