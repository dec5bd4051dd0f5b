import { ConditionalCheckFailedException, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DEFAULT_RETENTION_MS } from '../config/limits.ts';
import { TABLE } from '../config/names.ts';
import {
  type BatchEntry,
  ENDED_KINDS,
  type JobQuery,
  type Ledger,
  type OnUnreadable,
  type OrderMark,
} from '../ledger/ledger.ts';
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
import { batchPartition, OUTCOMES, ROW_KIND, rowAttributes, rowOf } from './dynamo-row.ts';
import { countParkedRows, dueRows, listRows, oldestOpenRow } from './dynamo-row-lists.ts';
import { ATTRIBUTE, allShards, jobIdOf, markKey, rowKey, sequenceKey } from './dynamo-table.ts';

/** The ledger in DynamoDB: one item per job, found by id, or through keys-only indexes by key, batch, state and due time. */
export function dynamoLedger(at: DynamoTable, retentionMs: number = DEFAULT_RETENTION_MS): Ledger {
  return {
    ...dynamoDocuments(at, rowDocuments(retentionMs)),
    list: (query: JobQuery) => listRows(at, query),
    due: (now, limit, onUnreadable) => dueRows(at, now, limit, onUnreadable),
    ofBatch: (batch) => batchEntries(at, batch),
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

const PAGE = 1_000;

/** The open ones first: what ends meanwhile is then met twice, and not at all the other way round. */
const OUTCOME_KINDS = ['open', ...ENDED_KINDS] as const;

/** What the index of a batch says, shard by shard. */
async function* batchEntries(at: DynamoTable, batch: string): AsyncGenerator<BatchEntry> {
  const index = TABLE.indexes.byBatch;
  for (const partition of allShards(batchPartition(batch))) {
    for (const outcome of OUTCOME_KINDS) {
      const range = {
        index,
        partition,
        prefix: `${OUTCOMES[outcome]}#`,
        newestFirst: false,
        firstPage: PAGE,
      };
      for await (const { pk } of readRange(at, range)) yield { jobId: jobIdOf(pk?.S ?? ''), outcome };
    }
  }
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
