import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { DocumentTooLarge, encodeDocument, swapDocument } from '../../../shared/aws/dynamo-document.ts';

const client = new DynamoDBClient({ region: 'us-east-1' });
const mock = mockClient(client);
const at = { client, table: 'jobs' };
const key = { pk: 'job#1', sk: 'row' };

const mine = { version: 2, writeToken: 'mine', words: 'mine' };
const theirs = { version: 2, writeToken: 'theirs', words: 'theirs' };
const before = { version: 1, writeToken: 'before', words: 'before' };

const refused = new ConditionalCheckFailedException({
  message: 'The conditional request failed',
  $metadata: {},
});
const timedOut = Object.assign(new Error('no answer in time'), { name: 'TimeoutError' });

const swap = () => swapDocument(at, key, mine, {});
const storedIs = (document: typeof mine | null) =>
  mock.on(GetItemCommand).resolves(document === null ? {} : { Item: encodeDocument(document) });

beforeEach(() => {
  mock.reset();
});

describe('swapDocument', () => {
  it('takes one request when nothing goes wrong', async () => {
    mock.on(PutItemCommand).resolves({});
    expect(await swap()).toEqual({ kind: 'written' });
    expect(mock.calls()).toHaveLength(1);
    expect(mock.commandCalls(PutItemCommand)[0]?.args[0].input).toMatchObject({
      ConditionExpression: '#version = :version',
      ExpressionAttributeValues: { ':version': { N: '1' } },
    });
  });

  it('writes a first version only where there is nothing', async () => {
    mock.on(PutItemCommand).resolves({});
    await swapDocument(at, key, { ...mine, version: 1 }, {});
    const input = mock.commandCalls(PutItemCommand)[0]?.args[0].input;
    expect(input).toMatchObject({ ConditionExpression: 'attribute_not_exists(pk)' });
  });

  it('knows its own write again when the condition failed because the first reply was lost', async () => {
    mock.on(PutItemCommand).rejects(refused);
    storedIs(mine);
    expect(await swap()).toEqual({ kind: 'written' });
    expect(mock.commandCalls(GetItemCommand)[0]?.args[0].input.ConsistentRead).toBe(true);
  });

  it.each([theirs, before, null])(
    'is a conflict when the condition failed and %o is stored',
    async (stored) => {
      mock.on(PutItemCommand).rejects(refused);
      storedIs(stored);
      expect(await swap()).toEqual({ kind: 'conflict', stored });
    },
  );

  it('is written when no answer came, but the own write is there', async () => {
    mock.on(PutItemCommand).rejects(timedOut);
    storedIs(mine);
    expect(await swap()).toEqual({ kind: 'written' });
  });

  it('is a conflict when no answer came and somebody else has written', async () => {
    mock.on(PutItemCommand).rejects(timedOut);
    storedIs(theirs);
    expect(await swap()).toEqual({ kind: 'conflict', stored: theirs });
  });

  it('fails when no answer came and the item is still the one before: the write may yet arrive', async () => {
    mock.on(PutItemCommand).rejects(timedOut);
    storedIs(before);
    await expect(swap()).rejects.toBe(timedOut);
  });

  it('fails with the first error when the item cannot be read either', async () => {
    mock.on(PutItemCommand).rejects(timedOut);
    mock.on(GetItemCommand).rejects(new Error('unreachable'));
    await expect(swap()).rejects.toBe(timedOut);
  });

  it('never calls it a conflict when the condition failed and the item cannot be read', async () => {
    mock.on(PutItemCommand).rejects(refused);
    mock.on(GetItemCommand).rejects(new Error('unreachable'));
    await expect(swap()).rejects.toThrow('unreachable');
  });

  it('refuses a document that no item can hold, without a request', async () => {
    const words = noise(700_000);
    await expect(swapDocument(at, key, { ...mine, words }, {})).rejects.toThrow(DocumentTooLarge);
    expect(mock.calls()).toHaveLength(0);
  });

  it('writes a document that gzip makes small enough', async () => {
    mock.on(PutItemCommand).resolves({});
    const words = '<attribute><attrName>Email</attrName></attribute>'.repeat(20_000);
    expect(await swapDocument(at, key, { ...mine, words }, {})).toEqual({ kind: 'written' });
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
