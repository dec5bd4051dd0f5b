import { DEFAULT_RETENTION_MS } from '../config/limits.ts';
import type { JobQuery, Ledger, OnUnreadable } from '../ledger/ledger.ts';
import type { JobRow } from '../ledger/row.ts';
import { ROW_SCHEMA } from './document-schema.ts';
import {
  type DocumentKind,
  type DynamoTable,
  dynamoDocuments,
  expiry,
  removeItem,
} from './dynamo-document.ts';
import { readItems, scanKind } from './dynamo-query.ts';
import { ROW_KIND, rowAttributes, rowOf } from './dynamo-row.ts';
import { batchEntries, countParkedRows, dueRows, listRows } from './dynamo-row-lists.ts';
import { soleJobs } from './dynamo-sole-jobs.ts';
import { rowKey } from './dynamo-table.ts';

/** The ledger in DynamoDB: one item per job, found by id, or through keys-only indexes by key, batch, state and due time. */
export function dynamoLedger(at: DynamoTable, retentionMs: number = DEFAULT_RETENTION_MS): Ledger {
  return {
    ...dynamoDocuments(at, rowDocuments(retentionMs)),
    getAll: (jobIds, onUnreadable) => rowsById(at, jobIds, onUnreadable),
    list: (query: JobQuery) => listRows(at, query),
    due: (now, limit, onUnreadable) => dueRows(at, now, limit, onUnreadable),
    ofBatch: (batch) => batchEntries(at, batch),
    countParked: () => countParkedRows(at),
    soleJobs: (mostPages) => soleJobs(at, mostPages),
    remove: (jobId) => removeItem(at, rowKey(jobId)),
    scan: (onUnreadable) => scanRows(at, onUnreadable),
  };
}

/** Exported for the count of write units. */
export const rowDocuments = (retentionMs: number): DocumentKind<JobRow> => ({
  schema: ROW_SCHEMA,
  keyOf: rowKey,
  attributes: (row) => ({ ...rowAttributes(row), ...expiry(deleteAtOf(row, retentionMs)) }),
});

/** The row of a dead-lettered job stays as long as its letter is open, and then as long as that. */
function deleteAtOf({ state, deleteAt }: JobRow, retentionMs: number): number | null {
  if (state.kind !== 'dead-lettered') return deleteAt;
  return state.closedAt === undefined ? null : state.closedAt + retentionMs;
}

async function rowsById(
  at: DynamoTable,
  jobIds: readonly string[],
  onUnreadable?: OnUnreadable,
): Promise<readonly JobRow[]> {
  // BatchGetItem refuses a key that is named twice.
  const items = await readItems(at, [...new Set(jobIds)].map(rowKey));
  return items.flatMap((item) => rowOf(item, onUnreadable) ?? []);
}

async function* scanRows(at: DynamoTable, onUnreadable?: OnUnreadable): AsyncGenerator<JobRow> {
  for await (const item of scanKind(at, ROW_KIND)) {
    const row = rowOf(item, onUnreadable);
    if (row !== null) yield row;
  }
}
