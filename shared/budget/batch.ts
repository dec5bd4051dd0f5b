import type { AccountLimits } from '../config/limits.ts';
import { assertNever } from '../kernel/assert-never.ts';
import { admit, type Wanted } from './admit.ts';
import { moveStamp, stampAt, type WorkerClock } from './call-log.ts';
import { holdsInForce } from './holds.ts';
import { effectiveLimits } from './limits.ts';
import { withOverdue } from './overdue.ts';
import type { CallReport, Consequence, Permit, Wait } from './port.ts';
import { applyReport, isOwnTrouble } from './report.ts';
import type { BudgetState, HoldReason } from './state.ts';

type Ask = Omit<Wanted, 'clock'>;

/** One thing a worker wants of the account's document. */
export type Request =
  | ({ readonly kind: 'ask'; readonly isOverdue: boolean } & Ask)
  | ({ readonly kind: 'refresh'; readonly permit: Permit } & Omit<Ask, 'leaseId'>)
  | { readonly kind: 'change'; readonly reduce: (state: BudgetState, now: number) => BudgetState }
  | { readonly kind: 'report'; readonly report: CallReport };

export type Answer =
  | Permit
  | Wait
  | { readonly kind: 'changed'; readonly state: BudgetState }
  | { readonly kind: 'reported'; readonly consequence: Consequence | null };

export interface BatchTerms {
  readonly limits: AccountLimits;
  readonly serverDoneMs: number;
  readonly clock: WorkerClock;
}

/** The state after the requests, one upon the other, and what each of them is told once that state is written. */
export interface BatchResult {
  readonly next: BudgetState;
  readonly answers: readonly Answer[];
}

export function applyBatch(
  state: BudgetState,
  requests: readonly Request[],
  now: number,
  terms: BatchTerms,
): BatchResult {
  let next = state;
  const answers: Answer[] = [];
  for (const request of requests) {
    const [after, answer] = applyRequest(next, request, now, terms);
    next = after;
    answers.push(answer);
  }
  return { next, answers };
}

type Applied = readonly [BudgetState, Answer];

function applyRequest(state: BudgetState, request: Request, now: number, terms: BatchTerms): Applied {
  switch (request.kind) {
    case 'ask': {
      const [after, answer] = give(state, request, now, terms);
      return [isOverdue(request, answer) ? withOverdue(after, terms.clock, now) : after, answer];
    }
    case 'refresh':
      return moveToNow(state, request, now, terms);
    case 'change': {
      const changed = request.reduce(state, now);
      return [changed, { kind: 'changed', state: changed }];
    }
    case 'report': {
      const after = applyReport(state, request.report, now, terms);
      const consequence = isOwnTrouble(after, request.report) ? 'operation' : openedHold(state, after, now);
      return [after, { kind: 'reported', consequence }];
    }
    default:
      return assertNever(request);
  }
}

function openedHold(before: BudgetState, after: BudgetState, now: number): HoldReason | null {
  const known = new Set(holdsInForce(before, now).map(({ reason }) => reason));
  // One whose probe is overdue stands: a job was let through instead of the probe, and is not to die of it.
  if (before.holds.credentials !== undefined) known.add('credentials');
  return holdsInForce(after, now).find(({ reason }) => !known.has(reason))?.reason ?? null;
}

/** Whether this ask is one too many that was given nothing, for no other reason than that others were faster. */
export const isOverdue = (request: Request, answer: Answer | undefined): boolean =>
  request.kind === 'ask' &&
  request.isOverdue &&
  answer?.kind === 'wait' &&
  (answer.because === 'rate' || answer.because === 'concurrency');

function give(
  state: BudgetState,
  { leaseId, leaseMs, doneMs, probe }: Ask,
  now: number,
  terms: BatchTerms,
): Applied {
  const admission = admit(state, now, terms.limits, { leaseId, leaseMs, doneMs, probe, clock: terms.clock });
  if (admission.kind === 'wait') return [state, admission];
  return [admission.next, { kind: 'granted', leaseId, at: admission.at }];
}

/**
 * A call that still counts in every window may be counted from later on without taking room from anybody. One that has
 * left the window has to ask again, and the slot it held goes back first.
 */
function moveToNow(
  state: BudgetState,
  request: Extract<Request, { kind: 'refresh' }>,
  now: number,
  terms: BatchTerms,
): Applied {
  const { permit } = request;
  const { worker } = terms.clock;
  const stamps = state.calls[worker] ?? [];
  const lease = state.leases[permit.leaseId];
  const inWindow = permit.at > now - effectiveLimits(terms.limits, {}, now).windowMs;
  if (lease?.stamp === undefined || !stamps.includes(lease.stamp.at) || !inWindow) {
    const { [permit.leaseId]: _stale, ...leases } = state.leases;
    return give({ ...state, leases }, { ...request, leaseId: permit.leaseId }, now, terms);
  }
  const at = Math.max(now, permit.at);
  const next = {
    ...state,
    calls: moveStamp(state.calls, lease.stamp, stampAt(at)),
    leases: { ...state.leases, [permit.leaseId]: { ...lease, stamp: { worker, at: stampAt(at) } } },
  };
  return [next, { kind: 'granted', leaseId: permit.leaseId, at }];
}
