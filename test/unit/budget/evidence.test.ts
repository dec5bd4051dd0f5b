import { describe, expect, test } from 'vitest';
import { isSuspected, onProbation } from '../../../shared/budget/holds.ts';
import type { AccountSignal } from '../../../shared/budget/port.ts';
import { dueProbes, probeFailed, probeSucceeded } from '../../../shared/budget/probe.ts';
import { applyReport } from '../../../shared/budget/report.ts';
import type { BudgetState } from '../../../shared/budget/state.ts';
import { LIMITS, NOON, stateWith } from './states.ts';

const down: AccountSignal = { kind: 'upstream-failure', message: 'HTTP 502' };
const notNow: AccountSignal = { ...down, oncePerJob: true };
const gone: AccountSignal = { kind: 'endpoint-gone', message: 'HTTP 404' };
const MINUTE_MS = 60_000;

/** One call after the other fails, a second apart; each is the ids of its jobs. */
function failing(
  calls: readonly (readonly string[])[],
  signal: AccountSignal = down,
  from: BudgetState = stateWith(),
): BudgetState {
  return calls.reduce((state, jobIds, i) => {
    const at = NOON + i * 1_000;
    const report = { leaseId: 'l', operation: 'o', jobIds, sentAt: at, endedAt: at, replied: true, signal };
    return applyReport(state, report, at, { limits: LIMITS, serverDoneMs: 180_000 });
  }, from);
}
const alone = (...jobs: readonly string[]) => jobs.map((job) => [job]);
const SICK = alone('a', 'a', 'a', 'a', 'a');

describe('five failures in a row', () => {
  test('of one job close nothing and narrow nothing, however many more follow', () => {
    const state = failing([...SICK, ...SICK]);
    expect(state.holds).toEqual({});
    expect(onProbation(state)).toBe(false);
    expect(isSuspected(state)).toBe(true);
  });

  test('of two jobs close nothing; of three they do', () => {
    expect(failing(alone('a', 'b', 'a', 'b', 'a')).holds).toEqual({});
    expect(failing(alone('a', 'b', 'a', 'c', 'a')).holds.upstream).toBeDefined();
    expect(failing(alone('a', 'b', 'c', 'd')).holds).toEqual({});
  });

  test('of one job close the account as soon as two others join them', () => {
    expect(failing([...SICK, ['b']]).holds).toEqual({});
    expect(failing([...SICK, ['b'], ['c']]).holds.upstream).toBeDefined();
  });

  test('count as three jobs only if three calls have no job in common, whoever travels along', () => {
    const together = ['1', '2', '3', '4', '5', '6'].map((other) => ['sick', other]);
    expect(failing(together).holds).toEqual({});
    const apart = [['a', 'b'], ['a'], ['c', 'd'], ['e'], ['f']];
    expect(failing(apart).holds.upstream).toBeDefined();
  });

  test('of calls with more jobs than are kept count in the row, and a probe decides', () => {
    const full = (name: string) => Array.from({ length: 300 }, (_, i) => `${name}${i}`);
    const state = failing(['a', 'b', 'c', 'd', 'e'].map(full));
    expect(state.holds).toEqual({});
    expect(isSuspected(state)).toBe(true);
    expect(JSON.stringify(state).length).toBeLessThan(1_024);
  });

  test('leave the document small', () => {
    const thirty = (name: string) => Array.from({ length: 30 }, (_, i) => `${name}${i}`);
    const state = failing(Array.from({ length: 50 }, (_, i) => thirty(`call${i}-`)));
    expect(JSON.stringify(state).length).toBeLessThan(1_600);
  });
});

describe('a probe of the suspicion', () => {
  const suspected = failing(SICK);

  test('is due at once, and not before the fifth', () => {
    expect(dueProbes(suspected, NOON + 5_000)).toEqual(['upstream']);
    expect(dueProbes(failing(SICK.slice(1)), NOON + 5_000)).toEqual([]);
  });

  test('that succeeds clears the count: the job is the sick one', () => {
    const cleared = probeSucceeded(suspected, 'upstream', NOON + 6_000);
    expect(cleared.failuresInRow).toBe(0);
    expect(failing(alone('b', 'c', 'd', 'e'), down, cleared).holds).toEqual({});
  });

  test('that fails closes the account', () => {
    const closed = probeFailed(suspected, 'upstream', NOON + 6_000, 'down');
    expect(closed.holds.upstream).toMatchObject({ until: NOON + 6_000 + MINUTE_MS, message: 'down' });
    expect(onProbation(closed)).toBe(true);
  });

  test('changes nothing if an answer came first', () => {
    const answered = failing(alone('b'), { kind: 'fine' }, suspected);
    expect(probeFailed(answered, 'upstream', NOON + 6_000, 'down')).toBe(answered);
    expect(dueProbes(answered, NOON + 6_000)).toEqual([]);
  });
});

describe('a gateway that asks to come back', () => {
  test('is evidence once a job', () => {
    const state = failing([...SICK, ['b'], ['b'], ['b']], notNow);
    expect(state.failuresInRow).toBe(2);
    expect(isSuspected(state)).toBe(false);
  });

  test('closes the account when it sends five jobs away', () => {
    expect(failing(alone('a', 'b', 'c', 'd'), notNow).holds).toEqual({});
    expect(failing(alone('a', 'b', 'c', 'd', 'e'), notNow).holds.upstream).toBeDefined();
  });
});

describe('an endpoint that is gone', () => {
  test('for one job only, as a good probe has shown, is that job’s trouble', () => {
    const held = failing(alone('a'), gone);
    expect(held.holds.upstream).toBeDefined();
    const open = probeSucceeded(held, 'upstream', NOON + 1);
    expect(failing(alone('x', 'a', 'a'), gone, open).holds).toEqual({});
  });
});
