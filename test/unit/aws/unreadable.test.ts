import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoArchive } from '../../../shared/aws/dynamo-archive.ts';
import { dynamoBodies } from '../../../shared/aws/dynamo-bodies.ts';
import { keyItem } from '../../../shared/aws/dynamo-document.ts';
import { dynamoLedger } from '../../../shared/aws/dynamo-ledger.ts';
import { letterKey, rowKey } from '../../../shared/aws/dynamo-table.ts';
import { type FilterWords, parseFilter } from '../../../shared/deadletter/filter.ts';
import { selectLetters } from '../../../shared/deadletter/select-letters.ts';
import { absent } from '../../../shared/kernel/document.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../support/embedded.ts';
import { jobRow, letterHead, SOME_TIME } from '../../support/rows.ts';

let aws: EmbeddedAws;
beforeAll(async () => {
  aws = await startEmbeddedAws();
});
afterAll(() => aws.stop());

async function tableOf() {
  const at = { client: aws.clients.dynamodb, table: await aws.createTable() };
  const spoil = (key: ReturnType<typeof rowKey>, attribute: string, value: { S: string } | { N: string }) =>
    at.client.send(
      new UpdateItemCommand({
        TableName: at.table,
        Key: keyItem(key),
        UpdateExpression: 'SET #a = :v',
        ExpressionAttributeNames: { '#a': attribute },
        ExpressionAttributeValues: { ':v': value },
      }),
    );
  return { at, spoil };
}

describe('what no version of this program wrote', () => {
  test('is a line of the list of letters, between those that can be read', async () => {
    const { at, spoil } = await tableOf();
    const archive = dynamoArchive(at);
    for (const [i, letterId] of ['one', 'two#1', 'three'].entries()) {
      await archive.change(absent(letterId), () => letterHead({ letterId, deadLetteredAt: SOME_TIME - i }));
    }
    await spoil(letterKey('two#1'), 'summary', { S: '{not json' });
    const listed = await Array.fromAsync(archive.summaries(['open', 'discarded']));
    expect(listed.map(({ letterId }) => letterId)).toEqual(['one', 'two#1', 'three']);
    expect(listed[1]).toMatchObject({ status: 'open', deadLetteredAt: SOME_TIME - 1, cause: 'unreadable' });
  });

  test('is told of where letters are read together, and keeps none of the others away', async () => {
    const { at, spoil } = await tableOf();
    const archive = dynamoArchive(at);
    for (const letterId of ['one', 'two#1']) {
      await archive.change(absent(letterId), () => letterHead({ letterId }));
    }
    await spoil(letterKey('two#1'), 'schema', { N: '99' });
    const told: string[] = [];
    const found = await archive.getAll(['one', 'two#1'], (letterId) => void told.push(letterId));
    expect([found.map(({ letterId }) => letterId), told]).toEqual([['one'], ['two#1']]);
  });

  test('is told of by a scan and a list of rows, which go on', async () => {
    const { at, spoil } = await tableOf();
    const ledger = dynamoLedger(at);
    for (const jobId of ['one', 'two', 'three']) await ledger.change(absent(jobId), () => jobRow({ jobId }));
    await spoil(rowKey('two'), 'schema', { N: '99' });
    await at.client.send(
      new PutItemCommand({ TableName: at.table, Item: { ...keyItem(rowKey('four')), kind: { S: 'row' } } }),
    );
    const told: string[] = [];
    const onUnreadable = (jobId: string, error: unknown) =>
      void told.push(`${jobId}: ${String(error).slice(0, 13)}`);
    const scanned = await Array.fromAsync(ledger.scan(onUnreadable));
    expect(scanned.map(({ jobId }) => jobId).sort()).toEqual(['one', 'three']);
    expect(told.sort()).toEqual(['four: Error: the it', 'two: UnknownSchema']);
    const by = { kind: 'key', orderingKey: jobRow().orderingKey } as const;
    const listed = await Array.fromAsync(ledger.list({ by, limit: 10, onUnreadable }));
    expect(listed.map(({ jobId }) => jobId).sort()).toEqual(['one', 'three']);
    await expect(Array.fromAsync(ledger.list({ by, limit: 10 }))).rejects.toThrow('schema 99');
  });

  test('keeps no parked job from being sent, however many are due before it, and is told of', async () => {
    const { at, spoil } = await tableOf();
    const ledger = dynamoLedger(at);
    const body = { kind: 'inline', text: '{}' } as const;
    for (const [i, jobId] of ['one', 'two', 'three', 'four'].entries()) {
      const state = { kind: 'parked', until: SOME_TIME + i, body, groupId: 'g' } as const;
      await ledger.change(absent(jobId), () => jobRow({ jobId, state }));
    }
    for (const jobId of ['one', 'two', 'three']) await spoil(rowKey(jobId), 'schema', { N: '99' });
    const told: string[] = [];
    const due = await ledger.due(SOME_TIME + 10, 1, (jobId) => void told.push(jobId));
    expect(due.map(({ jobId }) => jobId)).toEqual(['four']);
    expect(told).toEqual(['one', 'two', 'three']);
    await expect(ledger.due(SOME_TIME + 10, 1)).rejects.toThrow('schema 99');
  });
});

test('a letter whose summary an earlier version wrote is found by its batch and its lead', async () => {
  const { at, spoil } = await tableOf();
  const archive = dynamoArchive(at);
  const letter = letterHead({ batch: 'b', orderingKey: 'lead:EMAIL:ann@example.com' });
  await archive.change(absent('job-1'), () => letter);
  const {
    letterId,
    jobId,
    epoch,
    operation,
    class: class_,
    code,
    message,
    cause,
    deadLetteredAt,
    status,
  } = letter;
  const old = [letterId, jobId, epoch, operation, class_, code, message, cause, deadLetteredAt, status];
  await spoil(letterKey('job-1'), 'summary', { S: JSON.stringify(old) });
  const [summary] = await Array.fromAsync(archive.summaries(['open']));
  expect(summary).not.toHaveProperty('batchTag');
  const found = async (words: FilterWords) => {
    const parsed = parseFilter(words, SOME_TIME);
    if (parsed.kind === 'invalid') throw new Error(parsed.message);
    const ports = { archive, bodies: dynamoBodies(at) };
    return (await Array.fromAsync(selectLetters(ports, parsed.filter))).length;
  };
  expect(await found({ batch: 'b' })).toBe(1);
  expect(await found({ batch: 'c' })).toBe(0);
  expect(await found({ lead: 'ann@example.com', text: 'shoe' })).toBe(1);
  expect(await found({ lead: 'bob@example.com' })).toBe(0);
});
