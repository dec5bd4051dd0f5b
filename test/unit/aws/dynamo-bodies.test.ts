import { gunzipSync } from 'node:zlib';
import { DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { dynamoBodies } from '../../../shared/aws/dynamo-bodies.ts';
import { seededRandom } from '../../../shared/kernel/random.ts';
import { SOME_TIME } from '../../support/rows.ts';

const client = new DynamoDBClient({ region: 'us-east-1' });
const mock = mockClient(client);
const bodies = dynamoBodies({ client, table: 'jobs' });

const random = seededRandom(7);
const noise = Array.from({ length: 1_200_000 }, () =>
  String.fromCharCode(33 + Math.floor(random() * 90)),
).join('');

const puts = () => mock.commandCalls(PutItemCommand).map(({ args }) => args[0].input.Item ?? {});

beforeEach(() => {
  mock.reset();
});

describe('long texts', () => {
  test('go into gzip parts that an item can hold, in order, with their expiry in seconds', async () => {
    mock.on(PutItemCommand).resolves({});
    const ref = await bodies.save('job-1/response', noise, SOME_TIME);
    expect(ref).toMatchObject({ kind: 'parts', count: puts().length });
    expect(puts().length).toBeGreaterThan(2);
    const parts = puts().map((item) => Buffer.from(item['docz']?.B ?? []));
    expect(parts.every((part) => part.length < 395 * 1024)).toBe(true);
    expect(gunzipSync(Buffer.concat(parts)).toString()).toBe(noise);
    expect(puts()[0]).toMatchObject({
      pk: { S: 'body#job-1/response' },
      ttl: { N: String(SOME_TIME / 1000) },
    });
  });

  test('are no reference when a part could not be written', async () => {
    mock.on(PutItemCommand).resolvesOnce({}).rejects(new Error('unreachable'));
    await expect(bodies.save('job-1/response', noise, null)).rejects.toThrow('unreachable');
  });

  test('are gone when one of their parts is', async () => {
    mock.on(PutItemCommand).resolves({});
    const ref = await bodies.save('job-1/response', noise, null);
    mock.on(QueryCommand).resolves({ Items: puts().slice(1) });
    expect(await bodies.load(ref)).toBeNull();
    mock.on(QueryCommand).resolves({ Items: puts() });
    expect(await bodies.load(ref)).toBe(noise);
  });

  test('never mix with another text that was saved under the same name', async () => {
    mock.on(PutItemCommand).resolves({});
    await bodies.save('name', noise, null);
    await bodies.save('name', noise.split('').reverse().join(''), null);
    const keys = puts().map((item) => `${item['pk']?.S} ${item['sk']?.S}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('short as text but long as JSON are not kept inline', async () => {
    mock.on(PutItemCommand).resolves({});
    expect((await bodies.save('control', '\u0001'.repeat(60_000), null)).kind).toBe('parts');
    expect((await bodies.save('plain', 'a'.repeat(60_000), null)).kind).toBe('inline');
  });
});
