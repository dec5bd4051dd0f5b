import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { ROW_SCHEMA } from '../../../shared/aws/document-schema.ts';
import { encodeValue, keyItem } from '../../../shared/aws/dynamo-document.ts';
import { dynamoLedger } from '../../../shared/aws/dynamo-ledger.ts';
import { readItems } from '../../../shared/aws/dynamo-query.ts';
import { rowAttributes } from '../../../shared/aws/dynamo-row.ts';
import { rowKey } from '../../../shared/aws/dynamo-table.ts';
import type { JobQuery } from '../../../shared/ledger/ledger.ts';
import type { JobRow } from '../../../shared/ledger/row.ts';
import { jobRow, SOME_TIME } from '../../support/rows.ts';

const client = new DynamoDBClient({ region: 'us-east-1' });
const mock = mockClient(client);
const ledger = dynamoLedger({ client, table: 'jobs' });

const completed = { kind: 'completed', at: SOME_TIME, result: null, resultDropped: false } as const;

/** A row that the index by state has. */
const decided = (jobId: string, enqueuedAt: number = SOME_TIME): JobRow =>
  jobRow({
    jobId,
    enqueuedAt,
    state: {
      kind: 'decided',
      decision: {
        letterId: jobId,
        class: 'internal',
        code: null,
        message: '',
        retryBody: null,
        request: null,
        response: null,
        httpStatus: null,
        decidedAt: SOME_TIME,
        quietUntil: null,
      },
    },
  });

/** The index still says what `indexed` says; the table holds `stored`. */
function lagging(indexed: readonly JobRow[], stored: readonly JobRow[], perReply = 100): void {
  mock.on(QueryCommand).callsFake(async ({ ExpressionAttributeValues: values }: QueryCommandInput) => ({
    Items: indexed
      .map((row) => ({ ...keyItem(rowKey(row.jobId)), ...rowAttributes(row) }))
      .filter(({ statePk }) => statePk?.S === values?.[':partition']?.S),
  }));
  mock.on(BatchGetItemCommand).callsFake(async ({ RequestItems }: BatchGetItemCommandInput) => {
    const keys = RequestItems?.['jobs']?.Keys ?? [];
    const asked = new Set(keys.slice(0, perReply).map((key) => key['pk']?.S));
    const items = stored.map((row) => ({ ...keyItem(rowKey(row.jobId)), ...encodeValue(ROW_SCHEMA, row) }));
    const left = keys.slice(perReply);
    return {
      Responses: { jobs: items.filter(({ pk }) => asked.has(pk?.S)) },
      UnprocessedKeys: left.length === 0 ? {} : { jobs: { Keys: left, ConsistentRead: true } },
    };
  });
}

async function ids(query: JobQuery): Promise<string[]> {
  const found: string[] = [];
  for await (const { jobId } of ledger.list(query)) found.push(jobId);
  return found;
}

const decidedJobs: JobQuery = { by: { kind: 'state', state: 'decided' }, limit: 10 };

beforeEach(() => {
  mock.reset();
});

describe('an index that lags', () => {
  test('does not list a job under a state that it has left', async () => {
    const stays = decided('stays');
    const left = decided('left');
    lagging([stays, left], [stays, { ...left, state: completed }]);
    expect(await ids(decidedJobs)).toEqual(['stays']);
  });

  test('does not list a job twice that it shows twice', async () => {
    const row = decided('moving');
    lagging([row, { ...row, enqueuedAt: SOME_TIME + 1 }], [row]);
    expect(await ids(decidedJobs)).toEqual(['moving']);
  });

  test('does not list a job that is gone', async () => {
    const [gone, here] = [decided('gone', SOME_TIME - 1), decided('here')];
    lagging([gone, here], [here]);
    expect(await ids(decidedJobs)).toEqual(['here']);
  });
});

test('a list asks again for the rows that DynamoDB left out of its reply', async () => {
  const rows = Array.from({ length: 7 }, (_, i) => decided(`job-${i}`, SOME_TIME - i));
  lagging(rows, rows, 3);
  expect(await ids(decidedJobs)).toEqual(rows.map(({ jobId }) => jobId));
});

describe('a partial answer of DynamoDB', () => {
  const at = { client, table: 'jobs' };
  const keys = ['a', 'b'].map(rowKey);
  const items = keys.map(keyItem);
  const unprocessed = { jobs: { Keys: items, ConsistentRead: true } };

  test('is asked for again after a pause that grows while nothing comes', async () => {
    const pauses: number[] = [];
    const pause = async (tries: number): Promise<void> => void pauses.push(tries);
    mock
      .on(BatchGetItemCommand)
      .resolvesOnce({ UnprocessedKeys: unprocessed })
      .resolvesOnce({ UnprocessedKeys: unprocessed })
      .resolvesOnce({ Responses: { jobs: items.slice(0, 1) }, UnprocessedKeys: unprocessed })
      .resolves({ Responses: { jobs: items } });
    expect(await readItems(at, keys, pause)).toEqual(items);
    expect(pauses).toEqual([2, 3, 1]);
  });

  test('is given up when nothing comes however often it is asked for', async () => {
    mock.on(BatchGetItemCommand).resolves({ UnprocessedKeys: unprocessed });
    await expect(readItems(at, keys, async () => {})).rejects.toThrow('throttling');
    expect(mock.commandCalls(BatchGetItemCommand)).toHaveLength(10);
  });
});
