import type { AccountLimits } from '../config/limits.ts';
import { assertNever } from '../kernel/assert-never.ts';
import { moveStamp, stampAt, withoutStamp } from './call-log.ts';
import { civilDay, daySpan, settledDay } from './day.ts';
import {
  holdCredentials,
  isEvidence,
  NO_FAILURES,
  onProbation,
  openUpstream,
  withFailure,
  withHold,
  withoutHolds,
} from './holds.ts';
import { usualLimits } from './limits.ts';
import { cutRate, cutSlots, isNewsOfRate, isNewsOfSlots, PACE } from './pace.ts';
import { type CallReport, FRESH_PERMIT_MS } from './port.ts';
import { EARLY_PROBE_MS, LATE_RESET_MS, QUOTA_PROBE_MARGIN_MS } from './probe.ts';
import { type BudgetState, type Hold, type HoldReason, quietFrom } from './state.ts';

/** This many "access denied" in a row, over at least so many operations, are the credentials' fault. */
const DENIED_OPEN = 5;
const DENIED_OPERATIONS = 2;
const DENIED_KEPT = 10;
/** Refused so soon after a probe was answered, it is what was asked for that is refused, not who asks. */
const PROVEN_MS = 60 * 60_000;

export interface ReportTerms {
  readonly limits: AccountLimits;
  /** How long after its sending Marketo may still be working on a call that was never answered. */
  readonly serverDoneMs: number;
}

/** What the account looks like after a call: its slot, and what the answer says about everybody's next call. */
export function applyReport(
  state: BudgetState,
  report: CallReport,
  now: number,
  terms: ReportTerms,
): BudgetState {
  return applySignal(settleLease(counted(state, report), report, terms), report, now, terms);
}

/** Whether a report changes more than its own slot, as far as a copy of the state shows: then it is written at once. */
export function changesAccount({ signal, replied, sentAt }: CallReport, copy: BudgetState | null): boolean {
  if (!replied && sentAt !== null) return true;
  if (signal.kind === 'neutral') return false;
  if (signal.kind !== 'fine') return true;
  if (copy === null) return false;
  const { failuresInRow, deniedInRow, holds } = copy;
  return (
    failuresInRow + deniedInRow.length > 0 || holds.upstream !== undefined || holds.credentials !== undefined
  );
}

function counted(state: BudgetState, report: CallReport): BudgetState {
  return report.uncharged === true ? takenBack(state, report) : carrying(restamp(state, report), report);
}

/** What Marketo has worked on; what was answered after its day was over is in nobody's count. */
function carrying(state: BudgetState, { leaseId, sentAt, signal, jobIds }: CallReport): BudgetState {
  if (leaseId === '' || sentAt === null || signal.kind !== 'fine') return state;
  if (civilDay(sentAt) !== state.day) return state;
  return { ...state, carried: state.carried + jobIds.length };
}

/** Near midnight either day may be the one in which it stands: there it stays counted. */
function takenBack(state: BudgetState, { leaseId }: CallReport): BudgetState {
  const stamp = state.leases[leaseId]?.stamp;
  if (stamp === undefined) return state;
  const spent = civilDay(stamp.at) === state.day ? Math.max(0, state.spent - 1) : state.spent;
  return { ...state, spent, calls: withoutStamp(state.calls, stamp) };
}

/**
 * A call that left late counts from when it left: Marketo counts it from then, and its window ends later. Up to
 * FRESH_PERMIT_MS the guard band allows for it, and moving every call by a few milliseconds would cost capacity.
 */
function restamp(state: BudgetState, { leaseId, sentAt }: CallReport): BudgetState {
  const stamp = state.leases[leaseId]?.stamp;
  if (stamp === undefined || sentAt === null || sentAt - stamp.at <= FRESH_PERMIT_MS) return state;
  return { ...state, calls: moveStamp(state.calls, stamp, stampAt(sentAt)) };
}

function settleLease(state: BudgetState, report: CallReport, terms: ReportTerms): BudgetState {
  if (report.leaseId === '') return state;
  const { [report.leaseId]: _settled, ...others } = state.leases;
  if (report.replied || report.sentAt === null) return { ...state, leases: others };
  const until = quietFrom(report.sentAt, report.doneMs ?? terms.serverDoneMs);
  return { ...state, leases: { ...others, [report.leaseId]: { until } } };
}

function applySignal(state: BudgetState, report: CallReport, now: number, terms: ReportTerms): BudgetState {
  const { signal } = report;
  switch (signal.kind) {
    case 'neutral':
      return state;
    case 'fine':
      return applyFine(state, report);
    case 'quota-exhausted':
      return closeDay(state, report, now, signal.message);
    case 'rate-limited':
      return isNewsOfRate(state.cuts, callTime(report))
        ? lowerPace(state, report, now, signal.message, terms)
        : state;
    case 'concurrency-limited':
      return isNewsOfSlots(state.cuts, callTime(report)) ? lowerSlots(state, now, terms) : state;
    case 'upstream-failure':
      return applyFailure(state, report, now, signal.message);
    case 'endpoint-gone':
      if (isDisproved(state, 'upstream', report)) return state;
      if (isProven(state, 'upstream', report)) return applyFailure(state, report, now, signal.message);
      return isNews(state, 'upstream', report) && !closedBy(state, 'upstream', now)
        ? openUpstream(state, now, signal.message)
        : state;
    case 'credentials-refused':
      return applyRefused(state, report, now, signal.message);
    case 'access-denied':
      return applyDenied(state, report, now, signal.message);
    default:
      return assertNever(signal);
  }
}

/** When the call met Marketo, or tried to. */
const callTime = (report: CallReport): number => report.sentAt ?? report.endedAt;

