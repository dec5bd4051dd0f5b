import type { HoldInForce } from '../budget/holds.ts';
import { isoOrNull } from '../kernel/clock.ts';
import type { JobRow } from '../ledger/row.ts';
import { type Answer, type AnswerPorts, answerOf } from './answer.ts';
import type { Obstacles } from './hold.ts';
import { type JobJson, type JobStateName, jobJson, type WaitingJson } from './job-json.ts';
import { resultOf } from './jobs.ts';
import type { OperatePorts } from './ports.ts';
import { rowFromChunk } from './sent-jobs.ts';
import { type WaitLimits, type WaitPorts, waitUntil } from './wait.ts';

/** What whoever sends needs, to read what became of it. */
export interface SenderPorts extends AnswerPorts, WaitPorts, Pick<OperatePorts, 'ledger' | 'chunks'> {
  /** What keeps jobs of the account, as far as the sender may know it. */
  readonly obstacles: () => Promise<Obstacles>;
  /** The row of one job; a look that many wait by at once may be shared. */
  readonly rowOf: (jobId: string) => Promise<JobRow | null>;
}

/** The time is up, and the job has not ended: where it is, and why it waits and until when, where that is known. */
export interface PendingAnswer {
  readonly kind: 'pending';
  readonly id: string;
  /** `unknown`: neither row nor chunk tells of it. It may be in the queue all the same, and be nowhere at all. */
  readonly pending: JobStateName | 'unknown';
  readonly reason: WaitingJson['reason'] | null;
  readonly until: string | null;
}

/** How the job has ended, as soon as it has. An id of which nothing is known is waited for: its job may not be taken up yet. */
export async function resultFor(
  ports: SenderPorts,
  jobId: string,
  limits: WaitLimits,
): Promise<Answer | PendingAnswer> {
  const look = async (): Promise<Answer | null> => {
    const row = await ports.rowOf(jobId);
    return row === null ? null : answerOf(ports, row);
  };
  return (await waitUntil(look, ports, limits)) ?? (await pending(ports, jobId));
}

async function pending(ports: SenderPorts, jobId: string): Promise<PendingAnswer> {
  const [job, { holds }] = await Promise.all([sentJobOf(ports, jobId), ports.obstacles()]);
  const waits = job === null ? waitAt(holds) : job.waiting;
  return {
    kind: 'pending',
    id: jobId,
    pending: job?.state ?? 'unknown',
    reason: waits?.reason ?? null,
    until: waits?.until ?? null,
  };
}

/** What a hold of the account means to a job of which nothing more is known; the longest comes first. */
export function waitAt([hold]: readonly HoldInForce[]): WaitingJson | null {
  return hold === undefined ? null : { reason: hold.reason, until: isoOrNull(hold.until) };
}

/** One job with its result, null if nothing tells of it. Which job of its lead is before it only an operator is told. */
export async function sentJobOf(ports: SenderPorts, jobId: string): Promise<JobJson | null> {
  const row = (await ports.ledger.get(jobId)) ?? (await rowFromChunk(ports, jobId));
  if (row === null) return null;
  const [obstacles, result] = await Promise.all([ports.obstacles(), resultOf(row, ports)]);
  return jobJson(row, { now: ports.clock(), ...obstacles, blocker: null }, result);
}
