import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DynamoDBClient, PutItemCommand, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DynamoServer, LOCAL_CREDENTIALS, startDynamoServer } from '../../../local/dynamo-server.ts';
import { createSweep, type Sweep } from '../../../local/sweep.ts';
import { createAdapters } from '../../../shared/aws/adapters.ts';
import { type AwsClients, createAwsClients } from '../../../shared/aws/clients.ts';
import { tableDefinition } from '../../../shared/aws/dynamo-table.ts';
import { TABLE } from '../../../shared/config/names.ts';
import { fileLetter } from '../../../shared/deadletter/archive.ts';
import type { JobRow } from '../../../shared/ledger/row.ts';
import { discard } from '../../../shared/operate/discard.ts';
import { closeLetter } from '../../../shared/operate/redrive/letter.ts';
import { reopen } from '../../../shared/operate/reopen.ts';
import { freePort } from '../../support/held-ports.ts';
import { leadJob, letterDraft } from '../../support/letters.ts';
import { jobRow } from '../../support/rows.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 22, 12);
const REGION = 'us-east-1';

let directory: string;
let server: DynamoServer;
let clients: AwsClients;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'mktq-sweep-'));
  const port = await freePort();
  server = await startDynamoServer({
    directory: join(directory, 'level'),
    port,
    region: REGION,
    table: tableDefinition('mktq'),
  });
  const service = { region: REGION, endpoint: server.url, credentials: LOCAL_CREDENTIALS };
  clients = createAwsClients({ dynamodb: service, sqs: service });
});

