import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { TABLE } from '../config/names.ts';
import { hashNumber } from '../kernel/hash.ts';
import type { IsSoleJob } from '../ledger/ledger.ts';
import type { DynamoTable, Item } from './dynamo-document.ts';
import { keyPartition } from './dynamo-row.ts';
import { rowKey } from './dynamo-table.ts';

/** Keys that fall into one slot are taken for one, so that their jobs are not alone: a few per cent at 300,000 jobs. */
const SLOTS = 2 ** 22;

/** What stands in a slot of nothing and of several: no hash, which is a whole number from 0. */
const NONE = -1;
const SEVERAL = -2;

/**
 * Reads the index by ordering key from end to end, keys alone, some 10,000 to a page: for thousands of keys that is a fraction of what
 * a query of each costs. Null past `mostPages`, and where whoever asks may not scan. In 32 MB, however many jobs there are.
 */
export async function soleJobs(at: DynamoTable, mostPages: number): Promise<IsSoleJob | null> {
  const { name, partitionKey } = TABLE.indexes.byKey;
  const jobs = new Float64Array(SLOTS).fill(NONE);
  let start: Item | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const reply = await at.client
      .send(
        new ScanCommand({
          TableName: at.table,
          IndexName: name,
          ProjectionExpression: `${TABLE.partitionKey}, ${partitionKey}`,
          ExclusiveStartKey: start,
        }),
      )
      .catch(unlessDenied);
    if (reply === null) return null;
    for (const item of reply.Items ?? []) {
      const slot = slotOf(item[partitionKey]?.S ?? '');
      jobs[slot] = jobs[slot] === NONE ? hashNumber(item[TABLE.partitionKey]?.S ?? '') : SEVERAL;
    }
    start = reply.LastEvaluatedKey;
    if (start === undefined) {
      return (orderingKey, jobId) => jobs[slotOf(keyPartition(orderingKey))] === hashNumber(rowKey(jobId).pk);
    }
  }
  return null;
}

const slotOf = (keyPk: string): number => hashNumber(keyPk) % SLOTS;

/** A role that was given its rights before this was asked for. */
function unlessDenied(error: unknown): null {
  if (error instanceof Error && error.name === 'AccessDeniedException') return null;
  throw error;
}
