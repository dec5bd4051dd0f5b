import { describe, expect, test } from 'vitest';
import { LETTER_KIND } from '../../../shared/aws/dynamo-archive.ts';
import { expiry } from '../../../shared/aws/dynamo-document.ts';
import { rowAttributes } from '../../../shared/aws/dynamo-row.ts';
import { sequenceKey, shardOf, tableDefinition, timeKey } from '../../../shared/aws/dynamo-table.ts';
import { jobRow, letterHead, SOME_TIME } from '../../support/rows.ts';

const ADDRESS = 'somebody@example.com';

describe('key attributes', () => {
  test('never hold an address, whatever a job is named after', () => {
    const row = jobRow({ orderingKey: `lead:EMAIL:${ADDRESS}`, batch: `for ${ADDRESS}` });
    const letter = letterHead({ orderingKey: `lead:EMAIL:${ADDRESS}`, batch: `for ${ADDRESS}` });
    const keys = JSON.stringify([rowAttributes(row), LETTER_KIND.attributes(letter)]);
    expect(keys).not.toContain('somebody');
  });

  test('are all declared by the table', () => {
    const definition = tableDefinition('t');
    const declared = new Set(definition.AttributeDefinitions?.map(({ AttributeName }) => AttributeName));
    const used = [
      ...Object.keys(rowAttributes(jobRow({ batch: 'b', state: completed }))),
      ...Object.keys(rowAttributes(jobRow({ state: { ...waiting, isLong: true } }))),
      ...Object.keys(LETTER_KIND.attributes(letterHead())),
    ].filter((name) => name.endsWith('Pk') || name.endsWith('Sk'));
    expect(new Set(['pk', 'sk', ...used])).toEqual(declared);
  });

  const completed = { kind: 'completed', at: SOME_TIME, result: null, resultDropped: false } as const;
  const waiting = { kind: 'waiting', reason: 'rate', until: 1 } as const;
  const running = { kind: 'running', owner: 'o', leaseUntil: 1, intentAt: null } as const;

  test('of a job in a batch that is taken, waits and is taken again are those of its key, and never change', () => {
    const keys = [{ kind: 'queued' } as const, running, waiting].map((state) =>
      rowAttributes(jobRow({ batch: 'b', state })),
    );
    expect(new Set(keys.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(Object.keys(keys[0] ?? {})).toEqual(['kind', 'keyPk', 'keySk']);
  });

  test('enter the index of the batch at the end, under the outcome', () => {
    const ended = rowAttributes(jobRow({ batch: 'b', state: completed }));
    expect(ended['batchSk']?.S).toMatch(/^c#\d{16}$/);
    const listed = rowAttributes(jobRow({ batch: 'b', listed: true }));
    expect(listed['batchSk']?.S).toMatch(/^o#\d{16}$/);
    expect(listed['batchPk']).toEqual(ended['batchPk']);
  });

  test('enter the index of the states for waits past a minute alone', () => {
    expect(rowAttributes(jobRow({ state: waiting }))).not.toHaveProperty('statePk');
    expect(rowAttributes(jobRow({ state: { ...waiting, isLong: true } }))).toHaveProperty('statePk');
  });

  test('leave a job without a batch, or without a key that others have, out of those indexes', () => {
    expect(rowAttributes(jobRow({ state: completed }))).not.toHaveProperty('batchPk');
    expect(rowAttributes(jobRow({ jobId: 'a', orderingKey: 'job:a' }))).not.toHaveProperty('keyPk');
  });
});

describe('sort keys', () => {
  test('sort times and sequence numbers as numbers, far ones and odd ones too', () => {
    const times = [0, 9, 10, SOME_TIME, SOME_TIME + 1, 8.64e15];
    expect(times.map(timeKey).toSorted()).toEqual(times.map(timeKey));
    expect(timeKey(-1)).toBe(timeKey(0));
    expect(timeKey(1.5)).toBe(timeKey(1));
    const sequences = [null, '9', '10', '18870000000000000001'];
    expect(sequences.map(sequenceKey).toSorted()).toEqual(sequences.map(sequenceKey));
  });

  test('put ids into all of the shards, each always into the same', () => {
    const shards = Array.from({ length: 200 }, (_, i) => shardOf(`job-${i}`));
    expect(new Set(shards).size).toBe(8);
    expect(shardOf('job-1')).toBe(shards[1]);
  });
});

describe('expiry', () => {
  test('is in whole epoch seconds, never early, and absent for what stays', () => {
    expect(expiry(SOME_TIME + 1)).toEqual({ ttl: { N: String(SOME_TIME / 1000 + 1) } });
    expect(expiry(null)).toEqual({});
  });
});
