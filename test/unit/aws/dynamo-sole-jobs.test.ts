import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { keyPartition } from '../../../shared/aws/dynamo-row.ts';
import { soleJobs } from '../../../shared/aws/dynamo-sole-jobs.ts';
import { rowKey } from '../../../shared/aws/dynamo-table.ts';

const client = new DynamoDBClient({ region: 'us-east-1' });
const aws = mockClient(client);
const at = { client, table: 'jobs' };
beforeEach(() => void aws.reset());

const KEY = 'lead:EMAIL:a@example.com';
const entry = (jobId: string) => ({ pk: { S: rowKey(jobId).pk }, keyPk: { S: keyPartition(KEY) } });
const cursor = { pk: { S: 'job#a' } };

describe('the jobs that are alone under their keys', () => {
  test('are not those of which the index holds another job alone', async () => {
    aws.on(ScanCommand).resolves({ Items: [entry('other')] });
    const isSole = await soleJobs(at, 1);
    expect(isSole?.(KEY, 'other')).toBe(true);
    expect(isSole?.(KEY, 'left-out-of-the-index')).toBe(false);
  });

  test('are not those whose key comes back on a later page', async () => {
    aws
      .on(ScanCommand)
      .resolvesOnce({ Items: [entry('a')], LastEvaluatedKey: cursor })
      .resolvesOnce({ Items: [entry('b')] });
    const isSole = await soleJobs(at, 2);
    expect([isSole?.(KEY, 'a'), isSole?.(KEY, 'b')]).toEqual([false, false]);
    expect(aws.commandCalls(ScanCommand)[1]?.args[0].input.ExclusiveStartKey).toEqual(cursor);
  });

  test('are not known where the index has more pages than may be read', async () => {
    aws.on(ScanCommand).resolves({ Items: [entry('a')], LastEvaluatedKey: cursor });
    expect(await soleJobs(at, 2)).toBeNull();
    expect(aws.commandCalls(ScanCommand)).toHaveLength(2);
  });

  test('are not known to a role that may not scan, and a store that fails is no such role', async () => {
    aws.on(ScanCommand).rejectsOnce(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
    expect(await soleJobs(at, 1)).toBeNull();
    aws.on(ScanCommand).rejects(new Error('away'));
    await expect(soleJobs(at, 1)).rejects.toThrow('away');
  });
});
