import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import db, { type Store, type WriteStep } from 'dynalite/db/index.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DynamoServer, LOCAL_CREDENTIALS, startDynamoServer } from '../../../local/dynamo-server.ts';
import { tableDefinition } from '../../../shared/aws/dynamo-table.ts';
import { freePort, holdPorts } from '../../support/held-ports.ts';

const TABLE = 'mktq';
let directory: string;
let server: DynamoServer | null = null;
let client: DynamoDBClient;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mktq-dynamo-'));
});

afterEach(async () => {
  await stop();
  rmSync(directory, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const port = await freePort();
  server = await startDynamoServer({
    directory: join(directory, 'level'),
    port,
    region: 'us-east-1',
    table: tableDefinition(TABLE),
  });
  client = clientOf(server.url);
}

async function stop(): Promise<void> {
  client?.destroy();
  await server?.close();
  server = null;
}

const clientOf = (endpoint: string): DynamoDBClient =>
  new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: LOCAL_CREDENTIALS, maxAttempts: 1 });

const KEY = { pk: { S: 'job#1' }, sk: { S: 'row' } };

const put = (state: string, condition: object = {}) =>
  client.send(
    new PutItemCommand({
      TableName: TABLE,
      Item: { ...KEY, statePk: { S: state }, stateSk: { S: '1' } },
      ...condition,
    }),
  );

async function found(state: string, by = client): Promise<number> {
  const answer = await by.send(
    new QueryCommand({
      TableName: TABLE,
      IndexName: 'byState',
      KeyConditionExpression: 'statePk = :state',
      ExpressionAttributeValues: { ':state': { S: state } },
    }),
  );
  return answer.Items?.length ?? 0;
}

describe('the embedded DynamoDB', () => {
  test('finds an item under its newest index key and no other, across a restart', async () => {
    await start();
    await put('parked');
    await put('queued');
    expect([await found('parked'), await found('queued')]).toEqual([0, 1]);
    await stop();
    await start();
    expect([await found('parked'), await found('queued')]).toEqual([0, 1]);
    await client.send(new DeleteItemCommand({ TableName: TABLE, Key: KEY }));
    expect(await found('queued')).toBe(0);
  });

  test('leaves item and index as they were when a condition fails', async () => {
    await start();
    await put('parked');
    const absent = { ConditionExpression: 'attribute_not_exists(pk)' };
    await expect(put('queued', absent)).rejects.toThrow('conditional');
    expect([await found('parked'), await found('queued')]).toEqual([1, 0]);
    const { Item } = await client.send(new GetItemCommand({ TableName: TABLE, Key: KEY }));
    expect(Item).toMatchObject({ statePk: { S: 'parked' } });
  });

  test('answers what it is at before it closes', async () => {
    await start();
    for (let n = 0; n < 200; n += 1) {
      const Item = {
        pk: { S: `job#${n}` },
        sk: { S: 'row' },
        statePk: { S: 'queued' },
        stateSk: { S: `${n}` },
      };
      await client.send(new PutItemCommand({ TableName: TABLE, Item }));
    }
    const queries = Array.from({ length: 40 }, () => found('queued'));
    const ends = Promise.allSettled(queries);
    const gone = clientOf(server?.url ?? '');
    const unheard = Promise.allSettled(Array.from({ length: 10 }, () => found('queued', gone)));
    await Promise.race(queries);
    gone.destroy();
    await unheard;
    const url = server?.url ?? '';
    const closing = server?.close();
    server = null;
    // Nothing new is taken meanwhile: a client that goes on asking would keep the stack from ending.
    await expect(fetch(url)).rejects.toThrow('fetch failed');
    await closing;
    // What had not arrived by then is cut off. Where one that had is not answered dynalite throws, and the run fails.
    expect((await ends).filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(1);
  });

  test('makes the table anew if a kill left it half made', async () => {
    const halfMade = dynalite({
      path: join(directory, 'level'),
      createTableMs: 2 ** 30,
      deleteTableMs: 0,
      updateTableMs: 0,
    });
    const port = await freePort();
    await new Promise<void>((resolve) => halfMade.listen(port, '127.0.0.1', () => resolve()));
    const half = clientOf(`http://127.0.0.1:${port}`);
    const { CreateTableCommand } = await import('@aws-sdk/client-dynamodb');
    await half.send(new CreateTableCommand(tableDefinition(TABLE)));
    half.destroy();
    await new Promise<void>((resolve) => {
      halfMade.close(() => resolve());
      halfMade.closeAllConnections();
    });
    await start();
    await put('queued');
    expect(await found('queued')).toBe(1);
  });
});

describe('the embedded DynamoDB, killed between two writes', () => {
  const table = {
    TableName: TABLE,
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: ['pk', 'sk', 'statePk', 'stateSk'].map((name) => ({
      AttributeName: name,
      AttributeType: 'S',
    })),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byState',
        Projection: { ProjectionType: 'KEYS_ONLY' },
        KeySchema: [
          { AttributeName: 'statePk', KeyType: 'HASH' },
          { AttributeName: 'stateSk', KeyType: 'RANGE' },
        ],
      },
    ],
  };
  const row = (state: string) => ({ ...KEY, statePk: { S: state }, stateSk: { S: '1' } });

  /** A store that notes every batch, and throws at any other write. */
  function noteBatches(): { readonly store: Store; readonly batches: (readonly WriteStep[])[] } {
    const batches: (readonly WriteStep[])[] = [];
    const refuse = (): never => {
      throw new Error('written on its own');
    };
    const items = { put: refuse, del: refuse };
    const store = {
      db: {
        open: async () => {},
        close: () => {},
        batch(steps: readonly WriteStep[], done: () => void) {
          batches.push(steps);
          done();
        },
        keys: refuse,
        values: refuse,
      },
      getItemDb: () => items,
      getIndexDb: () => ({ put: refuse, del: refuse }),
    };
    return { store, batches };
  }

  // dynalite 4 alone: a kill between these writes left a row that no index found.
  test('cannot be: it writes an item, its new index entry and the end of the old one in a single batch', async () => {
    await start();
    const { store, batches } = noteBatches();
    const key = db.createKey(row('parked'), table);
    const done = (error?: unknown) => expect(error).toBeFalsy();
    db.updateIndexes(store, table, row('parked'), row('queued'), done);
    expect(batches).toEqual([]);
    store.getItemDb(TABLE).put(key, row('queued'), done);
    expect(batches).toHaveLength(1);
    expect(batches[0]?.map(({ type, key: full }) => [type, full.split('~')[0]])).toEqual([
      ['del', 'index-global'],
      ['put', 'index-global'],
      ['put', `item-${TABLE}`],
    ]);
  });
});

