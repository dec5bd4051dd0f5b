import { expect, test } from 'vitest';
import { lineChunkId, looseChunkId, type SentJob } from '../../../shared/ledger/chunks.ts';
import { listBatches } from '../../../shared/operate/batches.ts';
import { NOON } from '../../support/letters.ts';
import { operateWorld } from '../../support/operate.ts';
import { jobRow } from '../../support/rows.ts';

const sent = (id: string, at: number): SentJob => ({ id, digest: '', operation: 'syncLead', at });

test('batches are listed with how far they are, the newest first, and no more than asked for', async () => {
  const { ports } = operateWorld();
  ports.chunks.put(lineChunkId('old', 1), { jobs: [sent('old-1', NOON - 60_000)] });
  ports.chunks.put(lineChunkId('new', 1), { jobs: [sent('new-1', NOON), sent('new-2', NOON)] });
  ports.ledger.put(jobRow({ jobId: 'new-2', batch: 'new', state: { kind: 'cancelled', at: NOON } }));
  const { batches } = await listBatches(ports, 10);
  expect(batches).toEqual([
    {
      batch: 'new',
      total: 2,
      completed: 0,
      deadLettered: 0,
      cancelled: 1,
      waiting: 1,
      sentAt: '2026-11-22T12:00:00.000Z',
    },
    expect.objectContaining({ batch: 'old', total: 1, sentAt: '2026-11-22T11:59:00.000Z' }),
  ]);
  const one = await listBatches(ports, 1);
  expect(one.batches.map(({ batch }) => batch)).toEqual(['new']);
  expect(one.left).toBe(1);
});

test('a batch whose name is no key is named by the row of one of its jobs, and counted until there is one', async () => {
  const { ports } = operateWorld();
  const jobs = [sent('x', NOON)];
  ports.chunks.put(looseChunkId('Kampagne für alle', jobs), { jobs });
  expect(await listBatches(ports, 10)).toEqual({ batches: [], unnamed: 1, left: 0 });
  ports.ledger.put(jobRow({ jobId: 'x', batch: 'Kampagne für alle' }));
  expect(await listBatches(ports, 10)).toMatchObject({
    batches: [{ batch: 'Kampagne für alle', total: 1, waiting: 1 }],
    unnamed: 0,
  });
});