/** A call that was sent before the hold began knows nothing that the hold does not. */
function isNews(state: BudgetState, reason: HoldReason, report: CallReport): boolean {
  const hold = state.holds[reason];
  return hold === undefined || callTime(report) > hold.since;
}

const closedBy = (state: BudgetState, reason: 'upstream', now: number): boolean =>
  (state.holds[reason]?.until ?? Number.NEGATIVE_INFINITY) > now;

/** An answer breaks every row of failures; it lifts what it disproves, if it was sent late enough to. `quota` needs a probe. */
function applyFine(state: BudgetState, report: CallReport): BudgetState {
  const disproved = (['upstream', 'credentials'] as const).filter(
    (reason) => state.holds[reason] !== undefined && isNews(state, reason, report),
  );
  const lifted = disproved.length === 0 ? state : withoutHolds(state, ...disproved);
  // On probation an answer to a call from before the hold proves nothing yet.
  const stillDown = onProbation(lifted);
  if (lifted.failuresInRow === 0 && lifted.deniedInRow.length === 0) return lifted;
  return { ...stillProven(lifted, report), ...(stillDown ? {} : NO_FAILURES), deniedInRow: [] };
}

/** Between refusals an answer shows what a probe would: who asks is known. */
function stillProven(state: BudgetState, report: CallReport): BudgetState {
  if (state.deniedInRow.length === 0 || !isProven(state, 'credentials', report)) return state;
  return { ...state, provenAt: { ...state.provenAt, credentials: callTime(report) } };
}

/** The quota that is used up is that of the day in which the call was sent; if that day is over, so is the matter. */
function closeDay(state: BudgetState, report: CallReport, now: number, message: string): BudgetState {
  const sentAt = callTime(report);
  if (civilDay(sentAt) < settledDay(now) || !isNews(state, 'quota', report)) return state;
  const { start, end } = daySpan(civilDay(sentAt));
  // So early it may be the quota of yesterday still, if the reset comes later than believed: the probes go on from there.
  const isEarly = sentAt < start + LATE_RESET_MS;
  const earlier = state.holds.quota;
  return withHold(state, 'quota', {
    since: earlier?.since ?? now,
    until: isEarly ? start : end,
    message,
    probeAt: isEarly ? now + EARLY_PROBE_MS : end + QUOTA_PROBE_MARGIN_MS,
    openings: (earlier?.openings ?? 0) + 1,
    ...(earlier?.asked === true ? { asked: true } : {}),
  });
}

/** A short pause, and a pace below what was seen: the rest of the window was somebody else's. */
function lowerPace(
  state: BudgetState,
  report: CallReport,
  now: number,
  message: string,
  { limits }: ReportTerms,
): BudgetState {
  const hold: Hold = { since: now, until: now + PACE.pauseMs, message, probeAt: null, openings: 1 };
  const from = callTime(report) - limits.windowMs;
  const seen = Object.values(state.calls)
    .flat()
    .filter((at) => at > from && at <= callTime(report)).length;
  const rate = cutRate(state.cuts.rate, usualLimits(limits).rate, now, seen);
  return { ...withHold(state, 'rate', hold), cuts: { ...state.cuts, rate } };
}

const lowerSlots = (state: BudgetState, now: number, { limits }: ReportTerms): BudgetState => ({
  ...state,
  cuts: { ...state.cuts, slots: cutSlots(state.cuts.slots, usualLimits(limits).slots, now) },
});

function applyFailure(state: BudgetState, report: CallReport, now: number, message: string): BudgetState {
  if (!isNews(state, 'upstream', report) || closedBy(state, 'upstream', now)) return state;
  const once = report.signal.kind === 'upstream-failure' && report.signal.oncePerJob === true;
  const failed = withFailure(state, report.jobIds, once);
  if (failed === state) return state;
  return onProbation(failed) || isEvidence(failed) ? openUpstream(failed, now, message) : failed;
}

/** Whether a probe was answered not long before the call was sent: then the account works, whatever this call met. */
function isProven(state: BudgetState, reason: 'credentials' | 'upstream', report: CallReport): boolean {
  const at = state.provenAt?.[reason] ?? Number.NEGATIVE_INFINITY;
  return state.holds[reason] === undefined && callTime(report) >= at && callTime(report) - at < PROVEN_MS;
}

/** Whether the call was sent before a probe was answered: what it met is over. */
const isDisproved = (state: BudgetState, reason: 'credentials' | 'upstream', report: CallReport): boolean =>
  callTime(report) < (state.provenAt?.[reason] ?? Number.NEGATIVE_INFINITY);

/** After a report: whether its refusal closes nothing, and is the end of its job alone. */
export const isOwnTrouble = (after: BudgetState, report: CallReport): boolean =>
  report.signal.kind === 'credentials-refused' && isProven(after, 'credentials', report);

/** Right after a good probe a refusal counts like a denial: of one operation it is that one's, of several the account's. */
function applyRefused(state: BudgetState, report: CallReport, now: number, message: string): BudgetState {
  if (isDisproved(state, 'credentials', report)) return state;
  if (isProven(state, 'credentials', report)) return applyDenied(state, report, now, message);
  return isNews(state, 'credentials', report) ? holdCredentials(state, now, message) : state;
}

function applyDenied(state: BudgetState, report: CallReport, now: number, message: string): BudgetState {
  if (!isNews(state, 'credentials', report)) return state;
  const deniedInRow = [...state.deniedInRow, report.operation].slice(-DENIED_KEPT);
  const denied = { ...state, deniedInRow };
  const enough = deniedInRow.length >= DENIED_OPEN && new Set(deniedInRow).size >= DENIED_OPERATIONS;
  return enough ? holdCredentials(denied, now, message) : denied;
}