afterEach(async () => {
  clients.destroy();
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

const sweepAt = (now: number, more: { pageItems?: number; client?: DynamoDBClient } = {}): Sweep =>
  createSweep({ client: clients.dynamodb, table: 'mktq', clock: () => now, ...more });

const put = (pk: string, ttl: number | null) =>
  clients.dynamodb.send(
    new PutItemCommand({
      TableName: 'mktq',
      Item: {
        pk: { S: pk },
        sk: { S: 'row' },
        statePk: { S: 'done' },
        stateSk: { S: pk },
        ...(ttl === null ? {} : { ttl: { N: String(ttl) } }),
      },
    }),
  );

async function keys(): Promise<readonly string[]> {
  const { Items } = await clients.dynamodb.send(new ScanCommand({ TableName: 'mktq', ConsistentRead: true }));
  return (Items ?? []).map(({ pk, sk }) => `${pk?.S} ${sk?.S}`).toSorted();
}

describe('the sweep of the embedded table', () => {
  test('deletes what has expired, from its indexes too, and nothing else', async () => {
    await put('gone', NOW / 1_000 - 1);
    await put('later', NOW / 1_000 + 60);
    await put('stays', null);
    expect(await sweepAt(NOW)()).toBe(1);
    expect(await keys()).toEqual(['later row', 'stays row']);
    const { Items } = await clients.dynamodb.send(
      new QueryCommand({
        TableName: 'mktq',
        IndexName: TABLE.indexes.byState.name,
        KeyConditionExpression: 'statePk = :done',
        ExpressionAttributeValues: { ':done': { S: 'done' } },
      }),
    );
    expect(Items?.map(({ pk }) => pk?.S)).toEqual(['later', 'stays']);
  });

  test('goes round in bounded pages', async () => {
    for (let i = 0; i < 25; i += 1) await put(`old-${i}`, 1);
    const sweep = sweepAt(NOW, { pageItems: 5 });
    expect(await sweep()).toBe(20);
    expect(await sweep()).toBe(5);
    await put('new', 1);
    expect(await sweep()).toBe(1);
    expect(await keys()).toEqual([]);
  });

  test('keeps an item that was written again after it was looked at', async () => {
    await put('again', 1);
    const { dynamodb } = clients;
    const client = {
      send: async (command: ScanCommand) => {
        const answer = await dynamodb.send(command);
        if (command instanceof ScanCommand) await put('again', NOW / 1_000 + 60);
        return answer;
      },
    } as unknown as DynamoDBClient;
    expect(await sweepAt(NOW, { client })()).toBe(0);
    expect(await keys()).toEqual(['again row']);
  });
});

/** Long enough for parts of its own. */
const LONG = `<reply>${randomBytes(60_000).toString('hex')}</reply>`;

function operatorAt(now: number) {
  return {
    ...createAdapters({
      clients,
      table: 'mktq',
      jobsQueueUrl: '',
      deadLetterQueueUrl: '',
      account: 'default',
      retentionMs: 30 * DAY_MS,
      clock: () => now,
      random: () => 0,
      sleep: async () => {},
    }),
    operator: async () => 'ann',
    clock: () => now,
  };
}

/** A job that died, with a letter of several items and its row. */
async function deadLetter(id: string): Promise<void> {
  const ports = operatorAt(NOW);
  const job = leadJob(id);
  const response = await ports.bodies.save(`${id}/response`, LONG, null);
  await fileLetter(ports, letterDraft(job, { response }));
  const state: JobRow['state'] = { kind: 'dead-lettered', at: NOW, letterId: id, quietUntil: null };
  await ports.ledger.change(id, () => jobRow({ jobId: id, state }));
}

const HALF_A_CENTURY_MS = 50 * 365 * DAY_MS;

describe('what a letter leaves behind', () => {
  test('never goes while the letter is open', async () => {
    await deadLetter('open');
    const before = await keys();
    expect(before).toHaveLength(3);
    await sweepAt(NOW + HALF_A_CENTURY_MS)();
    expect(await keys()).toEqual(before);
  });

  test('goes the retention after the letter was discarded: head, texts and the row of its job', async () => {
    await deadLetter('open');
    const others = await keys();
    await deadLetter('closed');
    const before = await keys();
    expect(await discard(operatorAt(NOW + DAY_MS), 'closed', 'not ours')).toEqual({ kind: 'discarded' });
    await sweepAt(NOW + 31 * DAY_MS)();
    expect(await keys()).toEqual(before);
    await sweepAt(NOW + 31 * DAY_MS + 1_000)();
    expect(await keys()).toEqual(others);
  });

  test('stays where the letter was reopened: head, texts and the row of its job', async () => {
    await deadLetter('reopened');
    const before = await keys();
    await discard(operatorAt(NOW), 'reopened', 'a slip');
    expect(await reopen(operatorAt(NOW + DAY_MS), 'reopened')).toEqual({ kind: 'reopened' });
    await sweepAt(NOW + HALF_A_CENTURY_MS)();
    expect(await keys()).toEqual(before);
    await discard(operatorAt(NOW + DAY_MS), 'reopened', 'after all');
    await sweepAt(NOW + HALF_A_CENTURY_MS)();
    expect(await keys()).toEqual([]);
  });

  test('goes the retention after its redrive, and the row of the job that has gone on stays', async () => {
    await deadLetter('redriven');
    const ports = operatorAt(NOW);
    const closing = { at: NOW, note: 'being redriven', edited: false };
    await ports.archive.change('redriven', (head) => head && { ...head, status: 'redriving', closing });
    await ports.ledger.change('redriven', (row) => row && { ...row, epoch: 1, state: { kind: 'queued' } });
    await sweepAt(NOW + HALF_A_CENTURY_MS)();
    expect(await keys()).toHaveLength(3);
    await closeLetter(ports, 'redriven', 1);
    await sweepAt(NOW + 30 * DAY_MS + 1_000)();
    expect(await keys()).toEqual(['job#redriven row']);
  });

  test('keeps the row of a job that died again, whose new letter is open', async () => {
    await deadLetter('again');
    const ports = operatorAt(NOW);
    await ports.archive.change('again', (head) => head && { ...head, status: 'redriving' });
    await closeLetter(ports, 'again', 1);
    await ports.ledger.change(
      'again',
      (row) =>
        row && {
          ...row,
          epoch: 1,
          state: { kind: 'dead-lettered', at: NOW, letterId: 'again#1', quietUntil: null },
        },
    );
    expect((await discard(ports, 'again', 'too late')).kind).toBe('redriven');
    await sweepAt(NOW + HALF_A_CENTURY_MS)();
    expect(await keys()).toEqual(['job#again row']);
  });
});
