import { CLAIMS_ALONE, CLAIMS_FEW, FEW, STARTS_ALONE, STARTS_FEW, STARTS_POISON } from '../config/limits.ts';
import { assertNever } from '../kernel/assert-never.ts';
import { MINUTE_MS } from '../kernel/clock.ts';
import type { EndedKind } from './ledger.ts';
import { type DeadLetterDecision, FORGOTTEN_DIGEST, type JobRow } from './row.ts';

/** What a run wants to take. Times in epoch ms. */
export interface ClaimRequest {
  readonly jobId: string;
  readonly epoch: number;
  readonly digest: string;
  readonly now: number;
  /** The life of the one local process: claims of any other are void, its process is dead. Null where many may live. */
  readonly soleInstance: string | null;
  /** The owner of an expired claim that does not count as a start; null or absent: it counts. */
  readonly innocentOwner?: string | null;
}

/** What the ledger's row says to a run that wants the job. */
export type ClaimCheck =
  | { readonly kind: 'take'; readonly as: TakeAs }
  /** Superseded by another epoch, or parked in the ledger: the message is not needed any more. */
  | { readonly kind: 'acknowledge'; readonly why: 'other-epoch' | 'parked' }
  /** Nor is it here: the job has ended, at that time. */
  | { readonly kind: 'ended'; readonly batch: string | null; readonly at: number }
  /** Waiting, or claimed by a run that lives, or Marketo may still be at it: the message comes back then. */
  | { readonly kind: 'hide'; readonly until: number; readonly why: 'waiting' | 'busy' | 'quiet' }
  /** Decided and recorded by a run that never settled it: settle again, without a call. */
  | { readonly kind: 'decided'; readonly decision: DeadLetterDecision; readonly tries: number }
  /** It says something of itself that cannot be: filed, and its job's row is not touched. */
  | { readonly kind: 'malformed'; readonly message: string }
  /** The same id with other contents: another job, which must not touch this one, or this one before an edit. */
  | { readonly kind: 'conflict' };

/** `apart`: workers have stopped over it, and it is to be taken when at most `most` like it run in the process. */
export type StartCheck = ClaimCheck | { readonly kind: 'apart'; readonly most: number };

/** `in-doubt`: a claim expired over an open intent. `poison`: it has killed its worker too often. */
export type TakeAs = 'fresh' | 'in-doubt' | 'poison';

/** SQS hides in whole seconds and clocks differ: a message that comes back this early is on time. */
const EARLY_MS = 1_500;
/**
 * A message of a parked job may be the warden's own, on a clock that is behind the warden's and before its mark is in the
 * row. So close to its time it is kept: acknowledged, it would be gone, and nobody would send another.
 */
const NEARLY_DUE_MS = MINUTE_MS;

/** The one place that says what may follow what. Pure and total. */
export function checkClaim(row: JobRow | null, request: ClaimRequest): ClaimCheck {
  if (row === null) return request.epoch === 0 ? take('fresh') : unknownEpoch(request, null);
  // A late delivery of a forgotten job must neither run again nor be filed, with the person, as another job's.
  const isForgotten = row.digest === FORGOTTEN_DIGEST;
  if (row.digest !== request.digest && !isForgotten) return { kind: 'conflict' };
  if (row.epoch < request.epoch) return unknownEpoch(request, row);
  if (row.epoch > request.epoch) return { kind: 'acknowledge', why: 'other-epoch' };
  const { state } = row;
  switch (state.kind) {
    case 'queued':
      return takeFresh(row, request);
    case 'waiting':
      // Its leases say when a wait for the quiet is over, and whoever claims has looked at them.
      return state.quietOf === undefined && state.until > request.now + EARLY_MS
        ? { kind: 'hide', until: state.until, why: 'waiting' }
        : takeFresh(row, request);
    case 'parked':
      return state.until > request.now + NEARLY_DUE_MS
        ? { kind: 'acknowledge', why: 'parked' }
        : takeFresh(row, request);
    case 'running':
      if (isLive(state, request)) return { kind: 'hide', until: state.leaseUntil, why: 'busy' };
      return state.intentAt === null ? takeFresh(row, request) : take('in-doubt');
    case 'decided':
      return { kind: 'decided', decision: state.decision, tries: state.tries ?? 0 };
    case 'completed':
    case 'cancelled':
      return ended(row, state);
    case 'dead-lettered':
      return state.quietUntil !== null && state.quietUntil > request.now
        ? { kind: 'hide', until: state.quietUntil, why: 'quiet' }
        : ended(row, state);
    default:
      return assertNever(state);
  }
}

/** The rules for a run that is about to start. `among`: how many at most run in the process until it is through, itself among them. */
export function checkStart(row: JobRow | null, request: ClaimRequest, among: number): StartCheck {
  const check = checkClaim(row, request);
  const most = mostTogether(row, check, request);
  return among <= most ? check : { kind: 'apart', most };
}

/**
 * How many may run in the process with it. A claim that merely waited for its turn would count as a start, and the job in front
 * that kills the worker would take all of them with it as poison.
 */
function mostTogether(row: JobRow | null, check: ClaimCheck, request: ClaimRequest): number {
  // Its letter may be what kills the worker.
  if (check.kind === 'decided' && check.tries > 0) return 1;
  if (check.kind !== 'take' || check.as !== 'fresh') return Number.POSITIVE_INFINITY;
  const starts = startsBefore(row, request) + 1;
  const claims = (row?.claims ?? 0) + 1;
  if (starts >= STARTS_ALONE || claims >= CLAIMS_ALONE) return 1;
  return starts >= STARTS_FEW || claims >= CLAIMS_FEW ? FEW : Number.POSITIVE_INFINITY;
}

/** A redrive moves the row before it sends its message: an epoch that no row has reached is the sender's own invention. */
const unknownEpoch = (request: ClaimRequest, row: JobRow | null): ClaimCheck => ({
  kind: 'malformed',
  message: `epoch: the message says ${request.epoch}, the job has been redriven ${row?.epoch ?? 0} times; only a redrive sets an epoch: leave it out`,
});

const ended = ({ batch }: JobRow, { at }: Extract<JobRow['state'], { kind: EndedKind }>): ClaimCheck => ({
  kind: 'ended',
  batch,
  at,
});

const take = (as: TakeAs): ClaimCheck => ({ kind: 'take', as });

const takeFresh = (row: JobRow, request: ClaimRequest): ClaimCheck =>
  take(startsBefore(row, request) + 1 >= STARTS_POISON ? 'poison' : 'fresh');

/** The starts that count against a job that is about to be started again. */
export const startsBefore = (row: JobRow | null, { innocentOwner }: ClaimRequest): number => {
  if (row === null) return 0;
  const isInnocent = row.state.kind === 'running' && row.state.owner === innocentOwner;
  return isInnocent ? Math.max(0, row.starts - 1) : row.starts;
};

/** An owner is `<instance>.<random>`; where only one instance can live, another's claim is void at once. */
function isLive(
  state: { readonly owner: string; readonly leaseUntil: number },
  request: ClaimRequest,
): boolean {
  if (request.soleInstance !== null && !state.owner.startsWith(`${request.soleInstance}.`)) return false;
  return state.leaseUntil > request.now;
}
