import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Answer, applyBatch, type Request } from '../../shared/budget/batch.ts';
import type { AccountSignal, CallReport } from '../../shared/budget/port.ts';
import { type BudgetState, initialState } from '../../shared/budget/state.ts';
import type { AccountLimits } from '../../shared/config/limits.ts';

/** So wide that nobody has to wait: whoever has a permit has it whether or not another was taken before. */
const LIMITS: AccountLimits = {
  ratePerWindow: 5_000,
  windowMs: 20_000,
  concurrency: 500,
  share: 1,
  dailyQuota: 50_000,
};
const NOON = Date.parse('2026-11-23T18:00:00.000Z');
/** Of Chicago. */
const MIDNIGHT = Date.parse('2026-11-24T06:00:00.000Z');
const LEASE = { leaseMs: 60_000, probe: false };

/** What others do in between, each `afterMs` later than the one before. */
interface Deed {
  readonly kind: 'ask' | 'answer' | 'pause' | 'resume';
  readonly worker: 'a' | 'b';
  readonly afterMs: number;
  readonly end: Pick<CallReport, 'replied' | 'signal'> & { readonly uncharged?: true };
}

const signals: fc.Arbitrary<AccountSignal> = fc.constantFrom(
  { kind: 'fine' },
  { kind: 'neutral' },
  { kind: 'concurrency-limited' },
);
const deeds: fc.Arbitrary<readonly Deed[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('ask', 'ask', 'ask', 'answer', 'answer', 'pause', 'resume'),
    worker: fc.constantFrom('a', 'b'),
    afterMs: fc.integer({ min: 0, max: 6_000 }),
    end: fc.oneof(
      fc.record({ replied: fc.boolean(), signal: signals }),
      fc.constant({ replied: true, signal: { kind: 'neutral' }, uncharged: true } as const),
    ),
  }),
  { maxLength: 40 },
);

/** The account after all of them, in which one permit was taken before the first and given back after the last, if it was `taken`. */
function account(all: readonly Deed[], startsAt: number, taken: boolean): BudgetState {
  let now = startsAt;
  let state = initialState(now);
  const open: string[] = [];
  const does = (request: Request, worker: string): Answer | undefined => {
    const terms = { limits: LIMITS, serverDoneMs: 180_000, clock: { worker, aheadOf: { a: 0, b: 0 } } };
    const { next, answers } = applyBatch(state, [request], now, terms);
    state = next;
    return answers[0];
  };
  const ask = (leaseId: string, worker: string) =>
    does({ kind: 'ask', leaseId, isOverdue: false, ...LEASE }, worker);
  const report = (leaseId: string, sentAt: number | null, end: Deed['end'], worker: string) => {
    const of = { operation: 'syncLead', jobIds: [leaseId], endedAt: now };
    return does({ kind: 'report', report: { leaseId, sentAt, ...of, ...end } }, worker);
  };
  const hold = (holds: BudgetState['holds']) =>
    does({ kind: 'change', reduce: (before) => ({ ...before, holds }) }, 'a');
  const operator = { since: startsAt, until: null, message: 'tea', probeAt: null, openings: 1 };

  if (taken) ask('unused', 'a');
  all.forEach(({ kind, worker, afterMs, end }, index) => {
    now += afterMs;
    if (kind === 'pause') hold({ operator });
    if (kind === 'resume') hold({});
    if (kind === 'ask' && ask(`${index}`, worker)?.kind === 'granted') open.push(`${index}`);
    const ended = kind === 'answer' ? open.shift() : undefined;
    if (ended !== undefined) report(ended, now, end, worker);
  });
  if (taken) report('unused', null, { replied: true, signal: { kind: 'neutral' }, uncharged: true }, 'a');
  // What is over leaves the document with the next permit.
  hold({});
  ask('last', 'b');
  return state;
}

describe('a permit that is taken and given back unused', () => {
  test('leaves the account as it was, whatever others did in between', () => {
    fc.assert(
      fc.property(deeds, (all) => {
        expect(account(all, NOON, true)).toEqual(account(all, NOON, false));
      }),
      { numRuns: 300 },
    );
  });

  test('counts at most once too often where a day ended in between, and never too seldom', () => {
    fc.assert(
      fc.property(deeds, fc.integer({ min: -60_000, max: 10_000 }), (all, fromMidnight) => {
        const [taken, untouched] = [true, false].map((is) => account(all, MIDNIGHT + fromMidnight, is));
        const { spent: most = 0, ...rest } = taken ?? {};
        const { spent: least = 0, ...others } = untouched ?? {};
        expect(rest).toEqual(others);
        expect([0, 1]).toContain(most - least);
      }),
      { numRuns: 300 },
    );
  });
});
