import { DEFAULT_RETENTION_MS } from '../config/limits.ts';
import { TABLE } from '../config/names.ts';
import { chunkKeepMs } from '../ledger/chunks.ts';
import type { OpenBatch, OpenBatches } from '../ledger/open-batches.ts';
import { OPEN_BATCH_SCHEMA } from './document-schema.ts';
import {
  type DocumentKind,
  type DynamoTable,
  decodeDocument,
  dynamoDocuments,
  expiry,
  type Item,
} from './dynamo-document.ts';
import { readItems, readRange } from './dynamo-query.ts';
import { type ItemKey, openBatchKey, timeKey } from './dynamo-table.ts';

/** Beside the states of jobs in the index by state; few batches are under way at once, so one partition holds them. */
const OPEN_PARTITION = 'open-batch';

/** Batches under way in DynamoDB, an item each; those that are to be looked at are in the index by state, by when. */
export function dynamoOpenBatches(at: DynamoTable, retentionMs: number = DEFAULT_RETENTION_MS): OpenBatches {
  return {
    ...dynamoDocuments(at, openBatchKind(retentionMs)),
    due: (now, limit) => dueBatches(at, now, limit),
  };
}

/** Kept as long as a job of the batch may come back. */
const openBatchKind = (retentionMs: number): DocumentKind<OpenBatch> => ({
  schema: OPEN_BATCH_SCHEMA,
  keyOf: openBatchKey,
  attributes: ({ lookAt, takenAt }) => ({
    ...expiry(takenAt + chunkKeepMs(retentionMs)),
    ...(lookAt === null
      ? {}
      : {
          [TABLE.indexes.byState.partitionKey]: { S: OPEN_PARTITION },
          [TABLE.indexes.byState.sortKey]: { S: timeKey(lookAt) },
        }),
  }),
});

async function dueBatches(at: DynamoTable, now: number, limit: number): Promise<readonly OpenBatch[]> {
  const keys: ItemKey[] = [];
  const range = {
    index: TABLE.indexes.byState,
    partition: OPEN_PARTITION,
    newestFirst: false,
    before: timeKey(now + 1),
    firstPage: limit,
  };
  for await (const { pk, sk } of readRange(at, range)) {
    keys.push({ pk: pk?.S ?? '', sk: sk?.S ?? '' });
    if (keys.length >= limit) break;
  }
  const open = (await readItems(at, keys)).flatMap((item) => readable(item) ?? []);
  // The index may lag behind the item.
  return open.filter(({ lookAt }) => lookAt !== null && lookAt <= now);
}

/** One that a newer version wrote, which was rolled back since, keeps no other from being looked at. */
function readable(item: Item): OpenBatch | null {
  try {
    return decodeDocument(OPEN_BATCH_SCHEMA, item);
  } catch {
    return null;
  }
}
