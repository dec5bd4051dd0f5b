import type { Delivery } from '../job/job.ts';
import { parseJob } from '../job/parse-job.ts';
import { withoutCall } from './before-call.ts';
import { call } from './call.ts';
import { isEndedByCancel } from './cancelled.ts';
import { claim } from './claim.ts';
import { decide } from './decide.ts';
import { circumstancesOf } from './outcome.ts';
import { orGiveBack } from './own-row.ts';
import type { Invocation, RunPorts } from './ports.ts';
import { record } from './record.ts';
import { settle, settleUnclaimed } from './settle.ts';
import { ACKNOWLEDGE, LEAVE, type Settlement } from './settlement.ts';
import type { Turn } from './turns.ts';

/**
 * The life of a job, from the bytes of one delivery to what is done with the message. It throws only if one of our
 * own stores fails; the message then comes back, and every step taken so far is taken again or found done.
 */
export async function run(
  delivery: Delivery,
  turn: Turn,
  invocation: Invocation,
  ports: RunPorts,
): Promise<Settlement> {
  const parsed = parseJob(delivery.body);
  if (parsed.kind === 'job' && (await isEndedByCancel(parsed.job, delivery, ports))) return ACKNOWLEDGE;
  const claimed = parsed.kind === 'job' ? await claim(parsed.job, delivery, turn, invocation, ports) : parsed;
  if (claimed.kind !== 'claimed') return settleUnclaimed(claimed, delivery, ports);
  return orGiveBack(claimed, ports, async () => {
    const found = withoutCall(claimed, ports) ?? (await call(claimed, invocation, ports));
    if (found.kind === 'lost') return LEAVE;
    const disposition = decide(found.ended, circumstancesOf(claimed, found, ports));
    const recorded = await record(claimed, { found, disposition }, ports);
    return recorded === null ? LEAVE : settle(recorded, disposition, delivery, ports);
  });
}
