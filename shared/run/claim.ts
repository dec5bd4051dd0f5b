import type { HoldReason } from '../budget/state.ts';
import { MAX_AGE_MS } from '../config/limits.ts';
import { METRICS } from '../config/names.ts';
import type { Delivery, Job } from '../job/job.ts';
import { digestOf } from '../job/message.ts';
import { ownGroupOf } from '../job/ordering-key.ts';
import type { Malformed } from '../job/parse-job.ts';
import type { Changed, Copy } from '../kernel/document.ts';
import {
  type ClaimCheck,
  type ClaimRequest,
  checkStart,
  type StartCheck,
  startsBefore,
  type TakeAs,
} from '../ledger/claim-rules.ts';
import { firstRow, type JobRow } from '../ledger/row.ts';
import { leftBehind, type Unfinished } from './earlier-run.ts';
import { type OwnRow, ownRow } from './own-row.ts';
import type { RunPorts } from './ports.ts';
import type { Turn } from './turns.ts';

/** A job taken by this run. */
export interface Claimed {
  readonly kind: 'claimed';
  readonly job: Job;
  readonly delivery: Delivery;
  readonly row: OwnRow;
  readonly as: TakeAs | 'expired';
  /** When an earlier run announced a call that is unsafe to repeat and never said how it went; null if none did. */
  readonly intentAt: number | null;
}

/** The account is closed: nothing was taken, so nothing has to be given back. */
export interface Held {
  readonly kind: 'held';
  readonly reason: HoldReason;
  readonly until: number | null;
}

export type Claim =
  | Claimed
  | Held
  | Malformed
  | Exclude<ClaimCheck, { kind: 'take' | 'malformed' | 'decided' | 'conflict' }>
  | { readonly kind: 'decided' | 'conflict'; readonly job: Job };

type ClaimPorts = Pick<
  RunPorts,
  'ledger' | 'budget' | 'clock' | 'settings' | 'trace' | 'metrics' | 'foreignTally'
>;

/**
 * Takes the job for this run by one conditional write, or says why not. A hold is looked at before the claim: a job
 * that cannot run is not written to, and its row says `queued` while the hold says why. `place` is nobody else's: with the
 * instance it is the owner of the claim.
 */
export async function claim(
  job: Job,
  delivery: Delivery,
  turn: Pick<Turn, 'untilAlone' | 'isAlone'>,
  { deadline, place }: { readonly deadline: number; readonly place: string },
  ports: ClaimPorts,
): Promise<Claim> {
  await ports.trace('received', job.id);
  if (delivery.groupId !== ownGroupOf(job)) ports.metrics.count(METRICS.groupMismatches);
  let seen = await look(job, false, ports);
  if (seen.check.kind === 'alone') {
    await turn.untilAlone();
    // Its turn may have come late.
    seen = await look(job, true, ports);
  }
  const { copy, request, check, unfinished, isAlone } = seen;
  if (check.kind !== 'take') return unclaimed(check, job, request);
  if (unfinished !== null) return waitForQuiet(seen, unfinished, ports);
  const taking = { job, delivery, deadline, place, alone: isAlone || turn.isAlone() };
  const held = startOf(check.as, job, delivery, ports) === 'fresh' ? await longHold(ports) : null;
  return held === null ? take(seen, taking, ports) : leave(copy, taking, held, ports);
}

function unclaimed(check: Exclude<StartCheck, { kind: 'take' }>, job: Job, { now }: ClaimRequest): Claim {
  switch (check.kind) {
    case 'alone':
      // A row that has become dangerous since it was looked at: the message comes back at once, to be claimed alone.
      return { kind: 'hide', until: now, why: 'busy' };
    case 'malformed':
      return { ...check, jobId: job.id, operation: job.operation };
    case 'decided':
    case 'conflict':
      return { kind: check.kind, job };
    default:
      return check;
  }
}

/** Whatever would follow, a call, a letter or an acknowledgement: each lets the lead's next write go. */
async function waitForQuiet(
  { copy, request, isAlone }: Seen,
  { leases, until }: Unfinished,
  ports: ClaimPorts,
): Promise<Claim> {
  const state = { kind: 'waiting', reason: 'order', until, quietOf: leases } as const;
  const changed = await ports.ledger.change(copy, (row) =>
    row !== null && checkStart(row, request, isAlone).kind === 'take'
      ? { ...row, starts: startsBefore(row, request), state }
      : null,
  );
  return { kind: 'hide', until: changed.kind === 'left' ? request.now : until, why: 'quiet' };
}

interface Seen {
  readonly copy: Copy<JobRow | null>;
  readonly request: ClaimRequest;
  readonly isAlone: boolean;
  readonly check: StartCheck;
  readonly unfinished: Unfinished | null;
}

