import type { WaitReason } from '../budget/port.ts';
import type { Delivery, Job } from '../job/job.ts';
import { assertNever } from '../kernel/assert-never.ts';
import type { Copy } from '../kernel/document.ts';
import type { JobRow } from '../ledger/row.ts';
import type { Claim } from './claim.ts';
import { settleDeadLetter, settleDecided, settleMalformed, settleReusedId } from './dead-letter.ts';
import type { Disposition } from './decide.ts';
import type { RunPorts } from './ports.ts';
import { ACKNOWLEDGE, hideUntil, type Settlement } from './settlement.ts';

/** Carries out a recorded disposition. Only a dead letter has effects left; for the rest the message says it all. */
export async function settle(
  recorded: Copy<JobRow>,
  disposition: Disposition,
  delivery: Delivery,
  ports: RunPorts,
): Promise<Settlement> {
  const settlement = await carryOut(recorded, disposition, delivery, ports);
  await ports.trace('settled', recorded.id);
  return settlement;
}

async function carryOut(
  recorded: Copy<JobRow>,
  disposition: Disposition,
  delivery: Delivery,
  ports: RunPorts,
): Promise<Settlement> {
  const { state } = recorded.value;
  switch (disposition.kind) {
    case 'complete':
      return ACKNOWLEDGE;
    case 'retry':
      return hideUntil(disposition.until);
    case 'defer':
      if (state.kind === 'parked') return ACKNOWLEDGE;
      return hideHeld(disposition.until, state.kind === 'queued', disposition.reason);
    case 'dead-letter':
      return state.kind === 'decided'
        ? settleDeadLetter(recorded, state.decision, delivery.body, ports)
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
  ports: RunPorts,
): Promise<Settlement> {
  switch (claim.kind) {
    case 'acknowledge':
      return ACKNOWLEDGE;
    case 'hide':
      return hideUntil(claim.until);
    case 'held':
      return hideHeld(claim.until, true, claim.reason);
    case 'decided':
      return settleDecided(job.id, delivery.body, ports);
    case 'malformed':
      return settleMalformed(
        delivery,
        { message: claim.message, jobId: job.id, operation: job.operation },
        ports,
      );
    case 'conflict':
      return settleReusedId(job, delivery, ports);
    default:
      return assertNever(claim);
  }
}

const hideHeld = (until: number | null, held: boolean, reason: WaitReason): Settlement => ({
  kind: 'hide',
  until,
  held,
  ...(reason === 'quota' ? { quota: true } : {}),
});
