import { describe, expect, test } from 'vitest';
import type { AccountSignal, CallReport } from '../../../shared/budget/port.ts';
import { changesAccount } from '../../../shared/budget/report.ts';
import type { BudgetState, Hold } from '../../../shared/budget/state.ts';
import { NOON, stateWith } from './states.ts';

const fine: AccountSignal = { kind: 'fine' };
const neutral: AccountSignal = { kind: 'neutral' };
const endless: Hold = { since: NOON, until: null, message: '', probeAt: null, openings: 1 };

const changes = (
  signal: AccountSignal,
  copy: BudgetState | null = stateWith(),
  more: Partial<CallReport> = {},
) => {
  const report = { leaseId: 'l', operation: 'o', jobIds: ['j'], sentAt: NOON, endedAt: NOON, replied: true };
  return changesAccount({ ...report, signal, ...more }, copy);
};

describe('a report that is written at once', () => {
  test.each<AccountSignal>([
    { kind: 'quota-exhausted', message: 'm' },
    { kind: 'rate-limited', message: 'm' },
    { kind: 'concurrency-limited' },
    { kind: 'upstream-failure', message: 'm' },
    { kind: 'endpoint-gone', message: 'm' },
    { kind: 'credentials-refused', message: 'm' },
    { kind: 'access-denied', message: 'm' },
  ])('is one of $kind, whatever is known of the account', (signal) => {
    expect(changes(signal)).toBe(true);
    expect(changes(signal, null)).toBe(true);
  });

  test.each<[string, Partial<BudgetState>]>([
    ['a row of failures', { failuresInRow: 1 }],
    ['a row of denials', { deniedInRow: ['getLead'] }],
    ['a hold of the upstream', { holds: { upstream: endless } }],
    ['a hold of the credentials', { holds: { credentials: endless } }],
  ])('is a good answer that ends %s', (_, state) => {
    expect(changes(fine, stateWith(state))).toBe(true);
    expect(changes(neutral, stateWith(state))).toBe(false);
  });

  test('is one of a call without an answer: its slot is taken for longer', () => {
    expect(changes(neutral, stateWith(), { replied: false })).toBe(true);
    expect(changes(fine, null, { replied: false })).toBe(true);
  });
});

describe('a report that goes with the next write', () => {
  test('is a good answer to an account in which nothing is wrong, or of which nothing is known', () => {
    expect(changes(fine)).toBe(false);
    expect(changes(fine, null)).toBe(false);
  });

  test.each(['quota', 'rate', 'operator'] as const)('is a good answer under a hold of %s', (reason) => {
    expect(changes(fine, stateWith({ holds: { [reason]: endless } }))).toBe(false);
  });

  test('is one that says nothing, of a call that was answered or never sent', () => {
    expect(changes(neutral)).toBe(false);
    expect(changes(neutral, stateWith(), { replied: false, sentAt: null })).toBe(false);
  });
});
