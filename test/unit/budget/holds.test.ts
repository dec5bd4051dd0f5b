import { describe, expect, test } from 'vitest';
import {
  holdsInForce,
  isEvidence,
  isSuspected,
  onProbation,
  openUpstream,
  PROBE_OVERDUE_MS,
  pause,
  resume,
  withFailure,
} from '../../../shared/budget/holds.ts';
import { dueProbes, type ProbedReason, probeFailed, probeSucceeded } from '../../../shared/budget/probe.ts';
import type { BudgetState, Hold } from '../../../shared/budget/state.ts';
import { MIDNIGHT, NOON, stateWith } from './states.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const hold = (more: Partial<Hold> = {}): Hold => ({
  since: NOON,
  until: NOON + MINUTE_MS,
  message: '',
  probeAt: null,
  openings: 1,
  ...more,
});
const quota = hold({ until: MIDNIGHT, probeAt: MIDNIGHT + MINUTE_MS });
const reasons = (state: BudgetState, now: number) => holdsInForce(state, now).map(({ reason }) => reason);

describe('the holds in force', () => {
  test('are shown longest first, one without an end before all others', () => {
    const holds = {
      rate: hold(),
      quota,
      credentials: hold({ until: null }),
      operator: hold({ until: null }),
    };
    expect(reasons(stateWith({ holds }), NOON)).toEqual(['operator', 'credentials', 'quota', 'rate']);
  });

  test('leave out what has ended', () => {
    const state = stateWith({ holds: { rate: hold(), upstream: hold({ until: NOON + 1 }) } });
    expect(reasons(state, NOON)).toEqual(['rate', 'upstream']);
    expect(reasons(state, NOON + 1)).toEqual(['rate']);
  });

  test('keep a quota hold past its reset until its probe, and open by themselves if that is overdue', () => {
    const state = stateWith({ holds: { quota } });
    expect(holdsInForce(state, MIDNIGHT)[0]?.until).toBe(MIDNIGHT + MINUTE_MS);
    const overdue = MIDNIGHT + MINUTE_MS + PROBE_OVERDUE_MS;
    expect(reasons(state, overdue - 1)).toEqual(['quota']);
    expect(reasons(state, overdue)).toEqual([]);
  });
});

describe('pause and resume', () => {
  test('pause closes without an end and keeps the first moment', () => {
    const paused = pause(pause(stateWith(), NOON, 'maintenance'), NOON + 1, 'again');
    expect(paused.holds.operator).toMatchObject({ since: NOON, until: null, message: 'maintenance' });
  });

  test('resume ends operator, credentials and upstream, never quota or rate', () => {
    const holds = { quota, rate: hold(), credentials: hold(), upstream: hold(), operator: hold() };
    const resumed = resume(stateWith({ holds, failuresInRow: 5, deniedInRow: ['getLead'] }));
    expect(Object.keys(resumed.holds)).toEqual(['quota', 'rate']);
    expect(resumed).toMatchObject({ failuresInRow: 0, deniedInRow: [] });
  });
});

/** When the failing probes of a hold are made, in minutes from `from`. */
function probeTimes(state: BudgetState, reason: ProbedReason, from: number, count: number): number[] {
  let current = state;
  return Array.from({ length: count }, () => {
    const at = current.holds[reason]?.probeAt ?? Number.NaN;
    const soonMs = reason === 'quota' ? 0 : 15_000;
    expect(dueProbes(current, at - soonMs - 1)).not.toContain(reason);
    expect(dueProbes(current, at - soonMs)).toContain(reason);
    current = probeFailed(current, reason, at, 'still so');
    return (at - from) / MINUTE_MS;
  });
}

describe('the probes', () => {
  test('of a quota hold are made after the reset, every 15 minutes for two hours, then hourly', () => {
    const times = probeTimes(stateWith({ holds: { quota } }), 'quota', MIDNIGHT, 11);
    expect(times).toEqual([1, 16, 31, 46, 61, 76, 91, 106, 121, 181, 241]);
  });

  test('of the credentials are made each minute', () => {
    const credentials = hold({ until: null, probeAt: NOON + MINUTE_MS });
    expect(probeTimes(stateWith({ holds: { credentials } }), 'credentials', NOON, 3)).toEqual([1, 2, 3]);
  });

  test('of an upstream hold are made each minute, and at its end open it for longer', () => {
    const opened = { ...openUpstream(stateWith(), NOON, 'down') };
    const again = openUpstream(opened, NOON + MINUTE_MS, 'down');
    expect(probeTimes(again, 'upstream', NOON, 3)).toEqual([2, 3, 4]);
    const failed = probeFailed(again, 'upstream', NOON + 3 * MINUTE_MS, 'still');
    expect(failed.holds.upstream).toMatchObject({ openings: 3, until: NOON + 7 * MINUTE_MS });
  });

  test('of an upstream hold that ran out are made while no call has succeeded since', () => {
    const over = openUpstream(stateWith(), NOON, 'down');
    expect(dueProbes(over, NOON + HOUR_MS)).toEqual(['upstream']);
    expect(dueProbes({ ...over, failuresInRow: 0 }, NOON + HOUR_MS)).toEqual([]);
  });

  test.each(['quota', 'credentials', 'upstream'] as const)(
    'lift a hold of %s when they succeed, if they were sent after it began',
    (reason) => {
      const state = stateWith({
        holds: { [reason]: hold(), rate: hold() },
        failuresInRow: 5,
        deniedInRow: ['x'],
      });
      expect(probeSucceeded(state, reason, NOON - 1)).toEqual(state);
      expect(Object.keys(probeSucceeded(state, reason, NOON).holds)).toEqual(['rate']);
    },
  );

  test('change nothing where there is no such hold', () => {
    expect(probeSucceeded(stateWith(), 'quota', NOON)).toEqual(stateWith());
    expect(probeFailed(stateWith(), 'quota', NOON, '')).toEqual(stateWith());
  });

  test('are not made of rate and operator', () => {
    const state = stateWith({ holds: { rate: hold(), operator: hold({ until: null }) } });
    expect(dueProbes(state, NOON + HOUR_MS)).toEqual([]);
  });
});

