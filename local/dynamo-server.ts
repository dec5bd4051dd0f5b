import { rmSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import db, { type ItemStore, type Store, type Table, type WriteStep } from 'dynalite/db/index.js';
import { systemSleep } from '../shared/kernel/clock.ts';
import { refuseWebPages } from '../simulator/refuse-web-pages.ts';
import { LOOPBACK } from './ports.ts';
import { privateDirectory } from './private-files.ts';
import { LocalTrouble } from './trouble.ts';

interface DynamoServerSettings {
  /** Holds dynalite's LevelDB. */
  readonly directory: string;
  readonly port: number;
  readonly region: string;
  readonly table: CreateTableCommandInput;
}

export interface DynamoServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Any will do: the embedded servers look at their presence only. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** The embedded DynamoDB: loopback only, its items in LevelDB, its table made if absent. */
export async function startDynamoServer(settings: DynamoServerSettings): Promise<DynamoServer> {
  mendDynalite();
  const first = await listen(settings);
  if (await tableIsReady(first.url, settings)) return first;
  // Killed while the table was being made: dynalite never finishes that, and a table that was never ready holds nothing.
  await first.close();
  rmSync(settings.directory, { recursive: true });
  const second = await listen(settings);
  if (await tableIsReady(second.url, settings)) return second;
  await second.close();
  throw new LocalTrouble(`the table ${settings.table.TableName} cannot be made in ${settings.directory}`);
}

async function listen(settings: DynamoServerSettings): Promise<DynamoServer> {
  privateDirectory(settings.directory);
  const server = dynalite({ path: settings.directory, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const level = await lastOpened;
  const requests = outliveItsClients(server);
  refuseWebPages(server);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(settings.port, LOOPBACK, () => resolve());
    });
  } catch (error) {
    // The store is open, and whoever tries again would find it locked.
    await new Promise((resolve) => level.close(resolve));
    throw error;
  }
  return { url: `http://${LOOPBACK}:${settings.port}`, close: () => close(server, requests) };
}

interface Requests {
  /** Whole and not answered, whether or not somebody still listens. */
  readonly open: Set<ServerResponse>;
  /** The next ones are cut off. */
  isOver: boolean;
}

/** dynalite throws when a client goes away in the middle of a request: the whole stack would die with one command. */
function outliveItsClients(server: Server): Requests {
  const requests: Requests = { open: new Set(), isOver: false };
  const handlers = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (requests.isOver) {
      request.destroy();
      return;
    }
    const on = request.on.bind(request);
    request.on = ((event: string, listener: (...given: unknown[]) => void) =>
      on(event, event === 'error' ? () => response.destroy() : listener)) as typeof request.on;
    const end = response.end.bind(response);
    response.end = ((...given: Parameters<typeof end>) => {
      requests.open.delete(response);
      return end(...given);
    }) as typeof response.end;
    request.once('end', () => {
      if (!response.writableEnded) requests.open.add(response);
    });
    for (const handle of handlers) handle.call(server, request, response);
  });
  return requests;
}

/** How long a stop waits for what the table is at: it reads in memory and from a local disk. */
const ANSWERS_WITHIN_MS = 5_000;
const LOOK_AGAIN_MS = 5;

/** What it is at is answered first: dynalite throws where the store is closed under a query. */
async function close(server: Server, requests: Requests): Promise<void> {
  requests.isOver = true;
  const giveUpAt = performance.now() + ANSWERS_WITHIN_MS;
  while (requests.open.size > 0 && performance.now() < giveUpAt) await systemSleep(LOOK_AGAIN_MS);
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}

const TABLE_READY_TRIES = 200;
const TABLE_READY_PAUSE_MS = 10;

/** Makes the table if it is absent; false if there is one that is not active, or it does not become so. */
async function tableIsReady(url: string, settings: DynamoServerSettings): Promise<boolean> {
  const client = new DynamoDBClient({
    endpoint: url,
    region: settings.region,
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 1,
  });
  try {
    const found = await tableStatus(client, settings);
    if (found !== null) return found === 'ACTIVE';
    await client.send(new CreateTableCommand(settings.table));
    for (let tries = 0; tries < TABLE_READY_TRIES; tries += 1) {
      if ((await tableStatus(client, settings)) === 'ACTIVE') return true;
      await systemSleep(TABLE_READY_PAUSE_MS);
    }
    return false;
  } finally {
    client.destroy();
  }
}

