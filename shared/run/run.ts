import { METRICS } from '../config/names.ts';
import type { Delivery, Job } from '../job/job.ts';
import { groupIdOf, orderingKeyOf } from '../job/ordering-key.ts';
import { parseJob } from '../job/parse-job.ts';
import { type Company, claimJob } from './claim.ts';
import { finishMalformed, LEAVE, type Settlement } from './dead-letter.ts';
import { letGo } from './give-back.ts';
import { investigate } from './investigate.ts';
import type { Invocation, WorkPorts } from './ports.ts';
import { record } from './record.ts';
import { settle, settleUnclaimed } from './settle.ts';

/**
 * The life of a job, from the bytes of one delivery to what is done with the message. It throws only if one of our
 * own stores fails; the message then comes back, and every step taken so far is taken again or found done.
 */
export async function run(
  delivery: Delivery,
  company: Company,
  invocation: Invocation,
  ports: WorkPorts,
): Promise<Settlement> {
  const parsed = parseJob(delivery.body);
  if (parsed.kind === 'malformed') return finishMalformed(delivery, parsed, ports);
  await ports.trace('received', parsed.job.id);
  if (!isOwnGroup(parsed.job, delivery)) ports.metrics.count(METRICS.groupMismatches);
  const claim = await claimJob(parsed.job, delivery, company, invocation, ports);
  if (claim.kind !== 'claimed') return settleUnclaimed(claim, parsed.job, delivery, ports);
  await ports.trace('claimed', parsed.job.id);
  return letGo(claim, ports, async () => {
    const finding = await investigate(claim, invocation, ports);
    if (finding === 'lost') return LEAVE;
    const recorded = await record(claim, finding, ports);
    if (recorded.kind === 'lost') return LEAVE;
    await ports.trace('recorded', parsed.job.id);
    const settlement = await settle(recorded.row, finding.disposition, delivery, ports);
    await ports.trace('settled', parsed.job.id);
    return settlement;
  });
}

/** A bare sender may use any group; such a message has no order with the other jobs of its lead. */
const isOwnGroup = (job: Job, delivery: Delivery): boolean =>
  delivery.groupId === groupIdOf(orderingKeyOf(job));
