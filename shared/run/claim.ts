import type { HoldReason } from '../budget/state.ts';
import { MAX_AGE_MS, STARTS_ALONE } from '../config/limits.ts';
import type { Delivery, Job } from '../job/job.ts';
import { digestOf } from '../job/message.ts';
import { nextRow, type RowContent } from '../ledger/change-row.ts';
import { type ClaimJudgement, type ClaimRequest, judgeClaim, type TakeAs } from '../ledger/claim-rules.ts';
import { firstRow } from '../ledger/first-row.ts';
import type { JobRow } from '../ledger/row.ts';
import type { Invocation, WorkPorts } from './ports.ts';

/** What a run sees of its batch: a job that has stopped its worker before runs when nothing else does. */
export interface Company {
  alone(): Promise<void>;
}

/** A job taken by this run. `row` is as written; every later write of the run builds on it. */
export interface Claimed {
  readonly kind: 'claimed';
  readonly job: Job;
  readonly delivery: Delivery;
  readonly row: JobRow;
  readonly owner: string;
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

export type Claim = Claimed | Held | Exclude<ClaimJudgement, { kind: 'take' }>;

type ClaimPorts = Pick<WorkPorts, 'ledger' | 'budget' | 'clock' | 'makeId' | 'settings'>;

/**
 * Takes the job for this run by one conditional write, or says why not. A hold is looked at before the claim: a job
 * that cannot run is not written to, and its row says `queued` while the hold says why. A job that has stopped its
 * worker before is claimed only when nothing else of its batch runs: a claim that merely waited for its turn would
 * count as a start, and the job in front that kills the worker would take all of them with it as poison.
 */
export async function claimJob(
  job: Job,
  delivery: Delivery,
  company: Company,
  invocation: Invocation,
  ports: ClaimPorts,
): Promise<Claim> {
  for (let isAlone = false; ; ) {
    const now = ports.clock();
    const row = await ports.ledger.get(job.id);
    const judgement = judgeClaim(row, requestFor(job, now, ports));
    if (judgement.kind !== 'take') return judgement;
    if (judgement.as === 'fresh' && !isAlone && (row?.starts ?? 0) + 1 >= STARTS_ALONE) {
      await company.alone();
      isAlone = true;
      // Its turn may have come late: the row is looked at again.
      continue;
    }
    const as = judgement.as === 'fresh' && isExpired(job, delivery, now) ? 'expired' : judgement.as;
    const held = as === 'fresh' ? await longHold(now, ports) : null;
    const content = contentFor(row, job, delivery, now);
    const claim =
      held === null
        ? await take({ row, content, as, job, delivery }, invocation, ports)
        : await leave(row, content, held, ports);
    if (claim !== 'conflict') return claim;
  }
}

const requestFor = (job: Job, now: number, ports: ClaimPorts): ClaimRequest => ({
  jobId: job.id,
  epoch: job.epoch ?? 0,
  digest: digestOf(job),
  now,
  soleInstance: ports.settings.soleInstance,
});

/** SQS deletes after 14 days without a word; a letter a day earlier keeps the promise that nothing is lost. */
const isExpired = (job: Job, delivery: Delivery, now: number): boolean =>
  delivery.sentAt + MAX_AGE_MS <= now || (job.expiresAt !== undefined && Date.parse(job.expiresAt) <= now);

/** A hold that the handler would not wait out. Shorter ones are waited for where the permit is asked for. */
async function longHold(now: number, ports: ClaimPorts): Promise<Held | null> {
  const closed = await ports.budget.closed();
  if (closed === null) return null;
  const short = closed.until !== null && closed.until - now <= ports.settings.timings.shortWaitMs;
  return short ? null : { kind: 'held', ...closed };
}

interface Taking {
  readonly row: JobRow | null;
  readonly content: RowContent;
  readonly as: Claimed['as'];
  readonly job: Job;
  readonly delivery: Delivery;
}

async function take(
  taking: Taking,
  invocation: Invocation,
  ports: ClaimPorts,
): Promise<Claimed | 'conflict'> {
  const { row, content, as, job, delivery } = taking;
  const owner = `${ports.settings.soleInstance ?? 'run'}.${ports.makeId()}`;
  const leaseUntil = invocation.deadline + ports.settings.timings.graceMs;
  // An open intent stays open until it is judged: were it dropped here, a crash before that would send the call again.
  const intentAt = row?.state.kind === 'running' ? row.state.intentAt : null;
  const state = { kind: 'running', owner, leaseUntil, intentAt } as const;
  const written = nextRow(row, { ...content, starts: content.starts + 1, state }, ports.makeId);
  if ((await ports.ledger.replace(written)) === 'conflict') return 'conflict';
  return { kind: 'claimed', job, delivery, row: written, owner, as, intentAt };
}

/** Under a hold the row is written once, so that `jobs show` knows the job; after that it is only read. */
async function leave(
  row: JobRow | null,
  content: RowContent,
  held: Held,
  ports: ClaimPorts,
): Promise<Held | 'conflict'> {
  if (row !== null) return held;
  return (await ports.ledger.replace(nextRow(null, content, ports.makeId))) === 'conflict'
    ? 'conflict'
    : held;
}

/** The row as it stands with this delivery, or a first row for a job nobody has seen. */
function contentFor(row: JobRow | null, job: Job, delivery: Delivery, now: number): RowContent {
  if (row !== null) return { ...row, sequenceNumber: placeOf(row, delivery) };
  return firstRow(job, { sequenceNumber: delivery.sequenceNumber, enqueuedAt: delivery.sentAt || now });
}

// A redriven job keeps its first place: its contents are as old as its first message.
const placeOf = (row: JobRow, delivery: Delivery): string | null =>
  row.epoch > 0 && row.sequenceNumber !== null ? row.sequenceNumber : delivery.sequenceNumber;
