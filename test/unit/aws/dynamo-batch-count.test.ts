import { DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { keyItem } from '../../../shared/aws/dynamo-document.ts';
import { dynamoLedger } from '../../../shared/aws/dynamo-ledger.ts';
import { rowAttributes } from '../../../shared/aws/dynamo-row.ts';
import { rowKey } from '../../../shared/aws/dynamo-table.ts';
import type { JobRow } from '../../../shared/ledger/row.ts';
import { jobRow, SOME_TIME } from '../../support/rows.ts';

const client = new DynamoDBClient({ region: 'us-east-1' });
const mock = mockClient(client);
const ledger = dynamoLedger({ client, table: 'jobs' });
const completed = { kind: 'completed', at: SOME_TIME, result: null, resultDropped: false } as const;

/** What the batch's index says: an entry a row. */
function indexOf(rows: readonly JobRow[]): void {
  mock.on(QueryCommand).callsFake(async ({ ExpressionAttributeValues: values }: QueryCommandInput) => {
    const prefix = values?.[':bound']?.S ?? '';
    const Items = rows
      .map((row) => ({ ...keyItem(rowKey(row.jobId)), ...rowAttributes(row) }))
      .filter(({ batchPk }) => batchPk?.S === values?.[':partition']?.S)
      .filter(({ batchSk }) => batchSk?.S?.startsWith(prefix) === true);
    return { Items };
  });
}

beforeEach(() => void mock.reset());

describe('countBatch', () => {
  test('counts a job once that ends between the readings, which see it open and then ended', async () => {
    const row = jobRow({ jobId: 'job-1', batch: 'b' });
    const open = jobRow({ jobId: 'job-2', batch: 'b' });
    indexOf([row, open, { ...row, state: completed }]);
    expect(await ledger.countBatch('b')).toEqual({ total: 2, completed: 1, deadLettered: 0 });
  });
});