async function tableStatus(client: DynamoDBClient, settings: DynamoServerSettings): Promise<string | null> {
  try {
    const found = await client.send(new DescribeTableCommand({ TableName: settings.table.TableName }));
    return found.Table?.TableStatus ?? null;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
}

let mended = false;
/** The opening of the store that was created last: dynalite would say `Database is closed` later, and not why. */
let lastOpened: Promise<Store['db']> = Promise.reject(new Error('dynalite has made no store'));
lastOpened.catch(() => {});

/** What dynalite 4 does wrong and a durable stack cannot live with. Once per process: it is dynalite's own module that changes. */
function mendDynalite(): void {
  if (mended) return;
  mended = true;
  writeItemsWhole();
  mendStores();
}

/**
 * Gives LevelDB's iterators the `return` that dynalite calls at the end of each query, and that they do not have: they are
 * closed by `close`. One left open keeps every file alive that it could still read, and the directory grows for ever.
 */
function mendStores(): void {
  const { create } = db;
  db.create = (options) => {
    const store = create(options);
    lastOpened = store.db.open().then(() => store.db);
    // Awaited by whoever listens; a store in a test of dynalite's own is nobody's.
    lastOpened.catch(() => {});
    for (const name of ['keys', 'values'] as const) {
      const iterate = store.db[name].bind(store.db);
      store.db[name] = (range) => {
        const iterator = iterate(range);
        iterator.return = () => iterator.close();
        return iterator;
      };
    }
    return store;
  };
}

/**
 * Makes dynalite 4 write an item and its index entries in one LevelDB batch. Its own separate writes, cut by a kill,
 * leave a row that no index finds: a parked job would wait for ever. The index steps leave with the item's own write.
 */
function writeItemsWhole(): void {
  db.updateIndexes = (store, table, existing, item, done) => {
    const whole = item ?? existing;
    // A deletion of what is not there: nothing to write, and no key to make.
    if (whole === null || whole === undefined) return done();
    const steps = [
      ...indexSteps(table, 'global', table.GlobalSecondaryIndexes ?? [], existing, item),
      ...indexSteps(table, 'local', table.LocalSecondaryIndexes ?? [], existing, item),
    ];
    const items = joined(store, table.TableName);
    items.pending.set(db.createKey(whole, table), steps);
    done();
  };
}

interface JoinedItems {
  /** By item key: the index steps that its next write takes along. The item's lock allows one at a time. */
  readonly pending: Map<string, readonly WriteStep[]>;
}

const joinedStores = new WeakMap<ItemStore, JoinedItems>();

/** Replaces put and del of the table's items, once. */
function joined(store: Store, table: string): JoinedItems {
  const items = store.getItemDb(table);
  const already = joinedStores.get(items);
  if (already !== undefined) return already;
  const pending = new Map<string, readonly WriteStep[]>();
  const take = (key: string): readonly WriteStep[] => {
    const steps = pending.get(key) ?? [];
    pending.delete(key);
    return steps;
  };
  const full = (key: string): string => `item-${table}~${key}`;
  items.put = (key, value, done) =>
    store.db.batch([...take(key), { type: 'put', key: full(key), value }], done);
  items.del = (key, done) => store.db.batch([...take(key), { type: 'del', key: full(key) }], done);
  joinedStores.set(items, { pending });
  return { pending };
}

function indexSteps(
  table: Table,
  kind: 'global' | 'local',
  indexes: readonly unknown[],
  existing: unknown,
  item: unknown,
): WriteStep[] {
  const actions = db.getIndexActions(indexes, existing, item, table);
  const full = (index: string, key: string): string => `index-${kind}~${table.TableName}~${index}~${key}`;
  return [
    ...actions.deletes.map(({ index, key }): WriteStep => ({ type: 'del', key: full(index, key) })),
    ...actions.puts.map(
      ({ index, key, item: value }): WriteStep => ({
        type: 'put',
        key: full(index, key),
        value,
      }),
    ),
  ];
}