describe('the order of holds', () => {
  const shown = (ends: Partial<Record<'rate' | 'upstream' | 'quota' | 'credentials', number | null>>) => {
    const holds = Object.entries(ends).map(([reason, until]) => [reason, hold({ until: until ?? null })]);
    return reasons(stateWith({ holds: Object.fromEntries(holds) }), NOON);
  };

  test('is that of their ends, whatever their kind', () => {
    expect(shown({ rate: NOON + 1, upstream: NOON + 2, quota: NOON + 3 })).toEqual([
      'quota',
      'upstream',
      'rate',
    ]);
    expect(shown({ rate: NOON + 2, upstream: NOON + 3, quota: NOON + 1 })).toEqual([
      'upstream',
      'rate',
      'quota',
    ]);
    expect(shown({ rate: NOON + 3, upstream: NOON + 1, quota: NOON + 2 })).toEqual([
      'rate',
      'quota',
      'upstream',
    ]);
  });

  test('puts one without an end before any other', () => {
    expect(shown({ quota: null, rate: NOON + 2, upstream: NOON + 3 })).toEqual(['quota', 'upstream', 'rate']);
    expect(shown({ quota: NOON + 9, rate: NOON + 2, upstream: null })).toEqual(['upstream', 'quota', 'rate']);
  });

  test('puts of two that end together the one first that less is done about by itself', () => {
    expect(shown({ quota: NOON + 5, rate: NOON + 5, upstream: NOON + 5 })).toEqual([
      'upstream',
      'rate',
      'quota',
    ]);
  });
});

describe('a hold that is past its end', () => {
  test('is shown until its probe, and while that is under way for half a minute more', () => {
    const state = stateWith({ holds: { quota } });
    expect(holdsInForce(state, MIDNIGHT)).toMatchObject([{ until: MIDNIGHT + MINUTE_MS }]);
    expect(holdsInForce(state, MIDNIGHT + 2 * MINUTE_MS)).toMatchObject([
      { until: MIDNIGHT + 2 * MINUTE_MS + 30_000 },
    ]);
  });
});

describe('the row of failures', () => {
  const failing = (...calls: readonly (readonly string[])[]) =>
    calls.reduce<BudgetState>((state, jobIds) => withFailure(state, jobIds, false), stateWith());

  test('counts a call as one of three by any of its jobs', () => {
    expect(failing(['a', 'b'], ['b']).failedCalls).toHaveLength(1);
    expect(failing(['a', 'b', 'c'], ['c', 'd']).failedCalls).toHaveLength(1);
    expect(failing(['a', 'b'], ['c']).failedCalls).toHaveLength(2);
  });

  test('has no use for a call of no job', () => {
    const state = failing([], [], [], [], []);
    expect(state).toMatchObject({ failuresInRow: 5, failedCalls: [] });
    expect(isEvidence(state)).toBe(false);
  });

  test('keeps calls of up to thirty jobs, and five of them', () => {
    const jobs = (count: number, name = '') => Array.from({ length: count }, (_, i) => `${name}${i}`);
    expect(failing(jobs(30)).failedCalls).toHaveLength(1);
    expect(failing(jobs(31)).failedCalls).toEqual([]);
    expect(failing(...jobs(9).map((name) => [name])).failedCalls).toHaveLength(5);
  });

  test('is a suspicion without a hold, and a probation under one', () => {
    const five = failing(['a'], ['a'], ['a'], ['a'], ['a']);
    expect([isSuspected(five), onProbation(five)]).toEqual([true, false]);
    const held = openUpstream(five, NOON, 'down');
    expect([isSuspected(held), onProbation(held)]).toEqual([false, true]);
  });
});
