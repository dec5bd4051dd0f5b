import { describe, expect, test } from 'vitest';
import { holdsInForce } from '../../../shared/budget/holds.ts';
import type { CallReport } from '../../../shared/budget/port.ts';
import { dueProbes, probeFailed } from '../../../shared/budget/probe.ts';
import { applyReport } from '../../../shared/budget/report.ts';
import type { BudgetState } from '../../../shared/budget/state.ts';
import { LIMITS, stateWith } from './states.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** The first moment of a civil day in summer; read as CST to the letter, Marketo's day begins an hour later. */
const MIDNIGHT = Date.parse('2026-07-02T05:00:00Z');

const spentAt = (sentAt: number): BudgetState => {
  const report: CallReport = {
    leaseId: '',
    operation: 'syncLead',
    jobIds: ['job'],
    sentAt,
    endedAt: sentAt,
    replied: true,
    signal: { kind: 'quota-exhausted', message: '20015' },
  };
  return applyReport(stateWith({ day: '2026-07-02' }), report, sentAt, { limits: LIMITS, serverDoneMs: 0 });
};

/** When the warden probes a quota hold whose every probe is refused. */
function probesOf(held: BudgetState, from: number): readonly number[] {
  const probed: number[] = [];
  let state = held;
  for (let now = from; now < from + 24 * HOUR_MS; now += MINUTE_MS) {
    if (!dueProbes(state, now).includes('quota')) continue;
    probed.push(now);
    state = probeFailed(state, 'quota', now, '20015');
  }
  return probed;
}

describe('a 20015 just after midnight', () => {
  const held = spentAt(MIDNIGHT + 10_000);

  test('closes the account no longer than until Marketo has turned over, an hour later than believed', () => {
    const [first] = probesOf(held, MIDNIGHT + 10_000).filter((at) => at >= MIDNIGHT + HOUR_MS);
    expect(first).toBeLessThanOrEqual(MIDNIGHT + HOUR_MS + 16 * MINUTE_MS);
    expect(holdsInForce(held, MIDNIGHT + 5 * MINUTE_MS)).toMatchObject([{ reason: 'quota' }]);
  });

  test('is probed hourly once two hours have shown that it is today’s quota', () => {
    expect(probesOf(held, MIDNIGHT + 10_000).length).toBeLessThan(8 + 23);
  });

  test('later in the day closes the day to its end', () => {
    const noon = spentAt(MIDNIGHT + 12 * HOUR_MS);
    expect(holdsInForce(noon, MIDNIGHT + 12 * HOUR_MS)).toMatchObject([{ until: MIDNIGHT + 24 * HOUR_MS }]);
    expect(probesOf(noon, MIDNIGHT + 12 * HOUR_MS)[0]).toBe(MIDNIGHT + 24 * HOUR_MS + MINUTE_MS);
  });
});
