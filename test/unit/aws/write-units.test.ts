import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { itemOf } from '../../../shared/aws/dynamo-document.ts';
import { rowDocuments } from '../../../shared/aws/dynamo-ledger.ts';
import { countUnits, itemBytes } from '../../support/dynamo-units.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../support/embedded.ts';
import { jobRow, SOME_TIME } from '../../support/rows.ts';
import { ledgerUnits, UNIT_CASES } from '../../support/unit-cases.ts';

let aws: EmbeddedAws;
beforeAll(async () => {
  aws = await startEmbeddedAws();
});
afterAll(() => aws.stop());

describe('a job', () => {
  test.each(UNIT_CASES)('costs at most $aim write units: $name', async ({ aim, requests, run }) => {
    const bill = await run({ client: aws.clients.dynamodb, table: await aws.createTable() });
    expect(ledgerUnits(bill)).toBeLessThanOrEqual(aim);
    if (requests !== undefined) expect(bill.requests).toBeLessThanOrEqual(requests);
  });

  test('has a row of at most 900 bytes when it has completed in a batch, with long names', () => {
    const attempt = {
      callId: '0123456789abcdef01234567',
      at: SOME_TIME,
      durationMs: 1_234,
      class: null,
      code: null,
      httpStatus: 200,
      message: '',
      counted: true,
    };
    const result = '{"leadId":1000001,"syncStatus":{"leadId":1000001,"status":"UPDATED","error":null}}';
    const row = jobRow({
      jobId: 'import-2026-11-22-0000099999',
      orderingKey: `lead:EMAIL:${'long.name.of.somebody'.repeat(2)}@subsidiary.example.com`,
      batch: 'import-2026-11-22-of-the-trade-fair',
      sequenceNumber: '18870000000000000001',
      attempts: [attempt],
      state: {
        kind: 'completed',
        at: SOME_TIME,
        result: { kind: 'inline', text: result },
        resultDropped: false,
      },
      deleteAt: SOME_TIME,
    });
    const token = '0123456789abcdef01234567';
    const item = itemOf(rowDocuments(1), { id: row.jobId, value: row, version: 3, token });
    expect(itemBytes(item)).toBeLessThanOrEqual(900);
  });
});

describe('the counter of units', () => {
  async function counted() {
    const { dynamodb: client } = aws.clients;
    const TableName = await aws.createTable();
    const key = { pk: { S: 'x#1' }, sk: { S: 'y' } };
    const counter = countUnits(client);
    const put = async (more: Record<string, string>, condition?: string): Promise<number> => {
      const Item = { ...key, ...Object.fromEntries(Object.entries(more).map(([name, S]) => [name, { S }])) };
      const ConditionExpression = condition === undefined ? {} : { ConditionExpression: condition };
      await client.send(new PutItemCommand({ TableName, Item, ...ConditionExpression })).catch(() => null);
      return counter.take().writeUnits;
    };
    const remove = async (): Promise<number> => {
      await client.send(new DeleteItemCommand({ TableName, Key: key }));
      return counter.take().writeUnits;
    };
    return { client, TableName, key, put, remove, counter };
  }

  test('bills an item by the kilobyte, the larger of what was there and what comes', async () => {
    const { put, remove, counter } = await counted();
    expect(await put({})).toBe(1);
    expect(await put({ a: 'x'.repeat(1_100) })).toBe(2);
    expect(await put({})).toBe(2);
    expect(await put({})).toBe(1);
    expect(await remove()).toBe(1);
    counter.stop();
  });

  test('bills an index where the item enters it, leaves it, or moves in it, and nothing else', async () => {
    const { put, remove, counter } = await counted();
    const at = (keySk: string, more = {}) => ({ keyPk: 'k', keySk, ...more });
    expect(await put({ keyPk: 'k' })).toBe(1);
    expect(await put(at('1'))).toBe(2);
    expect(await put(at('1', { other: 'x' }))).toBe(1);
    expect(await put(at('2'))).toBe(3);
    expect(await put({})).toBe(2);
    expect(await put(at('1'))).toBe(2);
    expect(await remove()).toBe(2);
    counter.stop();
  });

  test('bills a carried attribute that changes as one write of its index', async () => {
    const { put, counter } = await counted();
    const at = { letterPk: 'open#1', letterSk: '1' };
    expect(await put({ ...at, summary: 'a' })).toBe(2);
    expect(await put({ ...at, summary: 'b' })).toBe(2);
    expect(await put({ ...at, summary: 'b', other: 'c' })).toBe(1);
    counter.stop();
  });

  test('bills a refused write by what stands in its way, and no index', async () => {
    const { put, counter } = await counted();
    expect(await put({ keyPk: 'k', keySk: '1' }, 'attribute_exists(pk)')).toBe(1);
    await put({ a: 'x'.repeat(1_100), keyPk: 'k', keySk: '1' });
    expect(await put({ keyPk: 'k', keySk: '2' }, 'attribute_not_exists(pk)')).toBe(2);
    counter.stop();
  });

  test('knows what it cannot bill', async () => {
    const { client, TableName, key, counter } = await counted();
    await expect(client.send(new UpdateItemCommand({ TableName, Key: key }))).rejects.toThrow(
      'nobody has said',
    );
    counter.stop();
  });
});
