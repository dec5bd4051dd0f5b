import { ownKeyOf } from '../job/ordering-key.ts';
import { assertNever } from '../kernel/assert-never.ts';
import { shortHash } from '../kernel/hash.ts';
import { type BatchEntry, type OnUnreadable, outcomeOf } from '../ledger/ledger.ts';
import type { JobRow } from '../ledger/row.ts';
import { ROW_SCHEMA } from './document-schema.ts';
import { decodeDocument, type Item } from './dynamo-document.ts';
import { ATTRIBUTE, jobIdOf, sequenceKey, shardOf, timeKey } from './dynamo-table.ts';

/** The attribute `kind` of a job's item, by which a scan tells it from letters and parts. */
export const ROW_KIND = 'row';

/** How a batch counts a job. One letter, at the head of the sort key. */
export const OUTCOMES = {
  open: 'o',
  completed: 'c',
  'dead-lettered': 'd',
  cancelled: 'x',
} as const satisfies Readonly<Record<BatchEntry['outcome'], string>>;

/** A batch name may be as long as its sender likes; a key may not. Nor may it show an address: keys end up in logs and consoles. */
export const batchPartition = (batch: string): string => shortHash(batch);
export const keyPartition = (orderingKey: string): string => shortHash(orderingKey);

/**
 * What the indexes need of a row; everything else is in the document. Each index holds as few rows as it can, and each row as
 * seldom as it can: an entry costs a write when it comes, one when it goes, and both when its key changes.
 */
export function rowAttributes(row: JobRow): Item {
  const enqueued = timeKey(row.enqueuedAt);
  return {
    [ATTRIBUTE.kind]: { S: ROW_KIND },
    ...orderKeys(row, enqueued),
    ...stateKeys(row, enqueued),
    ...batchKeys(row, enqueued),
  };
}

/** Under a key of its own there is never another job to be found. */
const orderKeys = ({ jobId, orderingKey }: JobRow, enqueued: string): Item =>
  orderingKey === ownKeyOf(jobId) ? {} : { keyPk: { S: keyPartition(orderingKey) }, keySk: { S: enqueued } };

/** Parked jobs are sorted by when they are due, then in the order SQS gave them; the others by when they were enqueued. */
function stateKeys({ jobId, state, sequenceNumber }: JobRow, enqueued: string): Item {
  const of = (sort: string): Item => ({
    statePk: { S: `${state.kind}#${shardOf(jobId)}` },
    stateSk: { S: sort },
  });
  switch (state.kind) {
    case 'parked':
      return of(`${timeKey(state.until)}#${sequenceKey(sequenceNumber)}#${enqueued}`);
    case 'decided':
      return of(enqueued);
    case 'waiting':
      return state.isLong === true ? of(enqueued) : {};
    case 'queued':
    case 'running':
    case 'completed':
    case 'dead-lettered':
    case 'cancelled':
      return {};
    default:
      return assertNever(state);
  }
}

function batchKeys(row: JobRow, enqueued: string): Item {
  const outcome = outcomeOf(row);
  if (row.batch === null || (outcome === 'open' && row.listed !== true)) return {};
  return {
    batchPk: { S: `${batchPartition(row.batch)}#${shardOf(row.jobId)}` },
    batchSk: { S: `${OUTCOMES[outcome]}#${enqueued}` },
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
