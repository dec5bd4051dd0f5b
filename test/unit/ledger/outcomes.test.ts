import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { lineIdOf } from '../../../shared/ledger/chunks.ts';
import { Outcomes } from '../../../shared/ledger/outcomes.ts';

/** Bytes of what is still in use. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function outcomesOf(ids: readonly string[]) {
  const outcomes = new Outcomes('b');
  for (const id of ids) outcomes.set(id, 'open');
  return outcomes;
}

describe('Outcomes', () => {
  test('keeps the jobs of lines and any others under their own ids, and the last word on each', () => {
    const ids = ['b-0', 'b-2', 'b-5000', 'b-05', 'b-c-2', 'c-2', 'x', 'b-20261122180000', 'b-'];
    const outcomes = outcomesOf([...ids, ...ids]);
    outcomes.set('b-2', 'completed');
    outcomes.set('x', 'cancelled');
    expect(outcomes.size).toBe(ids.length);
    expect(new Map(outcomes)).toEqual(
      new Map(ids.map((id) => [id, id === 'b-2' ? 'completed' : id === 'x' ? 'cancelled' : 'open'])),
    );
  });

  test('knows only what it was told', () => {
    const outcomes = outcomesOf(['b-2', 'x']);
    expect(['b-2', 'x', 'b-1', 'b-5000', 'b-02', 'y'].filter((id) => outcomes.has(id))).toEqual(['b-2', 'x']);
  });

  test('has room for a million lines in some megabytes', () => {
    const outcomes = new Outcomes('b');
    const before = memoryInUse();
    for (let line = 1; line <= 1_000_000; line += 1) outcomes.set(lineIdOf('b', line), 'completed');
    expect(memoryInUse() - before).toBeLessThan(10e6);
    expect(outcomes.size).toBe(1_000_000);
  });
});
