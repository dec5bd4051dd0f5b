import { describe, expect, test } from 'vitest';
import { LETTER_KIND } from '../../../shared/aws/dynamo-archive.ts';
import { expiry } from '../../../shared/aws/dynamo-document.ts';
import { rowAttributes } from '../../../shared/aws/dynamo-row.ts';
import { markKey, sequenceKey, shardOf, tableDefinition, timeKey } from '../../../shared/aws/dynamo-table.ts';
import { jobRow, letterHead, SOME_TIME } from '../../support/rows.ts';

const ADDRESS = 'somebody@example.com';

describe('key attributes', () => {
  test('never hold an address, whatever a job is named after', () => {
    const row = jobRow({ orderingKey: `lead:EMAIL:${ADDRESS}`, batch: `for ${ADDRESS}` });
    const letter = letterHead({ orderingKey: `lead:EMAIL:${ADDRESS}`, batch: `for ${ADDRESS}` });
    const keys = JSON.stringify([
      rowAttributes(row),
      markKey(row.orderingKey),
      LETTER_KIND.attributes(letter),
    ]);
    expect(keys).not.toContain('somebody');
  });

  test('are all declared by the table', () => {
    const definition = tableDefinition('t');
    const declared = new Set(definition.AttributeDefinitions?.map(({ AttributeName }) => AttributeName));
    const used = [
      ...Object.keys(rowAttributes(jobRow({ batch: 'b' }))),
      ...Object.keys(LETTER_KIND.attributes(letterHead())),
    ].filter((name) => name.endsWith('Pk') || name.endsWith('Sk'));
    expect(new Set(['pk', 'sk', ...used])).toEqual(declared);
  });

  test('of a job that only changes its state differ in the state index alone', () => {
    const queued = rowAttributes(jobRow({ batch: 'b' }));
    const waiting = { kind: 'waiting', reason: 'rate', until: 1 } as const;
    const changed = rowAttributes(jobRow({ batch: 'b', state: waiting }));
    const different = Object.keys(queued).filter((name) => queued[name]?.S !== changed[name]?.S);
    expect(different).toEqual(['statePk']);
  });

  test('leave a job without a batch out of the index by batch', () => {
    expect(rowAttributes(jobRow())).not.toHaveProperty('batchPk');
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
