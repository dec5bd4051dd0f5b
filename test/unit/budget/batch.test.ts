import { describe, expect, test } from 'vitest';
import { applyBatch } from '../../../shared/budget/batch.ts';
import { CLOCK_SPREAD_MS } from '../../../shared/budget/call-log.ts';
import type { BudgetState } from '../../../shared/budget/state.ts';
import { LIMITS, NOON, stateWith } from './states.ts';

const terms = { limits: LIMITS, serverDoneMs: 180_000, clock: { worker: 'w', aheadOf: {} } };
const LEASE_MS = 60_000;
const WINDOW_MS = 20_250;

/** A permit that was given so long ago is to be moved to now. */
function refresh(agoMs: number, more: Partial<BudgetState> = {}) {
  const at = NOON - agoMs;
  const state = stateWith({
    calls: { w: [at] },
    leases: { mine: { until: at + LEASE_MS, stamp: { worker: 'w', at } } },
    ...more,
  });
  const permit = { kind: 'granted', leaseId: 'mine', at } as const;
  const request = { kind: 'refresh', permit, leaseMs: LEASE_MS, probe: false } as const;
  const { next, answers } = applyBatch(state, [request], NOON, terms);
  return { next, answer: answers[0] };
}

const GRANTED = { kind: 'granted', leaseId: 'mine', at: NOON };
const NEW_LEASE = { until: NOON + LEASE_MS + CLOCK_SPREAD_MS, stamp: { worker: 'w', at: NOON } };

describe('a permit that is moved to the present', () => {
  test('counts from now on, in the same lease, and spends nothing', () => {
    const { next, answer } = refresh(WINDOW_MS - 1, { spent: 5 });
    expect(answer).toEqual(GRANTED);
    expect(next).toMatchObject({ spent: 5, calls: { w: [NOON] } });
    expect(next.leases['mine']?.stamp).toEqual({ worker: 'w', at: NOON });
  });

  test.each<[string, number, Partial<BudgetState>]>([
    ['has left the window', WINDOW_MS, {}],
    ['is not in the log', 500, { calls: {} }],
    ['has no lease any more', 500, { leases: {} }],
  ])('is asked for again, under the same name, if it %s', (_, agoMs, more) => {
    const { next, answer } = refresh(agoMs, { spent: 5, ...more });
    expect(answer).toEqual(GRANTED);
    expect(next.spent).toBe(6);
    expect(next.leases).toEqual({ mine: NEW_LEASE });
  });

  test('gives its slot back first where it has to wait', () => {
    const operator = { since: NOON, until: null, message: '', probeAt: null, openings: 1 };
    const { next, answer } = refresh(WINDOW_MS, { holds: { operator } });
    expect(answer).toMatchObject({ kind: 'wait', because: 'operator' });
    expect(next.leases).toEqual({});
  });
});
