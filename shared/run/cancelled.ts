import type { Delivery, Job } from '../job/job.ts';
import { digestOf } from '../job/message.ts';
import { checkClaim } from '../ledger/claim-rules.ts';
import { firstRow } from '../ledger/row.ts';
import { leftBehind } from './earlier-run.ts';
import type { RunPorts } from './ports.ts';

type CancelPorts = Pick<
  RunPorts,
  'ledger' | 'budget' | 'clock' | 'settings' | 'isCancelled' | 'jobEvents' | 'trace'
>;

/**
 * Ends a job whose batch was cancelled, where a run would start it now; what is under way, in doubt or decided ends as it ends.
 * True if its row says so: its message is not needed any more.
 */
export async function isEndedByCancel(job: Job, delivery: Delivery, ports: CancelPorts): Promise<boolean> {
  if (job.batch === undefined || !(await ports.isCancelled(job.batch))) return false;
  const copy = await ports.ledger.read(job.id);
  const { unfinished } = await leftBehind(copy.value, job, ports);
  // A write that a dead run may have sent: its group stays behind it until Marketo is done.
  if (unfinished !== null) return false;
  const now = ports.clock();
  const request = {
    jobId: job.id,
    epoch: job.epoch ?? 0,
    digest: digestOf(job),
    now,
    soleInstance: ports.settings.soleInstance,
  };
  const changed = await ports.ledger.change(copy, (row) => {
    const check = checkClaim(row, request);
    if (check.kind !== 'take' || check.as === 'in-doubt') return null;
    const seen = { sequenceNumber: delivery.sequenceNumber, enqueuedAt: delivery.sentAt || now };
    return {
      ...(row ?? firstRow(job, seen)),
      starts: 0,
      claims: 0,
      state: { kind: 'cancelled', at: now },
      deleteAt: now + ports.settings.retentionMs,
    };
  });
  if (changed.kind === 'left') return false;
  ports.jobEvents.ended(job, now);
  await ports.trace('settled', job.id);
  return true;
}
