import type { Delivery, Job } from '../job/job.ts';
import { type CallSeat, call, callWith } from './call.ts';
import type { CallPorts } from './carry.ts';
import type { Claimed } from './claim.ts';
import { giveBackSlots } from './give-back-slots.ts';
import type { Outcome } from './outcome.ts';
import type { OwnRow } from './own-row.ts';
import type { BesideClaim } from './taken-row.ts';

/** The call of one run. Beside the claim it may open its connection and ask for its permit; nothing is sent before `make`. */
export interface EarlyCall extends BesideClaim {
  /** Makes the call of the job, which is claimed. */
  make(claimed: Pick<Claimed, 'job' | 'row'>): Promise<Outcome>;
}

/**
 * It begins early only where the job shares its call with nobody, because of 300 jobs one makes the call, and where its message
 * was never received before: a claim is hardly ever refused then. Nor where it would stand in line behind other calls: who drops it
 * would wait for them.
 */
export function earlyCall(job: Job, { receiveCount }: Delivery, seat: CallSeat, ports: CallPorts): EarlyCall {
  const mayBegin = seat.freight === null && receiveCount <= 1 && job.notBefore === undefined;
  let begun: { readonly outcome: Promise<Outcome>; claim(row: OwnRow | null): void } | null = null;

  const drop = async (): Promise<void> => {
    const dropped = begun;
    if (dropped === null) return;
    begun = null;
    dropped.claim(null);
    await dropped.outcome.catch(() => null);
    await giveBackSlots(ports);
  };

  return {
    begin(owner) {
      if (!mayBegin || begun !== null || !seat.isFree()) return;
      const { promise, resolve } = Promise.withResolvers<OwnRow | null>();
      const change: OwnRow['change'] = async (next) => (await promise)?.change(next) ?? null;
      const rider = { job, row: { owner, change }, claim: promise.then((row) => row !== null) };
      const outcome = callWith(rider, 1, seat, ports);
      // It may fail before anybody waits for it.
      outcome.catch(() => {});
      begun = { outcome, claim: resolve };
    },
    make(claimed) {
      if (begun === null) return call(claimed, seat, ports);
      const { outcome, claim } = begun;
      begun = null;
      claim(claimed.row);
      return outcome;
    },
    drop,
    leave() {
      seat.leave();
      return drop();
    },
    comeBack: () => seat.comeBack(),
  };
}
