import { ConditionalCheckFailedException, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DEFAULT_RETENTION_MS } from '../config/limits.ts';
import { TABLE } from '../config/names.ts';
import type { BatchCount, JobQuery, Ledger, OnUnreadable, OrderMark } from '../ledger/ledger.ts';
import type { JobRow } from '../ledger/row.ts';
import { MARK_SCHEMA, ROW_SCHEMA } from './document-schema.ts';
import {
  type DocumentKind,
  type DynamoTable,
  decodeDocument,
  dynamoDocuments,
  encodeValue,
  expiry,
  type Item,
  keyItem,
  removeItem,
} from './dynamo-document.ts';
import { readRange, scanKind } from './dynamo-query.ts';
import { batchPartition, OUTCOMES, type Outcome, ROW_KIND, rowAttributes, rowOf } from './dynamo-row.ts';
import { countParkedRows, dueRows, listRows, oldestOpenRow } from './dynamo-row-lists.ts';
import { ATTRIBUTE, allShards, markKey, rowKey, sequenceKey } from './dynamo-table.ts';

/** The ledger in DynamoDB: one item per job, found by id, or through keys-only indexes by key, batch, state and due time. */
export function dynamoLedger(at: DynamoTable, retentionMs: number = DEFAULT_RETENTION_MS): Ledger {
  return {
    ...dynamoDocuments(at, rowDocuments(retentionMs)),
    list: (query: JobQuery) => listRows(at, query),
    due: (now, limit, onUnreadable) => dueRows(at, now, limit, onUnreadable),
    countBatch: (batch) => countBatch(at, batch),
    countParked: () => countParkedRows(at),
    oldestOpen: async (onUnreadable) => (await oldestOpenRow(at, onUnreadable))?.enqueuedAt ?? null,
    readMark: (orderingKey) => readMark(at, orderingKey),
    putMark: (mark) => putMark(at, mark),
    removeMark: (orderingKey) => removeItem(at, markKey(orderingKey)),
    remove: (jobId) => removeItem(at, rowKey(jobId)),
    scan: (onUnreadable) => scanRows(at, onUnreadable),
  };
}

const rowDocuments = (retentionMs: number): DocumentKind<JobRow> => ({
  schema: ROW_SCHEMA,
  keyOf: rowKey,
  attributes: (row) => ({ ...rowAttributes(row), ...expiry(deleteAtOf(row, retentionMs)) }),
});

/** The row of a dead-lettered job stays as long as its letter is open, and then as long as that. */
function deleteAtOf({ state, deleteAt }: JobRow, retentionMs: number): number | null {
  if (state.kind !== 'dead-lettered') return deleteAt;
  return state.closedAt === undefined ? null : state.closedAt + retentionMs;
}

/** What a batch's index says of one shard under one outcome: the rest of the sort keys, which an end does not change. */
async function entriesOf(at: DynamoTable, partition: string, outcome: Outcome): Promise<readonly string[]> {
  const index = TABLE.indexes.byBatch;
  const prefix = `${outcome}#`;
  const only = [index.sortKey];
  const entries: string[] = [];
  for await (const item of readRange(at, {
    index,
    partition,
    prefix,
    newestFirst: false,
    firstPage: PAGE,
    only,
  })) {
    entries.push((item[index.sortKey]?.S ?? '').slice(prefix.length));
  }
  return entries;
}

const PAGE = 1_000;

/**
 * No counters: the entries of the batch are counted where they are, by outcome and shard. The open ones are read first, and
 * what has ended by the time the others are read counts as ended only: moving jobs would be counted twice otherwise.
 */
async function countBatch(at: DynamoTable, batch: string): Promise<BatchCount> {
  const shards = await Promise.all(
    allShards(batchPartition(batch)).map(async (partition) => {
      const open = new Set(await entriesOf(at, partition, OUTCOMES.open));
      const [completed, dead] = await Promise.all([
        entriesOf(at, partition, OUTCOMES.completed),
        entriesOf(at, partition, OUTCOMES.deadLettered),
      ]);
      for (const entry of [...completed, ...dead]) open.delete(entry);
      return { open: open.size, completed: completed.length, deadLettered: dead.length };
    }),
  );
  const sum = (of: (shard: (typeof shards)[number]) => number): number =>
    shards.reduce((all, shard) => all + of(shard), 0);
  const [completed, deadLettered] = [sum((shard) => shard.completed), sum((shard) => shard.deadLettered)];
  return { total: sum(({ open }) => open) + completed + deadLettered, completed, deadLettered };
}

async function readMark(at: DynamoTable, orderingKey: string): Promise<OrderMark | null> {
  const Key = keyItem(markKey(orderingKey));
  const { Item } = await at.client.send(
    new GetItemCommand({ TableName: at.table, Key, ConsistentRead: true }),
  );
  return Item === undefined ? null : { orderingKey, ...decodeDocument(MARK_SCHEMA, Item) };
}

async function putMark(at: DynamoTable, { orderingKey, ...mark }: OrderMark): Promise<void> {
  const sequence = { S: sequenceKey(mark.sequenceNumber) };
  const item: Item = {
    ...keyItem(markKey(orderingKey)),
    ...encodeValue(MARK_SCHEMA, mark),
    [ATTRIBUTE.sequenceNumber]: sequence,
  };
  try {
    await at.client.send(
      new PutItemCommand({
        TableName: at.table,
        Item: item,
        ConditionExpression: 'attribute_not_exists(pk) OR #sequence < :sequence',
        ExpressionAttributeNames: { '#sequence': ATTRIBUTE.sequenceNumber },
        ExpressionAttributeValues: { ':sequence': sequence },
      }),
    );
  } catch (error) {
    // The same or a later write is remembered already, which is all that was asked for.
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

async function* scanRows(at: DynamoTable, onUnreadable?: OnUnreadable): AsyncGenerator<JobRow> {
  for await (const item of scanKind(at, ROW_KIND)) {
    const row = rowOf(item, onUnreadable);
    if (row !== null) yield row;
  }
}
