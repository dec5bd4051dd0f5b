import type { HoldReason } from '../budget/state.ts';
import { MAX_AGE_MS } from '../config/limits.ts';
import { METRICS } from '../config/names.ts';
import type { Delivery, Job } from '../job/job.ts';
import { digestOf } from '../job/message.ts';
import { ownGroupOf } from '../job/ordering-key.ts';
import type { Malformed } from '../job/parse-job.ts';
import { absent, type Copy } from '../kernel/document.ts';
import {
  type ClaimCheck,
  type ClaimRequest,
  checkClaim,
  checkStart,
  type StartCheck,
  startsBefore,
  type TakeAs,
} from '../ledger/claim-rules.ts';
import type { JobRow } from '../ledger/row.ts';
import { leftBehind, type Unfinished } from './earlier-run.ts';
import { type OwnRow, ownRow } from './own-row.ts';
import type { RunPorts } from './ports.ts';
import { openIntent, ownerOf, type Taking, takenRow } from './taken-row.ts';
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
 * that cannot run is not written to. `place` is nobody else's: with the instance it is the owner of the claim. `early` begins
 * beside the write, if the job is to be called.
 */
export async function claim(
  job: Job,
  delivery: Delivery,
  turn: Pick<Turn, 'untilApart' | 'isAlone'>,
  { deadline, place, early }: Pick<Taking, 'deadline' | 'place' | 'early'>,
  ports: ClaimPorts,
): Promise<Claim> {
  await ports.trace('received', job.id, undefined, delivery.traceHeader);
  if (delivery.groupId !== ownGroupOf(job)) ports.metrics.count(METRICS.groupMismatches);
  const taking = { job, delivery, deadline, place, early, alone: turn.isAlone() };
  const unread = isUnheardOf(job, delivery) ? await takeUnread(taking, ports) : null;
  if (unread?.kind === 'claimed') return unread;
  const unbounded = Number.POSITIVE_INFINITY;
  let seen = await look(unread?.copy ?? (await ports.ledger.read(job.id)), job, unbounded, ports);
  // Only to be told to wait for an earlier call, nobody has to be apart.
  if (seen.check.kind === 'apart' && seen.unfinished === null) {
    const { most } = seen.check;
    // Those who are under way must not wait for it: it waits for them.
    await early?.leave();
    await turn.untilApart(most);
    early?.comeBack();
    // Its turn may have come late.
    seen = await look(await ports.ledger.read(job.id), job, most, ports);
  }
  const { request, check, unfinished, among } = seen;
  if (unfinished !== null && (check.kind === 'take' || check.kind === 'apart'))
    return waitForQuiet(seen, unfinished, ports);
  if (check.kind !== 'take') return unclaimed(check, job, request);
  const held = startOf(check.as, job, delivery, ports) === 'fresh' ? await longHold(ports) : null;
  return held ?? take(seen, { ...taking, alone: among === 1 || turn.isAlone() }, ports);
}

/**
 * Whether there is most likely no row to be read: a job of a bulk send or of a bare sender, at its first delivery. A guess that
 * is wrong costs a refused write; every rule is asked of the row that stands in its way.
 */
const isUnheardOf = (job: Job, { receiveCount, hasRow }: Delivery): boolean =>
  receiveCount <= 1 && hasRow !== true && (job.epoch ?? 0) === 0 && job.notBefore === undefined;

/** One write where nobody has heard of the job; else the row as it was found, or null where it is still to be read. */
async function takeUnread(
  taking: Taking,
  ports: ClaimPorts,
): Promise<Claimed | { readonly kind: 'known'; readonly copy: Copy<JobRow | null> } | null> {
  const { job, delivery } = taking;
  const isCalled = !isExpired(job, delivery, ports.clock());
  if (isCalled && (await longHold(ports)) !== null) return null;
  const request = requestFor(job, null, ports);
  const owner = ownerOf(taking, ports);
  if (isCalled) taking.early?.begin(owner);
  const changed = await ports.ledger.change(absent(job.id), (row) =>
    row === null ? takenRow(null, owner, request, taking, ports) : null,
  );
  if (changed.kind === 'left') {
    // Its row is to be read: with a permit it would wait for its own lease, and a death meanwhile would count.
    await taking.early?.drop();
    return { kind: 'known', copy: changed.copy };
  }
  return claimedBy(owner, changed.copy, 'fresh', taking, ports);
}

