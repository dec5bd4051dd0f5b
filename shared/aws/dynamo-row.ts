import { sha256Hex } from '../kernel/hash.ts';
import { type BatchEntry, type OnUnreadable, outcomeOf } from '../ledger/ledger.ts';
import type { JobRow } from '../ledger/row.ts';
import { ROW_SCHEMA } from './document-schema.ts';
import { decodeDocument, type Item } from './dynamo-document.ts';
import { ATTRIBUTE, jobIdOf, sequenceKey, shardOf, timeKey } from './dynamo-table.ts';

/** The attribute `kind` of a job's item, by which a scan tells it from letters, parts and marks. */
export const ROW_KIND = 'row';

export const STATE_KINDS = [
  'queued',
  'waiting',
  'parked',
  'running',
  'decided',
  'completed',
  'dead-lettered',
  'cancelled',
] as const satisfies readonly JobRow['state']['kind'][];

/** How a batch counts a job. One letter, at the head of the sort key: it changes only when the job ends. */
export const OUTCOMES = {
  open: 'o',
  completed: 'c',
  'dead-lettered': 'd',
  cancelled: 'x',
} as const satisfies Readonly<Record<BatchEntry['outcome'], string>>;

/** A batch name may be as long as its sender likes; a key may not. */
export const batchPartition = (batch: string): string => sha256Hex(batch);

/** What the indexes need of a row; everything else is in the document. */
export function rowAttributes(row: JobRow): Item {
  const enqueued = `${timeKey(row.enqueuedAt)}#${row.jobId}`;
  const shard = shardOf(row.jobId);
  return {
    [ATTRIBUTE.kind]: { S: ROW_KIND },
    keyPk: { S: sha256Hex(row.orderingKey) },
    keySk: { S: enqueued },
    statePk: { S: `${row.state.kind}#${shard}` },
    stateSk: { S: stateSort(row, enqueued) },
    ...(row.batch === null
      ? {}
      : {
          batchPk: { S: `${batchPartition(row.batch)}#${shard}` },
          batchSk: { S: `${OUTCOMES[outcomeOf(row)]}#${enqueued}` },
        }),
  };
}

/** The row of an item. One that cannot be read is null, and told to whoever wants to know; without anybody it is thrown. */
export function rowOf(item: Item, onUnreadable: OnUnreadable | undefined): JobRow | null {
  try {
    return decodeDocument(ROW_SCHEMA, item);
  } catch (error) {
    if (onUnreadable === undefined) throw error;
    onUnreadable(jobIdOf(item['pk']?.S ?? '?'), error);
    return null;
  }
}

/** Parked jobs are sorted by when they are due, then in the order SQS gave them; the others by when they were enqueued. */
const stateSort = (row: JobRow, enqueued: string): string =>
  row.state.kind === 'parked'
    ? `${timeKey(row.state.until)}#${sequenceKey(row.sequenceNumber)}#${enqueued}`
    : enqueued;
