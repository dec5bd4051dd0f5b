import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { dynamoDirectory } from '../../../shared/aws/dynamo-directory.ts';
import { DocumentTooLarge } from '../../../shared/aws/dynamo-document.ts';
import { seededRandom } from '../../../shared/kernel/random.ts';
import { SOME_TIME } from '../../support/rows.ts';

const client = new DynamoDBClient({ region: 'us-east-1' });
const mock = mockClient(client);
const store = dynamoDirectory({ client, table: 'jobs' });

const written = () => mock.commandCalls(PutItemCommand)[0]?.args[0].input.Item ?? {};

beforeEach(() => {
  mock.reset();
  mock.on(PutItemCommand).resolves({});
});

describe('a copy of the directory', () => {
  test('lies under a key of its own until its end', async () => {
    await store.write('abc', 'text', { at: SOME_TIME, keepMs: 5_000 });
    expect(written()).toMatchObject({
      pk: { S: 'directory#abc' },
      sk: { S: 'copy' },
      ttl: { N: String(SOME_TIME / 1_000 + 5) },
    });
  });

  test.each(['text', 'x'.repeat(300_000)])('is read as it was written, consistently', async (text) => {
    await store.write('abc', text, { at: SOME_TIME, keepMs: 5_000 });
    mock.on(GetItemCommand).resolves({ Item: written() });
    expect(await store.read('abc')).toEqual({ at: SOME_TIME, text });
    expect(mock.commandCalls(GetItemCommand)[0]?.args[0].input).toMatchObject({
      TableName: 'jobs',
      Key: { pk: { S: 'directory#abc' }, sk: { S: 'copy' } },
      ConsistentRead: true,
    });
    expect('docz' in written()).toBe(text.length > 10_000);
  });

  test('that nobody has written is none', async () => {
    mock.on(GetItemCommand).resolves({});
    expect(await store.read('abc')).toBeNull();
  });

  test.each([
    ['of a newer version', { schema: { N: '9' } }],
    ['cut', { doc: { S: '{"at":1,"te' } }],
    ['of another kind', { doc: { S: '{"id":"job"}' } }],
    ['of nothing', { doc: { N: '1' } }],
    ['badly packed', { docz: { B: new Uint8Array([1, 2, 3]) } }],
  ])('%s is none', async (_name, over) => {
    await store.write('abc', 'text', { at: SOME_TIME, keepMs: 5_000 });
    mock.on(GetItemCommand).resolves({ Item: { ...written(), ...over } as never });
    expect(await store.read('abc')).toBeNull();
  });

  test('that no item can hold is refused, and trouble is not hidden', async () => {
    const random = seededRandom(7);
    const noise = Array.from({ length: 1_000_000 }, () =>
      String.fromCharCode(33 + Math.floor(random() * 90)),
    );
    await expect(store.write('abc', noise.join(''), { at: 0, keepMs: 1 })).rejects.toThrow(DocumentTooLarge);
    mock.on(GetItemCommand).rejects(new Error('throttled'));
    await expect(store.read('abc')).rejects.toThrow('throttled');
  });
});
