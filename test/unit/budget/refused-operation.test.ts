import { describe, expect, test } from 'vitest';
import { applyBatch } from '../../../shared/budget/batch.ts';
import { holdMissingCredentials, holdsInForce, PROBE_OVERDUE_MS } from '../../../shared/budget/holds.ts';
import type { AccountSignal } from '../../../shared/budget/port.ts';
import { dueProbes, probeFailed, probeSucceeded } from '../../../shared/budget/probe.ts';
import type { BudgetState } from '../../../shared/budget/state.ts';
import { LIMITS, NOON, stateWith } from './states.ts';

const MINUTE_MS = 60_000;
const refused: AccountSignal = { kind: 'credentials-refused', message: '20014' };
const terms = { limits: LIMITS, serverDoneMs: 180_000, clock: { worker: 'w', aheadOf: {} } };

/** A call that was sent and answered at `at`: the account after it, and what its job is told. */
function call(
  state: BudgetState,
  at: number,
  signal: AccountSignal = refused,
  operation = 'requestCampaign',
) {
  const report = {
    leaseId: 'l',
    operation,
    jobIds: ['j'],
    sentAt: at,
    endedAt: at,
    replied: true,
    signal,
  };
  const { next, answers } = applyBatch(state, [{ kind: 'report', report }], at, terms);
  const [answer] = answers;
  return { next, told: answer?.kind === 'reported' ? answer.consequence : 'nothing' };
}

const opened = call(stateWith(), NOON);
const proven = probeSucceeded(opened.next, 'credentials', NOON + MINUTE_MS);

describe('refused credentials', () => {
  test('close the account, and a good probe opens it', () => {
    expect(opened.told).toBe('credentials');
    expect(opened.next.holds.credentials).toBeDefined();
    expect(proven.holds).toEqual({});
  });

  test('right after a good probe are the trouble of the operation, and close nothing', () => {
    const again = call(proven, NOON + 2 * MINUTE_MS);
    expect(again.told).toBe('operation');
    expect(again.next.holds).toEqual({});
  });

  test('are the account’s again when no probe has shown otherwise for an hour', () => {
    const later = call(proven, NOON + 61 * MINUTE_MS);
    expect(later.told).toBe('credentials');
    expect(call(proven, NOON + 61 * MINUTE_MS - 1).told).toBe('operation');
  });

  test('of a call that was sent before the probe say nothing any more', () => {
    const late = call(proven, NOON + MINUTE_MS - 1);
    expect(late).toEqual({ told: null, next: proven });
  });

  test('of five calls over two operations are the account’s, also right after a good probe', () => {
    const operations = [
      'requestCampaign',
      'requestCampaign',
      'requestCampaign',
      'requestCampaign',
      'getLead',
    ];
    const told: unknown[] = [];
    let state = proven;
    operations.forEach((operation, i) => {
      const result = call(state, NOON + 2 * MINUTE_MS + i, refused, operation);
      told.push(result.told);
      state = result.next;
    });
    expect(told).toEqual(['operation', 'operation', 'operation', 'operation', 'credentials']);
  });

  test('of one operation are probed within the minute: a key that was revoked closes the account then', () => {
    const { next } = call(proven, NOON + 2 * MINUTE_MS);
    expect(dueProbes(proven, NOON + 3 * MINUTE_MS)).toEqual([]);
    expect(dueProbes(next, NOON + 3 * MINUTE_MS)).toEqual(['credentials']);
    const failed = probeFailed(next, 'credentials', NOON + 3 * MINUTE_MS, '20014');
    expect(failed.holds.credentials).toBeDefined();
    const good = probeSucceeded(next, 'credentials', NOON + 3 * MINUTE_MS);
    expect(call(good, NOON + 62 * MINUTE_MS).told).toBe('operation');
  });

  test('stay the operation’s for as long as other calls are answered in between', () => {
    let state = proven;
    for (let minute = 2; minute < 300; minute += 30) {
      state = call(state, NOON + minute * MINUTE_MS).next;
      state = call(state, NOON + minute * MINUTE_MS + 1, { kind: 'fine' }, 'getLead').next;
    }
    expect(call(state, NOON + 301 * MINUTE_MS).told).toBe('operation');
  });
});

