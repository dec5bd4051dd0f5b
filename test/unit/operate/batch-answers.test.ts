import type { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { dynamoLedger } from '../../../shared/aws/dynamo-ledger.ts';
import { rowAttributes } from '../../../shared/aws/dynamo-row.ts';
import { rowKey } from '../../../shared/aws/dynamo-table.ts';
import { MINUTE_MS, SECOND_MS } from '../../../shared/kernel/clock.ts';
import { seededRandom } from '../../../shared/kernel/random.ts';
import { CHUNK_LINES, lineChunkId, lineIdOf, type SentJob } from '../../../shared/ledger/chunks.ts';
import { batchAnswers, FAILED_KINDS, waitForBatch } from '../../../shared/operate/batch-answers.ts';
import { memoryChunks } from '../../memory/memory-chunks.ts';
import { virtualTime } from '../../memory/virtual-time.ts';
import { leadJob, NOON } from '../../support/letters.ts';
import { operateWorld } from '../../support/operate.ts';
import { jobRow } from '../../support/rows.ts';

const NO_OBSTACLES = async () => ({ holds: [], narrowings: [] });
const sent = (id: string, at = NOON): SentJob => ({ id, digest: '', operation: 'syncLead', at });
const completed = (text: string) =>
  ({ kind: 'completed', at: NOON, result: { kind: 'inline', text }, resultDropped: false }) as const;

/** A batch `b`: lines 1 to 4 waiting, completed, dead and cancelled, line 10 completed, and one with an id of its own. */
async function world() {
  const { ports, deadLetter, putRow, ...rest } = operateWorld();
  const ids = ['b-1', 'b-2', 'b-3', 'b-4', 'b-10', 'own'];
  ports.chunks.put(lineChunkId('b', 1), { jobs: ids.map((id) => sent(id)) });
  for (const jobId of ['own', 'b-10', 'b-2'])
    await putRow(jobRow({ jobId, batch: 'b', state: completed(`{"result":"${jobId}"}`) }));
  await deadLetter(leadJob('b-3', 'c@example.com', { batch: 'b' }));
  await putRow(jobRow({ jobId: 'b-4', batch: 'b', state: { kind: 'cancelled', at: NOON } }));
  return { ...rest, ports: { ...ports, random: seededRandom(1), obstacles: NO_OBSTACLES }, putRow };
}

describe('the answers of a batch', () => {
  test('come in the order of the lines, each with its result', async () => {
    const { ports } = await world();
    const results = await Array.fromAsync(batchAnswers(ports, 'b', ['completed']));
    expect(results.map(({ id, result }) => [id, result])).toEqual([
      ['b-2', { result: 'b-2' }],
      ['b-10', { result: 'b-10' }],
      ['own', { result: 'own' }],
    ]);
  });

  test('say of what its jobs died, and which were cancelled', async () => {
    const { ports } = await world();
    expect(await Array.fromAsync(batchAnswers(ports, 'b', FAILED_KINDS))).toMatchObject([
      { kind: 'dead-lettered', id: 'b-3', code: 20105, letterId: 'b-3' },
      { kind: 'cancelled', id: 'b-4' },
    ]);
  });

  test('miss none that had ended, though the index does not have it yet', async () => {
    const { ports } = await world();
    const lagging = { ...ports.ledger, ofBatch: async function* () {} };
    const results = batchAnswers({ ...ports, ledger: lagging }, 'b', ['completed']);
    expect((await Array.fromAsync(results)).map(({ id }) => id)).toEqual(['b-2', 'b-10', 'own']);
  });

  test('go on past one that cannot be read where somebody is told, and end with it where nobody is', async () => {
    const { ports } = await world();
    const archive = {
      ...ports.archive,
      get: async () => {
        throw new Error('not a letter');
      },
    };
    const told: string[] = [];
    const failures = batchAnswers({ ...ports, archive }, 'b', FAILED_KINDS, (jobId) => told.push(jobId));
    expect((await Array.fromAsync(failures)).map(({ id }) => id)).toEqual(['b-4']);
    expect(told).toEqual(['b-3']);
    const silent = batchAnswers({ ...ports, archive }, 'b', FAILED_KINDS);
    await expect(Array.fromAsync(silent)).rejects.toThrow('not a letter');
  });
});

describe('waiting for a batch', () => {
  test('ends with its last job, and counts how each ended', async () => {
    const here = await world();
    let sleeps = 0;
    here.onSleep = async () => {
      sleeps += 1;
      if (sleeps === 9) await here.putRow(jobRow({ jobId: 'b-1', batch: 'b', state: completed('{}') }));
    };
    // What a spread takes along is the function of before.
    const ports = { ...here.ports, sleep: async () => here.onSleep() };
    expect(await waitForBatch(ports, 'b', {})).toEqual({
      kind: 'ended',
      batch: 'b',
      total: 6,
      completed: 4,
      deadLettered: 1,
      cancelled: 1,
      waiting: 0,
    });
    expect(sleeps).toBe(9);
  });

  test('says when the time is up how far it is, and what holds the account', async () => {
    const { ports } = await world();
    const hold = {
      reason: 'quota',
      since: NOON,
      until: NOON + MINUTE_MS,
      message: '',
      probeAt: null,
    } as const;
    const held = { ...ports, obstacles: async () => ({ holds: [hold], narrowings: [] }) };
    expect(await waitForBatch(held, 'b', { timeoutMs: 30_000 })).toMatchObject({
      kind: 'pending',
      total: 6,
      waiting: 1,
      reason: 'quota',
      until: '2026-11-22T12:01:00.000Z',
    });
  });

  test('does not take a batch of which nothing is known for one that has ended', async () => {
    const { ports } = await world();
    expect(await waitForBatch(ports, 'none', { timeoutMs: 30_000 })).toMatchObject({
      kind: 'pending',
      total: 0,
      reason: null,
    });
  });
});

/** DynamoDB as far as a batch's index goes: pages of at most 1 MB, at some 150 B an entry. */
function countingClient(
  entriesIn: (partition: string) => readonly { readonly pk: string; readonly sk: string }[],
) {
  const PAGE = 7_000;
  const seen: string[] = [];
  const send = async (command: QueryCommand) => {
    seen.push(command.constructor.name);
    const { ExpressionAttributeValues, ExclusiveStartKey, Limit = PAGE } = command.input;
    const all = entriesIn(ExpressionAttributeValues?.[':partition']?.S ?? '');
    const from = Number(ExclusiveStartKey?.['from']?.N ?? 0);
    const to = from + Math.min(Limit, PAGE);
    return {
      Items: all.slice(from, to).map(({ pk, sk }) => ({
        pk: { S: pk },
        sk: { S: 'row' },
        batchSk: { S: sk },
      })),
      ...(to < all.length ? { LastEvaluatedKey: { from: { N: String(to) } } } : {}),
    };
  };
  return { seen, client: { send } as unknown as DynamoDBClient };
}

test('waiting for ten thousand jobs of a batch asks nine times a look, and about no job', async () => {
  const JOBS = 10_000;
  const time = virtualTime(NOON);
  const chunks = memoryChunks();
  const ids = Array.from({ length: JOBS }, (_, n) => lineIdOf('b', n + 1));
  for (let part = 0; part * CHUNK_LINES <= JOBS; part += 1) {
    const jobs = ids.slice(Math.max(0, part * CHUNK_LINES - 1), (part + 1) * CHUNK_LINES - 1);
    chunks.put(lineChunkId('b', part * CHUNK_LINES), { jobs: jobs.map((id) => sent(id)) });
  }
  const shards = new Map<string, { pk: string; sk: string }[]>();
  const end = (jobId: string): void => {
    const { batchPk, batchSk } = rowAttributes(jobRow({ jobId, batch: 'b', state: completed('{}') }));
    const shard = shards.get(batchPk?.S ?? '') ?? [];
    shard.push({ pk: rowKey(jobId).pk, sk: batchSk?.S ?? '' });
    shards.set(batchPk?.S ?? '', shard);
  };
  // Twenty minutes, as packed calls end them: three hundred at once.
  for (const [n, id] of ids.entries())
    time.schedule(NOON + Math.ceil((n + 1) / 300) * 35 * SECOND_MS, () => end(id));
  const { client, seen } = countingClient((partition) => shards.get(partition) ?? []);
  let looks = 0;
  const ports = {
    ledger: dynamoLedger({ client, table: 't' }),
    chunks,
    clock: time.clock,
    sleep: time.sleep,
    random: seededRandom(5),
    obstacles: NO_OBSTACLES,
  };
  let outcome: unknown = null;
  waitForBatch(ports, 'b', {}, () => {
    looks += 1;
  }).then((answer) => {
    outcome = answer;
  });
  await time.run(() => outcome !== null);
  expect(outcome).toMatchObject({ kind: 'ended', completed: JOBS });
  expect(new Set(seen)).toEqual(new Set(['QueryCommand']));
  // A query a shard; the chunks, 170 KB, are one more.
  expect(seen.length).toBe(8 * looks);
  expect(looks).toBeLessThan(360);
}, 60_000);
