import { turnKeysOf } from '../job/turn-keys.ts';
import { demandGoingOn } from './admit.ts';
import { foundUncalled } from './before-call.ts';
import type { Claimed } from './claim.ts';
import type { EarlyCall } from './early-call.ts';
import type { KeyTurn } from './key-turns.ts';
import type { Outcome } from './outcome.ts';
import { type Invocation, PortFailure, type RunPorts } from './ports.ts';

type TurnPorts = Pick<RunPorts, 'keyTurns' | 'clock' | 'sleep' | 'settings'>;

/**
 * Makes a call when no other of its keys is under way in this process, whatever their groups. It waits before it asks for a
 * permit, so it holds no slot; what would begin too late to be recorded is deferred with the reason `order`. Throws a
 * `PortFailure` when the process is asked to end: nothing was sent.
 */
export async function inKeyTurn(
  { job }: Pick<Claimed, 'job'>,
  seat: Pick<EarlyCall, 'leave'>,
  invocation: Invocation,
  ports: TurnPorts,
  call: () => Promise<Outcome>,
): Promise<Outcome> {
  const turn = ports.keyTurns.ask(turnKeysOf(job));
  try {
    if (!turn.hasBegun()) {
      // Those who could share its call must not wait for it: one of them may be whom it waits for.
      await seat.leave();
      await untilBegun(turn, invocation, ports);
    }
    if (turn.hasBegun()) return await call();
    return foundUncalled({ kind: 'deferred', until: ports.clock(), reason: 'order' });
  } finally {
    turn.leave();
  }
}

async function untilBegun(
  turn: KeyTurn,
  { deadline, stopping }: Invocation,
  { clock, sleep, settings }: TurnPorts,
): Promise<void> {
  const over = new AbortController();
  const leftMs = deadline - settings.timings.settleReserveMs - clock();
  const signal = stopping === undefined ? over.signal : AbortSignal.any([over.signal, stopping]);
  await Promise.race([turn.begun, sleep(Math.max(0, leftMs), signal)]);
  over.abort();
  try {
    demandGoingOn(stopping);
  } catch (error) {
    throw new PortFailure(error, false);
  }
}
