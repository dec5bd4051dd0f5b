import { expect, test } from 'vitest';
import { DAY_MS } from '../../../shared/kernel/clock.ts';
import { lineChunkId, looseChunkId, type SentJob } from '../../../shared/ledger/chunks.ts';
import { cancelBatch, findBatch } from '../../../shared/operate/batch.ts';
import type { JobFilter } from '../../../shared/operate/job-filter.ts';
import { findJob } from '../../../shared/operate/jobs.ts';
import { NOON } from '../../support/letters.ts';
import { listed } from '../../support/listed.ts';
import { operateWorld } from '../../support/operate.ts';
import { jobRow } from '../../support/rows.ts';

const sent = (id: string, at = NOON): SentJob => ({ id, digest: '', operation: 'syncLead', at });
const done = { kind: 'completed', at: NOON, result: null, resultDropped: false } as const;
const dead = { kind: 'dead-lettered', at: NOON, letterId: 'b-3', quietUntil: null } as const;
const OLD = NOON - 14 * DAY_MS;

/** A batch `b` of four lines, of which the second has completed, the third is dead, and a worker has the fourth. */
function worldOfFour(at = NOON) {
  const { ports } = operateWorld();
  const jobs = ['b-1', 'b-2', 'b-3', 'b-4'].map((id) => sent(id, at));
  ports.chunks.put(lineChunkId('b', 1), { jobs });
  ports.ledger.put(jobRow({ jobId: 'b-2', batch: 'b', state: done }));
  ports.ledger.put(jobRow({ jobId: 'b-3', batch: 'b', state: dead }));
  const running = { kind: 'running', owner: 'o', leaseUntil: NOON, intentAt: null } as const;
  ports.ledger.put(jobRow({ jobId: 'b-4', batch: 'b', state: running }));
  return ports;
}

test('a batch counts each job once, whether a row or a chunk tells of it, or both', async () => {
  const ports = worldOfFour();
  ports.chunks.put(looseChunkId('b', [sent('own')]), { jobs: [sent('own'), sent('b-2')] });
  ports.ledger.put(jobRow({ jobId: 'bare', batch: 'b', state: done }));
  expect(await findBatch(ports, 'b')).toEqual({
    batch: 'b',
    total: 6,
    completed: 2,
    deadLettered: 1,
    cancelled: 0,
    waiting: 3,
  });
  expect(await findBatch(ports, 'c')).toBeNull();
});

test('a job that no row tells of does not wait once no queue can hold it, and one with a row does', async () => {
  const ports = worldOfFour(OLD);
  expect(await findBatch(ports, 'b')).toMatchObject({ total: 3, waiting: 1 });
  ports.chunks.put(lineChunkId('b', 1), { jobs: [sent('b-1', OLD + 1), sent('b-4', OLD)] });
  expect(await findBatch(ports, 'b')).toMatchObject({ total: 4, waiting: 2 });
});

test('a batch is none once nothing of it is left but what no queue can hold', async () => {
  const { ports } = operateWorld();
  ports.chunks.put(lineChunkId('b', 1), { jobs: [sent('b-1', OLD)] });
  expect(await findBatch(ports, 'b')).toBeNull();
});

test('a job sent in bulk is queued by its chunk until a worker takes it', async () => {
  const ports = worldOfFour();
  expect((await findJob(ports, 'b-1'))?.json).toEqual({
    id: 'b-1',
    operation: 'syncLead',
    state: 'queued',
    attempts: [],
    waiting: null,
    result: null,
  });
  expect((await findJob(ports, 'b-2'))?.json.state).toBe('completed');
  expect(await findJob(ports, 'b-5')).toBeNull();
  expect(await findJob(ports, 'b')).toBeNull();
  expect(await findJob(worldOfFour(OLD), 'b-1')).toBeNull();
});

test('a list of a batch holds what only a chunk tells of, as it is, and under the state that is asked for', async () => {
  const ports = worldOfFour();
  const idsAndStates = async (filter: JobFilter, limit = 10) =>
    (await listed(ports, { batch: 'b', ...filter }, { limit })).jobs.map(
      ({ json }) => `${json.id} ${json.state}`,
    );
  expect((await idsAndStates({})).sort()).toEqual([
    'b-1 queued',
    'b-2 completed',
    'b-3 dead-lettered',
    'b-4 running',
  ]);
  expect(await idsAndStates({ state: 'queued' })).toEqual(['b-1 queued']);
  expect(await idsAndStates({ state: 'running' })).toEqual(['b-4 running']);
  expect(await idsAndStates({ state: 'completed' })).toEqual(['b-2 completed']);
  expect(await idsAndStates({ state: 'cancelled' })).toEqual([]);
  expect(await idsAndStates({}, 2)).toHaveLength(2);
});

test('a batch is cancelled once: a second time changes nothing, and what has ended counts as it ended', async () => {
  const ports = worldOfFour();
  expect(await cancelBatch(ports, 'b')).toMatchObject({
    total: 4,
    completed: 1,
    deadLettered: 1,
    waiting: 2,
  });
  expect(await ports.cancellations.get('b')).toEqual({ at: NOON });
  await cancelBatch({ ...ports, clock: () => NOON + 1 }, 'b');
  expect(await ports.cancellations.get('b')).toEqual({ at: NOON });
  ports.ledger.put(jobRow({ jobId: 'b-1', batch: 'b', state: { kind: 'cancelled', at: NOON } }));
  expect(await findBatch(ports, 'b')).toMatchObject({ total: 4, completed: 1, cancelled: 1, waiting: 1 });
  expect((await findJob(ports, 'b-1'))?.json).toMatchObject({ state: 'cancelled', waiting: null });
});

test('a batch that nobody has heard of is not cancelled, and its name stays free', async () => {
  const ports = worldOfFour();
  expect(await cancelBatch(ports, 'c')).toBeNull();
  expect(await ports.cancellations.get('c')).toBeNull();
});
