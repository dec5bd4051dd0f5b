import type { Delivery } from '../job/job.ts';
import { parseJob } from '../job/parse-job.ts';
import { withoutCall } from './before-call.ts';
import { seatFor, type Working } from './call.ts';
import { isEndedByCancel } from './cancelled.ts';
import { claim } from './claim.ts';
import { decide } from './decide.ts';
import { earlyCall } from './early-call.ts';
import { giveBackSlots } from './give-back-slots.ts';
import { inKeyTurn } from './in-key-turn.ts';
import { circumstancesOf } from './outcome.ts';
import { orGiveBack } from './own-row.ts';
import type { RunPorts } from './ports.ts';
import { record } from './record.ts';
import { settle, settleUnclaimed } from './settle.ts';
import { ACKNOWLEDGE, LEAVE, type Settlement } from './settlement.ts';
import type { Turn } from './turns.ts';

/**
 * The life of a job, from the bytes of one delivery to what is done with the message. It throws only if one of our
 * own stores fails; the message then comes back, and every step taken so far is taken again or found done. From before its
 * claim on it has a seat at the desk, where others wait for it to share its call.
 */
export async function run(
  delivery: Delivery,
  turn: Turn & { readonly isLast?: () => boolean },
  working: Working,
  ports: RunPorts,
): Promise<Settlement> {
  const parsed = parseJob(delivery.body);
  if (parsed.kind !== 'job') return settleUnclaimed(parsed, delivery, ports);
  const seat = seatFor(parsed.job, working);
  const early = earlyCall(parsed.job, delivery, seat, ports);
  try {
    if (await isEndedByCancel(parsed.job, delivery, ports)) return ACKNOWLEDGE;
    const claimed = await claim(parsed.job, delivery, turn, { ...working, place: seat.place, early }, ports);
    if (claimed.kind !== 'claimed') {
      await early.leave();
      return await settleUnclaimed(claimed, delivery, ports);
    }
    ports.jobEvents.taken(parsed.job);
    return await orGiveBack(claimed, ports, async () => {
      const callInTurn = () => inKeyTurn(claimed, early, working, ports, () => early.make(claimed));
      const found = withoutCall(claimed, ports) ?? (await callInTurn());
      // Whoever is not called is not waited for while his end is written.
      await early.leave();
      if (found.kind === 'lost') return LEAVE;
      const disposition = decide(found.ended, circumstancesOf(claimed, found, ports));
      const [recorded] = await Promise.all([
        record(claimed, { found, disposition }, ports),
        // Nobody comes after it whose request would take its slot along: it is given back meanwhile.
        turn.isLast?.() === true ? giveBackSlots(ports) : null,
      ]);
      return recorded === null ? LEAVE : settle(recorded, disposition, delivery, ports);
    });
  } finally {
    await early.leave();
  }
}
