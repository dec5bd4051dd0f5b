import { describe, expect, test } from 'vitest';
import { rowAttributes } from '../../../shared/aws/dynamo-row.ts';
import { jobRow, SOME_TIME } from '../../support/rows.ts';

describe('the index by state', () => {
  test('parked jobs sort by when they are due, then by their place in the queue, not by when they were enqueued', () => {
    const body = { kind: 'inline', text: '{}' } as const;
    const parked = (jobId: string, until: number, sequenceNumber: string, enqueuedAt: number) =>
      jobRow({ jobId, sequenceNumber, enqueuedAt, state: { kind: 'parked', until, body, groupId: 'g' } });
    const inOrder = [
      parked('a', SOME_TIME, '9', SOME_TIME - 1),
      parked('b', SOME_TIME, '10', SOME_TIME - 2),
      parked('c', SOME_TIME + 1, '1', SOME_TIME - 3),
    ];
    const sorts = inOrder.map((row) => rowAttributes(row)['stateSk']?.S ?? '');
    expect(new Set(sorts).size).toBe(3);
    expect(sorts.toSorted()).toEqual(sorts);
  });
});