async function look(job: Job, isAlone: boolean, ports: ClaimPorts): Promise<Seen> {
  const copy = await ports.ledger.read(job.id);
  const { unfinished, innocentOwner } = await leftBehind(copy.value, job, ports);
  const request: ClaimRequest = {
    jobId: job.id,
    epoch: job.epoch ?? 0,
    digest: digestOf(job),
    now: ports.clock(),
    soleInstance: ports.settings.soleInstance,
    innocentOwner,
  };
  return { copy, request, isAlone, check: checkStart(copy.value, request, isAlone), unfinished };
}

const startOf = (as: TakeAs, job: Job, delivery: Delivery, { clock }: ClaimPorts): Claimed['as'] =>
  as === 'fresh' && isExpired(job, delivery, clock()) ? 'expired' : as;

/** SQS deletes after 14 days without a word; a letter a day earlier keeps the promise that nothing is lost. */
const isExpired = (job: Job, delivery: Delivery, now: number): boolean =>
  delivery.sentAt + MAX_AGE_MS <= now || (job.expiresAt !== undefined && Date.parse(job.expiresAt) <= now);

/** A hold that the handler would not wait out. Shorter ones are waited for where the permit is asked for. */
async function longHold(ports: ClaimPorts): Promise<Held | null> {
  const now = ports.clock();
  const closed = await ports.budget.closed();
  if (closed === null) return null;
  const short = closed.until !== null && closed.until - now <= ports.settings.timings.shortWaitMs;
  return short ? null : { kind: 'held', ...closed };
}

interface Taking {
  readonly job: Job;
  readonly delivery: Delivery;
  readonly deadline: number;
  readonly place: string;
  /** Nothing else runs in the process. */
  readonly alone: boolean;
}

/** The rules are asked of whatever row stands there at the moment of the write. */
async function take(seen: Seen, taking: Taking, ports: ClaimPorts): Promise<Claim> {
  const { copy, request, isAlone } = seen;
  const { job, delivery, deadline, place, alone } = taking;
  const owner = `${ports.settings.soleInstance ?? 'run'}.${place}`;
  const leaseUntil = deadline + ports.settings.timings.graceMs;
  let { check } = seen;
  const changed = await ports.ledger.change(copy, (row) => {
    check = checkStart(row, request, isAlone);
    if (check.kind !== 'take') return null;
    return {
      ...rowSeen(row, taking, request.now),
      starts: startsBefore(row, request) + 1,
      claims: (row?.claims ?? 0) + 1,
      state: { kind: 'running', owner, leaseUntil, intentAt: openIntent(row), alone },
    };
  });
  if (check.kind !== 'take' || changed.kind === 'left') {
    return unclaimed(check.kind === 'take' ? { kind: 'alone' } : check, job, request);
  }
  noteGroup(taking, changed, ports);
  await ports.trace('claimed', job.id);
  return {
    kind: 'claimed',
    job,
    delivery,
    row: ownRow(changed.copy, owner, ports.ledger),
    as: startOf(check.as, job, delivery, ports),
    intentAt: openIntent(changed.copy.value),
  };
}

/** An open intent stays open until it is dealt with: dropped here, a crash before that would send the call again. */
const openIntent = (row: JobRow | null): number | null =>
  row?.state.kind === 'running' ? row.state.intentAt : null;

/** Under a hold the row is written once, so that `jobs show` knows the job; after that it is only read. */
async function leave(
  copy: Copy<JobRow | null>,
  taking: Taking,
  held: Held,
  ports: ClaimPorts,
): Promise<Held> {
  const now = ports.clock();
  const changed = await ports.ledger.change(copy, (row) =>
    row === null ? rowSeen(null, taking, now) : null,
  );
  noteGroup(taking, changed, ports);
  return held;
}

/** Once for each job: by the run that wrote its first row. The metric counts its deliveries. */
function noteGroup({ job, delivery }: Taking, changed: Changed<JobRow>, { foreignTally }: ClaimPorts): void {
  const isFirst = changed.kind === 'written' && changed.copy.version === 1;
  if (isFirst && delivery.groupId !== ownGroupOf(job)) foreignTally.note(delivery.groupId, job.id);
}

/** The row as it stands with this delivery, or a first row for a job nobody has seen. */
function rowSeen(row: JobRow | null, { job, delivery }: Taking, now: number): JobRow {
  if (row !== null) return { ...row, sequenceNumber: placeOf(row, delivery) };
  return firstRow(job, { sequenceNumber: delivery.sequenceNumber, enqueuedAt: delivery.sentAt || now });
}

// A redriven job keeps its first place: its contents are as old as its first message.
const placeOf = (row: JobRow, delivery: Delivery): string | null =>
  row.epoch > 0 && row.sequenceNumber !== null ? row.sequenceNumber : delivery.sequenceNumber;