function unclaimed(check: Exclude<StartCheck, { kind: 'take' }>, job: Job, { now }: ClaimRequest): Claim {
  switch (check.kind) {
    case 'apart':
      // A row that has become more dangerous since it was looked at: the message comes back at once, to be claimed apart.
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

/**
 * Whatever would follow, a call, a letter or an acknowledgement: each lets the lead's next write go. Written once, with the
 * leases that count: later looks only read.
 */
async function waitForQuiet(
  { copy, request }: Seen,
  { leases, quietAt, lookAt }: Unfinished,
  ports: ClaimPorts,
): Promise<Claim> {
  if (copy.value?.state.kind === 'waiting') return { kind: 'hide', until: lookAt, why: 'quiet' };
  const state = { kind: 'waiting', reason: 'order', until: quietAt, quietOf: leases } as const;
  const changed = await ports.ledger.change(copy, (row) =>
    row !== null && checkClaim(row, request).kind === 'take'
      ? { ...row, starts: startsBefore(row, request), state }
      : null,
  );
  return { kind: 'hide', until: changed.kind === 'left' ? request.now : lookAt, why: 'quiet' };
}

interface Seen {
  readonly copy: Copy<JobRow | null>;
  readonly request: ClaimRequest;
  /** See `checkStart`. */
  readonly among: number;
  readonly check: StartCheck;
  readonly unfinished: Unfinished | null;
}

async function look(copy: Copy<JobRow | null>, job: Job, among: number, ports: ClaimPorts): Promise<Seen> {
  const { unfinished, innocentOwner } = await leftBehind(copy.value, job, ports);
  const request = requestFor(job, innocentOwner, ports);
  return { copy, request, among, check: checkStart(copy.value, request, among), unfinished };
}

const requestFor = (job: Job, innocentOwner: string | null, ports: ClaimPorts): ClaimRequest => ({
  jobId: job.id,
  epoch: job.epoch ?? 0,
  digest: digestOf(job),
  now: ports.clock(),
  soleInstance: ports.settings.soleInstance,
  innocentOwner,
});

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

/** The rules are asked of whatever row stands there at the moment of the write. */
async function take(seen: Seen, taking: Taking, ports: ClaimPorts): Promise<Claim> {
  const { copy, request, among } = seen;
  const { job } = taking;
  const owner = ownerOf(taking, ports);
  let { check } = seen;
  if (check.kind === 'take' && startOf(check.as, job, taking.delivery, ports) === 'fresh')
    taking.early?.begin(owner);
  const changed = await ports.ledger.change(copy, (row) => {
    check = checkStart(row, request, among);
    return check.kind === 'take' ? takenRow(row, owner, request, taking, ports) : null;
  });
  if (check.kind !== 'take' || changed.kind === 'left') {
    return unclaimed(check.kind === 'take' ? { kind: 'apart', most: among } : check, job, request);
  }
  return claimedBy(owner, changed.copy, check.as, taking, ports);
}

async function claimedBy(
  owner: string,
  copy: Copy<JobRow>,
  as: TakeAs,
  taking: Taking,
  ports: ClaimPorts,
): Promise<Claimed> {
  const { job, delivery } = taking;
  noteGroup(taking, copy, ports);
  await ports.trace('claimed', job.id);
  return {
    kind: 'claimed',
    job,
    delivery,
    row: ownRow(copy, owner, ports.ledger),
    as: startOf(as, job, delivery, ports),
    intentAt: openIntent(copy.value),
  };
}

/** Once for each job: by the run that wrote its first row. The metric counts its deliveries. */
function noteGroup({ job, delivery }: Taking, { version }: Copy<JobRow>, { foreignTally }: ClaimPorts): void {
  if (version === 1 && delivery.groupId !== ownGroupOf(job)) foreignTally.note(delivery.groupId, job.id);
}
