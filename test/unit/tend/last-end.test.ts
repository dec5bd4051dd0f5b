import { describe, expect, test } from 'vitest';
import { lineIdOf } from '../../../shared/ledger/chunks.ts';
import { lastEnd, lastInLine } from '../../../shared/tend/last-end.ts';
import { memoryLedger } from '../../memory/memory-ledger.ts';
import { jobRow, SOME_TIME } from '../../support/rows.ts';

/** A batch of rows that ended a second after each other, but for these. */
function batchOf(lines: number, endedAt: Readonly<Record<number, number>> = {}) {
  const ledger = memoryLedger();
  const ids = Array.from({ length: lines }, (_, i) => lineIdOf('b', i + 1));
  for (const [i, jobId] of ids.entries()) {
    const at = endedAt[i + 1] ?? SOME_TIME + i * 1_000;
    ledger.put(jobRow({ jobId, state: { kind: 'completed', at, result: null, resultDropped: false } }));
  }
  return { ledger, ids };
}

describe('lastInLine', () => {
  test('goes by number, not by letter, and begins with what is on no line', () => {
    expect(lastInLine(['b-10', 'b-9', 'x', 'b-100'], 9)).toEqual(['x', 'b-9', 'b-10', 'b-100']);
  });

  test('finds the last of many wherever they come', () => {
    const ids = Array.from({ length: 5_000 }, (_, i) => lineIdOf('b', (i * 7) % 5_000));
    expect(lastInLine(ids, 3)).toEqual(['b-4997', 'b-4998', 'b-4999']);
  });
});

describe('lastEnd', () => {
  test('is that of the job that ended last, wherever it stands in a small batch', async () => {
    const { ledger, ids } = batchOf(100, { 1: SOME_TIME + 500_000 });
    expect(await lastEnd(ids, null, { ledger })).toBe(SOME_TIME + 500_000);
  });

  test('of a large one is that of its last hundred, and of the job that was waited for', async () => {
    const { ledger, ids } = batchOf(300, { 1: SOME_TIME + 900_000, 7: SOME_TIME + 500_000 });
    expect(await lastEnd(ids, null, { ledger })).toBe(SOME_TIME + 299_000);
    expect(await lastEnd(ids, 'b-7', { ledger })).toBe(SOME_TIME + 500_000);
  });

  test('is not known where no row is left', async () => {
    expect(await lastEnd(['gone'], null, { ledger: memoryLedger() })).toBeNull();
  });
});