describe('the files of the embedded DynamoDB', () => {
  const filesOf = () => readdirSync(join(directory, 'level')).filter((name) => name.endsWith('.ldb')).length;

  // dynalite 4 alone never closes the iterator of a query: every file it could still read stays for ever.
  test('go when nothing that is stored needs them, however often the table was queried', async () => {
    await start();
    const text = randomBytes(60_000).toString('hex');
    for (let round = 0; round < 300; round += 1) {
      await client.send(
        new PutItemCommand({
          TableName: TABLE,
          Item: { ...KEY, statePk: { S: 'queued' }, stateSk: { S: '1' }, text: { S: `${round}${text}` } },
        }),
      );
      await found('queued');
    }
    await expect.poll(filesOf, { timeout: 10_000 }).toBeLessThan(6);
  });
});

describe('a deletion of what is not there', () => {
  test('is answered, and the server goes on', async () => {
    await start();
    await client.send(new DeleteItemCommand({ TableName: TABLE, Key: KEY }));
    await put('queued#0');
    await client.send(new DeleteItemCommand({ TableName: TABLE, Key: KEY }));
    await client.send(new DeleteItemCommand({ TableName: TABLE, Key: KEY }));
    const { Item } = await client.send(new GetItemCommand({ TableName: TABLE, Key: KEY }));
    expect(Item).toBeUndefined();
  });
});

describe('the embedded DynamoDB whose port somebody has taken', () => {
  test('leaves its files to the next try', async () => {
    const held = await holdPorts(1);
    const taken = { directory: join(directory, 'level'), port: held.first, region: 'us-east-1' };
    const starting = startDynamoServer({ ...taken, table: tableDefinition(TABLE) });
    await expect(starting).rejects.toThrow('EADDRINUSE');
    await held.release();
    await start();
    await put('queued');
    expect(await found('queued')).toBe(1);
  });
});
