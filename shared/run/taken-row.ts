import type { Delivery, Job } from '../job/job.ts';
import { type ClaimRequest, startsBefore } from '../ledger/claim-rules.ts';
import { firstRow, type JobRow } from '../ledger/row.ts';
import type { RunPorts } from './ports.ts';

type RowPorts = Pick<RunPorts, 'settings'>;

/** What a run brings to its claim. */
export interface Taking {
  readonly job: Job;
  readonly delivery: Delivery;
  readonly deadline: number;
  readonly place: string;
  /** Nothing else runs in the process. */
  readonly alone: boolean;
  readonly early?: BesideClaim | undefined;
}

/** What may begin while a claim is being written. */
export interface BesideClaim {
  begin(owner: string): void;
  /** What has begun ends: a permit that it had is given back at once, as if it had never been taken. Never rejects. */
  drop(): Promise<void>;
  /** The same, and nobody who could share its call waits for it any more. */
  leave(): Promise<void>;
  /** After leaving: it is on its way again, and those who could share its call wait for it. */
  comeBack(): void;
}

/** Random per claim; the permits of the run carry it. */
export const ownerOf = ({ place }: Taking, { settings }: RowPorts): string =>
  `${settings.soleInstance ?? 'run'}.${place}`;

/** The row that takes the job for this run, over the one that stands there. */
export function takenRow(
  row: JobRow | null,
  owner: string,
  request: ClaimRequest,
  taking: Taking,
  { settings }: RowPorts,
): JobRow {
  const leaseUntil = taking.deadline + settings.timings.graceMs;
  return {
    ...rowSeen(row, taking, request.now),
    starts: startsBefore(row, request) + 1,
    claims: (row?.claims ?? 0) + 1,
    state: { kind: 'running', owner, leaseUntil, intentAt: openIntent(row), alone: taking.alone },
  };
}

/** An open intent stays open until it is dealt with: dropped here, a crash before that would send the call again. */
export const openIntent = (row: JobRow | null): number | null =>
  row?.state.kind === 'running' ? row.state.intentAt : null;

/** The row as it stands with this delivery, or a first row for a job nobody has seen. */
function rowSeen(row: JobRow | null, { job, delivery }: Taking, now: number): JobRow {
  if (row !== null) return { ...row, sequenceNumber: placeOf(row, delivery) };
  return firstRow(job, { sequenceNumber: delivery.sequenceNumber, enqueuedAt: delivery.sentAt || now });
}

// A redriven job keeps its first place: its contents are as old as its first message.
const placeOf = (row: JobRow, delivery: Delivery): string | null =>
  row.epoch > 0 && row.sequenceNumber !== null ? row.sequenceNumber : delivery.sequenceNumber;