describe('a credentials hold that nobody probes', () => {
  const overdue = NOON + MINUTE_MS + PROBE_OVERDUE_MS;

  test('lets one job through when its probe is overdue, and not before', () => {
    expect(holdsInForce(opened.next, overdue - 1)).toHaveLength(1);
    expect(holdsInForce(opened.next, overdue)).toEqual([]);
  });

  test('is opened by an answer to it', () => {
    expect(call(opened.next, overdue, { kind: 'fine' }).next.holds).toEqual({});
  });

  test('closes again on a refusal, and does not kill the job that was let through', () => {
    const again = call(opened.next, overdue);
    expect(again.told).toBeNull();
    expect(holdsInForce(again.next, overdue)).toHaveLength(1);
    expect(again.next.holds.credentials?.probeAt).toBe(overdue + MINUTE_MS);
  });

  test('counts as probed while somebody looks whether credentials are there', () => {
    const first = holdMissingCredentials(stateWith(), NOON, 'none');
    let state = first;
    for (let minute = 1; minute < 60; minute += 1) {
      state = holdMissingCredentials(state, NOON + minute * MINUTE_MS, 'none');
      expect(holdsInForce(state, NOON + minute * MINUTE_MS)).toHaveLength(1);
    }
    expect(holdMissingCredentials(first, NOON + MINUTE_MS, 'none')).toBe(first);
  });
});

describe('a call sent in the very moment of a good probe', () => {
  test('is refused for itself, if it is refused', () => {
    const again = call(proven, NOON + MINUTE_MS);
    expect(again.told).toBe('operation');
    expect(again.next.deniedInRow).toEqual(['requestCampaign']);
  });
});

describe('what a job is told', () => {
  test('is nothing where the answer was good, though the credentials were proved before', () => {
    expect(call(proven, NOON + 2 * MINUTE_MS, { kind: 'fine' }).told).toBeNull();
  });

  test('is nothing where the hold was there before its answer', () => {
    const spent: AccountSignal = { kind: 'quota-exhausted', message: '20015' };
    const first = call(stateWith(), NOON, spent);
    expect(first.told).toBe('quota');
    expect(call(first.next, NOON + 1, spent).told).toBeNull();
    expect(call(first.next, NOON + 1, refused).told).toBe('credentials');
  });
});

describe('a credentials hold', () => {
  test('keeps its beginning and its next probe when it is refused again, and says the newer words', () => {
    const again = call(opened.next, NOON + 30_000, { ...refused, message: 'newer' });
    expect(again.next.holds.credentials).toEqual({
      since: NOON,
      until: null,
      message: 'newer',
      probeAt: NOON + MINUTE_MS,
      openings: 2,
    });
  });

  test('for missing credentials keeps its beginning when the words change, and is due for a probe at once', () => {
    const first = holdMissingCredentials(stateWith(), NOON, 'none');
    expect(first.holds.credentials).toMatchObject({ since: NOON, probeAt: NOON, openings: 1 });
    const other = holdMissingCredentials(first, NOON + 5, 'not JSON');
    expect(other.holds.credentials).toMatchObject({ since: NOON, probeAt: NOON, message: 'not JSON' });
    const after = holdMissingCredentials(call(opened.next, NOON + 1).next, NOON + 5, 'none');
    expect(after.holds.credentials).toMatchObject({ since: NOON, openings: 2, probeAt: NOON + MINUTE_MS });
  });

  test('for missing credentials counts as probed anew from half of the time on in which a probe is overdue', () => {
    const first = holdMissingCredentials(stateWith(), NOON, 'none');
    const half = PROBE_OVERDUE_MS / 2;
    expect(holdMissingCredentials(first, NOON + half - 1, 'none')).toBe(first);
    expect(holdMissingCredentials(first, NOON + half, 'none').holds.credentials?.probeAt).toBe(NOON + half);
  });
});
