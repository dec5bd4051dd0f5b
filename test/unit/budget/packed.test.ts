import { describe, expect, test } from 'vitest';
import { BUDGET_KIND } from '../../../shared/aws/dynamo-budget-store.ts';
import { itemOf } from '../../../shared/aws/dynamo-document.ts';
import { STAMP_MS } from '../../../shared/budget/call-log.ts';
import { packed, unpacked } from '../../../shared/budget/packed.ts';
import type { BudgetState } from '../../../shared/budget/state.ts';
import { randomToken, seededRandom } from '../../../shared/kernel/random.ts';
import { itemBytes } from '../../support/dynamo-units.ts';
import { NOON, stateWith } from './states.ts';

/** As the eight workers of a busy account leave it: a whole window of calls, nine of them under way, each shared by many jobs. */
function busyAccount(): BudgetState {
  const random = seededRandom(1);
  const workers = Array.from({ length: 8 }, () => randomToken().slice(-8));
  const worker = (i: number) => workers[i % 8] ?? '';
  const calls: Record<string, number[]> = {};
  for (let i = 0; i < 99; i += 1) {
    const at = NOON - 20_000 + Math.ceil((i * 202 + random() * 100) / STAMP_MS) * STAMP_MS;
    const whose = worker(Math.floor(random() * 8));
    calls[whose] = [...(calls[whose] ?? []), at];
  }
  const lease = (i: number) => {
    const at = calls[worker(i)]?.at(-1) ?? NOON;
    return [
      `run.${randomToken()}.${i}-1${i}_299/${randomToken().slice(-4)}`,
      { until: at + 62_013, stamp: { worker: worker(i), at } },
    ] as const;
  };
  return stateWith({
    spent: 23_456,
    calls,
    leases: Object.fromEntries(Array.from({ length: 9 }, (_, i) => lease(i))),
    usage: { day: '2026-11-23', others: 1_234, spent: 23_000, at: NOON - 500_000 },
    writer: { worker: worker(3), at: NOON },
  });
}

/** A write unit pays for 1 KB; the rest of it is for cuts, holds and the words of those. */
const MOST_BYTES = 750;

describe('the stored document of the account', () => {
  test('fits into one write unit at the full rate of eight workers', () => {
    const copy = { id: 'default', value: packed(busyAccount()), version: 1_234_567, token: randomToken() };
    expect(itemBytes(itemOf(BUDGET_KIND, copy))).toBeLessThanOrEqual(MOST_BYTES);
  });

  test('is read as it was written', () => {
    const state = busyAccount();
    expect(unpacked(JSON.parse(JSON.stringify(packed(state))))).toEqual(state);
  });

  test('keeps what others leave, calls without an answer and names of any kind', () => {
    const state = stateWith({
      cuts: { rate: { left: 87, at: NOON - 12_345 }, slots: { left: 8, at: NOON - 2_345 } },
      leases: {
        [`local.${randomToken()}${randomToken()}/ab`]: { until: NOON + 7, doneMs: 300_000 },
        plain: { until: NOON - 3 },
      },
      overdue: { w: NOON },
    });
    expect(unpacked(JSON.parse(JSON.stringify(packed(state))))).toEqual(state);
  });

  test('of a new account is its day', () => {
    expect(packed(stateWith())).toEqual({ day: '2026-11-23' });
    expect(unpacked({ day: '2026-11-23' })).toEqual(stateWith());
  });

  test('counts a call that stands between two steps from the later one', () => {
    const calls = { w: [NOON + 1, NOON + STAMP_MS, NOON + STAMP_MS + 1] };
    expect(unpacked(packed(stateWith({ calls }))).calls).toEqual({
      w: [NOON + STAMP_MS, NOON + STAMP_MS, NOON + 2 * STAMP_MS],
    });
  });
});
