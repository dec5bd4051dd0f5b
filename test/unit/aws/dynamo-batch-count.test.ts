import { DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { keyItem } from '../../../shared/aws/dynamo-document.ts';
import { dynamoLedger } from '../../../shared/aws/dynamo-ledger.ts';
import { rowAttributes } from '../../../shared/aws/dynamo-row.ts';
import { rowKey } from '../../../shared/aws/dynamo-table.ts';
import { countEntries } from '../../../shared/ledger/outcomes.ts';
import type { JobRow } from '../../../shared/ledger/row.ts';
import { jobRow, SOME_TIME } from '../../support/rows.ts';

const client = new DynamoDBClient({ region: 'us-east-1' });
const mock = mockClient(client);
const ledger = dynamoLedger({ client, table: 'jobs' });
const completed = { kind: 'completed', at: SOME_TIME, result: null, resultDropped: false } as const;

/** What the batch's index says: an entry a row. */
function indexOf(rows: readonly JobRow[]): void {
  mock.on(QueryCommand).callsFake(async ({ ExpressionAttributeValues: values }: QueryCommandInput) => {
    const Items = rows
      .map((row) => ({ ...keyItem(rowKey(row.jobId)), ...rowAttributes(row) }))
      .filter(({ batchPk }) => batchPk?.S === values?.[':partition']?.S);
    return { Items };
  });
}

beforeEach(() => void mock.reset());

describe('the count of a batch', () => {
  test('counts a job once that ends between the readings, which see it open and then ended', async () => {
    const row = jobRow({ jobId: 'job-1', batch: 'b', listed: true });
    const open = jobRow({ jobId: 'job-2', batch: 'b', listed: true });
    const ended = { ...row, state: completed };
    for (const seen of [
      [row, open, ended],
      [ended, open, row],
    ]) {
      indexOf(seen);
      const count = await countEntries('b', ledger.ofBatch('b'));
      expect(count).toEqual({ total: 2, completed: 1, deadLettered: 0, cancelled: 0 });
    }
  });

  test('fails over an entry of an outcome that it does not know', async () => {
    const Items = [{ pk: { S: 'job#1' }, sk: { S: 'row' }, batchSk: { S: 'z#1' } }];
    mock.on(QueryCommand).resolves({ Items });
    await expect(countEntries('b', ledger.ofBatch('b'))).rejects.toThrow('unknown outcome: z#1');
  });
});
