import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  type DocumentKind,
  DocumentTooLarge,
  dynamoDocuments,
  itemOf,
} from '../../../shared/aws/dynamo-document.ts';
import { absent, type Copy, UnansweredWrite } from '../../../shared/kernel/document.ts';

const client = new DynamoDBClient({ region: 'us-east-1' });
const mock = mockClient(client);
const at = { client, table: 'jobs' };

interface Words {
  readonly words: string;
}
const KIND: DocumentKind<Words> = {
  schema: { name: 'note', upgrades: [] },
  keyOf: (id) => ({ pk: `note#${id}`, sk: 'note' }),
  attributes: () => ({}),
};
const copyOf = (version: number, words: string): Copy<Words> => ({
  id: '1',
  value: { words },
  version,
  token: words,
});
const before = copyOf(1, 'before');
const theirs = copyOf(2, 'theirs');

const refused = new ConditionalCheckFailedException({
  message: 'The conditional request failed',
  $metadata: {},
});
const timedOut = Object.assign(new Error('no answer in time'), { name: 'TimeoutError' });

/** One write over `before`; whoever finds something else there leaves it. */
const change = (words = 'mine') =>
  dynamoDocuments(at, KIND).change(before, (stored) => (stored?.words === 'before' ? { words } : null));
const storedIs = (copy: Copy<Words> | null) =>
  mock.on(GetItemCommand).resolves(copy === null ? {} : { Item: itemOf(KIND, copy) });
/** The item is there as it was last put. */
const storedIsWhatWasPut = () =>
  mock
    .on(GetItemCommand)
    .callsFake(() => ({ Item: mock.commandCalls(PutItemCommand).at(-1)?.args[0].input.Item }));

beforeEach(() => {
  mock.reset();
});

describe('a change of a document', () => {
  test('takes one request when nothing goes wrong', async () => {
    mock.on(PutItemCommand).resolves({});
    expect(await change()).toMatchObject({ kind: 'written', copy: { version: 2 } });
    expect(mock.calls()).toHaveLength(1);
    expect(mock.commandCalls(PutItemCommand)[0]?.args[0].input).toMatchObject({
      ConditionExpression: '#version = :version',
      ExpressionAttributeValues: { ':version': { N: '1' } },
    });
  });

  test('writes a first version only where there is nothing', async () => {
    mock.on(PutItemCommand).resolves({});
    await dynamoDocuments(at, KIND).change(absent('1'), () => ({ words: 'mine' }));
    const input = mock.commandCalls(PutItemCommand)[0]?.args[0].input;
    expect(input).toMatchObject({ ConditionExpression: 'attribute_not_exists(pk)' });
  });

  test('knows its own write again when the condition failed because the first reply was lost', async () => {
    mock.on(PutItemCommand).rejects(refused);
    storedIsWhatWasPut();
    expect(await change()).toMatchObject({ kind: 'written' });
    expect(mock.commandCalls(GetItemCommand)[0]?.args[0].input.ConsistentRead).toBe(true);
  });

  test.each([theirs, null])('is asked again when the condition failed and %o is stored', async (stored) => {
    mock.on(PutItemCommand).rejects(refused);
    storedIs(stored);
    expect(await change()).toEqual({ kind: 'left', copy: stored ?? absent('1') });
  });

  test('is written when no answer came, but the own write is there', async () => {
    mock.on(PutItemCommand).rejects(timedOut);
    storedIsWhatWasPut();
    expect(await change()).toMatchObject({ kind: 'written' });
  });

  test('is asked again when no answer came and somebody else has written', async () => {
    mock.on(PutItemCommand).rejects(timedOut);
    storedIs(theirs);
    expect(await change()).toEqual({ kind: 'left', copy: theirs });
  });

  test('fails when no answer came and the item is still the one before: the write may yet arrive', async () => {
    mock.on(PutItemCommand).rejects(timedOut);
    storedIs(before);
    await expect(change()).rejects.toMatchObject({ name: 'UnansweredWrite', cause: timedOut, version: 2 });
    await expect(change()).rejects.toBeInstanceOf(UnansweredWrite);
  });

  test('fails with the first error when the item cannot be read either', async () => {
    mock.on(PutItemCommand).rejects(timedOut);
    mock.on(GetItemCommand).rejects(new Error('unreachable'));
    await expect(change()).rejects.toMatchObject({ name: 'UnansweredWrite', cause: timedOut, version: 2 });
    await expect(change()).rejects.toBeInstanceOf(UnansweredWrite);
  });

  test('never asks again when the condition failed and the item cannot be read', async () => {
    mock.on(PutItemCommand).rejects(refused);
    mock.on(GetItemCommand).rejects(new Error('unreachable'));
    await expect(change()).rejects.toThrow('unreachable');
  });

  test('refuses a document that no item can hold, without a request', async () => {
    const words = noise(700_000);
    await expect(change(words)).rejects.toThrow(DocumentTooLarge);
    expect(mock.calls()).toHaveLength(0);
  });

  test('writes a document that gzip makes small enough', async () => {
    mock.on(PutItemCommand).resolves({});
    const words = '<attribute><attrName>Email</attrName></attribute>'.repeat(20_000);
    expect(await change(words)).toMatchObject({ kind: 'written' });
  });
});

/** Letters in an order that gzip can do little with; the same in every run. */
function noise(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return String.fromCharCode(33 + (state % 90));
  }).join('');
}
