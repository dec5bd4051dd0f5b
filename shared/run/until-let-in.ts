import { classify } from '../marketo/faults/classify.ts';
import type { Fault } from '../marketo/faults/fault.ts';
import type { Sent, Target } from '../marketo/transport.ts';
import type { Invocation, Refusal, RunPorts } from './ports.ts';

export interface Patience {
  /** How long a request that is refused for the account's pace asks again, in ms: it has done nothing. 0: not at all. */
  readonly patienceMs: number;
  /** Whether the request may still begin: it must be able to end before the process is frozen or killed. */
  readonly inTime: (target: Target) => boolean;
  /** Of the invocation. A probe has nothing to give back but its permit: with one it goes on. */
  readonly stopping?: Invocation['stopping'] | undefined;
}

/** Before a refused request asks again: a pause of the account's, and for a slot what spreads those who wait for one. */
const PAUSE_MS = { rate: { least: 1_000, most: 2_000 }, slot: { least: 1_000, most: 5_000 } };

/**
 * Sends a request, and again while the account refuses it for its pace, each time with a permit of its own. A stop ends the
 * waiting: what is known by then is the answer.
 */
export async function untilLetIn<T>(
  target: Target,
  send: () => Promise<Sent<T, Refusal>>,
  { patienceMs, stopping, inTime }: Patience,
  { clock, sleep, random }: Pick<RunPorts, 'clock' | 'sleep' | 'random'>,
): Promise<Sent<T, Refusal>> {
  const isStopped = (): boolean => stopping?.aborted === true;
  const giveUpAt = clock() + patienceMs;
  for (;;) {
    const sent = await send();
    const throttle = sent.kind === 'fault' ? throttleOf(sent.fault) : null;
    if (throttle === null) return sent;
    const { least, most } = PAUSE_MS[throttle];
    const pauseMs = Math.round(least + random() * (most - least));
    if (clock() + pauseMs > giveUpAt || isStopped()) return sent;
    await sleep(pauseMs, stopping);
    if (isStopped() || !inTime(target)) return sent;
  }
}

/** What the account says no to for its pace, and not for what was asked. */
function throttleOf(fault: Fault): 'rate' | 'slot' | null {
  const { class: faultClass } = classify(fault, false);
  if (faultClass === 'rate-limited') return 'rate';
  return faultClass === 'concurrency-limited' ? 'slot' : null;
}
