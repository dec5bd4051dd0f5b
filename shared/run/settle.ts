import type { Delivery, Job } from '../job/job.ts';
import { assertNever } from '../kernel/assert-never.ts';
import type { JobRow } from '../ledger/row.ts';
import type { Claim } from './claim.ts';
import { ACKNOWLEDGE, finishDeadLetter, hideUntil, type Settlement } from './dead-letter.ts';
import type { Disposition } from './disposition.ts';
import type { WorkPorts } from './ports.ts';
import { finishReusedId } from './reused-id.ts';

/** Carries out a recorded disposition. Only a dead letter has effects left; for the rest the message says it all. */
export async function settle(
  row: JobRow,
  disposition: Disposition,
  delivery: Delivery,
  ports: WorkPorts,
): Promise<Settlement> {
  switch (disposition.kind) {
    case 'complete':
      return ACKNOWLEDGE;
    case 'retry':
      return hideUntil(disposition.until);
    case 'defer':
      if (row.state.kind === 'parked') return ACKNOWLEDGE;
      return { kind: 'hide', until: disposition.until, held: row.state.kind === 'queued' };
    case 'dead-letter':
      return row.state.kind === 'decided'
        ? finishDeadLetter(row, row.state.verdict, delivery.body, ports)
        : ACKNOWLEDGE;
    default:
      return assertNever(disposition);
  }
}

/** What to do with the message of a job that this run could not take. */
export async function settleUnclaimed(
  claim: Exclude<Claim, { kind: 'claimed' }>,
  job: Job,
  delivery: Delivery,
  ports: WorkPorts,
): Promise<Settlement> {
  switch (claim.kind) {
    case 'acknowledge':
      return ACKNOWLEDGE;
    case 'hide':
      return hideUntil(claim.until);
    case 'held':
      return { kind: 'hide', until: claim.until, held: true };
    case 'decided': {
      const row = await ports.ledger.get(job.id);
      return row === null ? ACKNOWLEDGE : finishDeadLetter(row, claim.verdict, delivery.body, ports);
    }
    case 'conflict':
      return finishReusedId(job, delivery, ports);
    default:
      return assertNever(claim);
  }
}
