import {
  BatchGetItemCommand,
  type KeysAndAttributes,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import type { TABLE } from '../config/names.ts';
import { systemSleep } from '../kernel/clock.ts';
import { pagesOf } from '../kernel/pages.ts';
import { systemRandom } from '../kernel/random.ts';
import { type DynamoTable, type Item, keyItem } from './dynamo-document.ts';
import { ATTRIBUTE, type ItemKey } from './dynamo-table.ts';
import { retryDelay } from './retry-delay.ts';

/** One partition of an index, read in the order of its sort key. */
interface IndexRange {
  readonly index: (typeof TABLE.indexes)[keyof typeof TABLE.indexes];
  readonly partition: string;
  readonly newestFirst: boolean;
  /** Only sort keys that begin with this, */
  readonly prefix?: string;
  /** and that come before this; with a prefix, which it begins with too, this one included. */
  readonly before?: string;
  /** How many entries the first page may hold; later pages are as large as DynamoDB makes them (1 MB). */
  readonly firstPage: number;
  /** The attributes that are wanted; all that the index holds if absent. */
  readonly only?: readonly string[];
}

/** DynamoDB's own limit for one BatchGetItem. */
const MOST_KEYS = 100;

/** Every entry of the range. The next page is on its way while one is read. */
export async function* readRange(at: DynamoTable, range: IndexRange): AsyncGenerator<Item> {
  const input = rangeInput(at, range);
  let page = await at.client.send(new QueryCommand({ ...input, Limit: range.firstPage }));
  for (;;) {
    const next =
      page.LastEvaluatedKey === undefined
        ? null
        : at.client.send(new QueryCommand({ ...input, ExclusiveStartKey: page.LastEvaluatedKey }));
    // The reader may stop before it is awaited; a failure then concerns nobody.
    next?.catch(() => undefined);
    yield* page.Items ?? [];
    if (next === null) return;
    page = await next;
  }
}

/** Every item of one partition of the table, or those whose sort key begins with `prefix`; strongly consistent. */
export async function* readPartition(at: DynamoTable, partition: string, prefix = ''): AsyncGenerator<Item> {
  let start: Item | undefined;
  do {
    const page = await at.client.send(
      new QueryCommand({
        TableName: at.table,
        KeyConditionExpression: prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: {
          ':pk': { S: partition },
          ...(prefix === '' ? {} : { ':prefix': { S: prefix } }),
        },
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }),
    );
    yield* page.Items ?? [];
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}

/** Every item of a kind, or these attributes of it. Reads the table, not an index: what changes meanwhile must not slip through. */
export async function* scanKind(
  at: DynamoTable,
  kind: string,
  only?: readonly string[],
): AsyncGenerator<Item> {
  let start: Item | undefined;
  do {
    const page = await at.client.send(
      new ScanCommand({
        TableName: at.table,
        ConsistentRead: true,
        FilterExpression: '#kind = :kind',
        ...(only === undefined ? {} : { ProjectionExpression: only.join(', ') }),
        ExpressionAttributeNames: { '#kind': ATTRIBUTE.kind },
        ExpressionAttributeValues: { ':kind': { S: kind } },
        ExclusiveStartKey: start,
      }),
    );
    yield* page.Items ?? [];
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}

/** The items of these keys, in the order of the keys; strongly consistent, so what an index says too late is seen. */
export async function readItems(
  at: DynamoTable,
  keys: readonly ItemKey[],
  pause: (tries: number) => Promise<void> = jitteredPause,
): Promise<readonly Item[]> {
  const found = new Map<string, Item>();
  for (const page of pagesOf(keys, MOST_KEYS)) {
    for (const item of await readBatch(at, page, pause)) found.set(item['pk']?.S ?? '', item);
  }
  return keys.flatMap((key) => {
    const item = found.get(key.pk);
    return item === undefined ? [] : [item];
  });
}

/** Answers in a row that brought nothing, before the read is given up: with the pauses between them about half a minute. */
const MOST_EMPTY_ANSWERS = 10;

const jitteredPause = (tries: number): Promise<void> => systemSleep(retryDelay(tries, systemRandom));

async function readBatch(
  at: DynamoTable,
  keys: readonly ItemKey[],
  pause: (tries: number) => Promise<void>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let wanted: KeysAndAttributes = { Keys: keys.map(keyItem), ConsistentRead: true };
  // DynamoDB answers at most 16 MB, or what its capacity allows, and hands the rest back.
  for (let empty = 0; (wanted.Keys?.length ?? 0) > 0; ) {
    const reply = await at.client.send(new BatchGetItemCommand({ RequestItems: { [at.table]: wanted } }));
    const found = reply.Responses?.[at.table] ?? [];
    items.push(...found);
    wanted = reply.UnprocessedKeys?.[at.table] ?? { Keys: [] };
    if ((wanted.Keys?.length ?? 0) === 0) break;
    empty = found.length > 0 ? 0 : empty + 1;
    if (empty >= MOST_EMPTY_ANSWERS)
      throw new Error('DynamoDB is throttling: it answers none of the items asked for');
    // Asked again at once it would be throttled again.
    await pause(empty + 1);
  }
  return items;
}

function rangeInput(at: DynamoTable, range: Omit<IndexRange, 'firstPage'>): QueryCommandInput {
  const { index, partition, only } = range;
  const bounds = boundsOf(range);
  return {
    TableName: at.table,
    IndexName: index.name,
    KeyConditionExpression: ['#partition = :partition', ...bounds.conditions].join(' AND '),
    ExpressionAttributeNames: {
      '#partition': index.partitionKey,
      ...(bounds.conditions.length === 0 ? {} : { '#sort': index.sortKey }),
      ...Object.fromEntries((only ?? []).map((name, i) => [`#only${i}`, name])),
    },
    ...(only === undefined ? {} : { ProjectionExpression: only.map((_, i) => `#only${i}`).join(', ') }),
    ExpressionAttributeValues: {
      ':partition': { S: partition },
      ...bounds.values,
    },
    ScanIndexForward: !range.newestFirst,
  };
}

/** DynamoDB takes one condition on a sort key: a prefix with an end is a range, whose ends belong to it. */
function boundsOf({ prefix, before }: Pick<IndexRange, 'prefix' | 'before'>): {
  readonly conditions: readonly string[];
  readonly values: Item;
} {
  if (prefix !== undefined && before !== undefined)
    return {
      conditions: ['#sort BETWEEN :least AND :most'],
      values: { ':least': { S: prefix }, ':most': { S: before } },
    };
  if (prefix !== undefined)
    return { conditions: ['begins_with(#sort, :bound)'], values: { ':bound': { S: prefix } } };
  if (before !== undefined) return { conditions: ['#sort < :bound'], values: { ':bound': { S: before } } };
  return { conditions: [], values: {} };
}
