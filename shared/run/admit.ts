import type { Lasting, Permit } from '../budget/port.ts';
import type { Target } from '../marketo/transport.ts';
import type { Invocation, Refusal, RunPorts } from './ports.ts';

/** Stands for "no permit was taken": a report with it carries only its signal. */
export const NO_LEASE = '';

type AdmitPorts = Pick<RunPorts, 'budget' | 'clock' | 'sleep' | 'settings'>;

/**
 * Asks until there is a permit, as long as the wait is short and the call could still end in time. A `probe` passes the holds
 * that a probe may lift; `owner` is the claim's, so that a lease left behind tells whose it was. `atOnce`: now or not at all.
 * `claim`, where it is still under way: nobody waits for a permit before it stands.
 */
export async function admit(
  target: Target,
  { deadline, stopping }: Invocation,
  ports: AdmitPorts,
  want: {
    readonly owner?: string;
    readonly probe?: boolean;
    readonly atOnce?: boolean;
    readonly claim?: Promise<boolean> | undefined;
  } = {},
): Promise<Permit | Refusal> {
  const { owner, probe = false, atOnce = false, claim } = want;
  const { shortWaitMs } = ports.settings.timings;
  const lastStart = lastStartOf(target, deadline, ports);
  for (;;) {
    if (!probe && !atOnce) demandGoingOn(stopping);
    const now = ports.clock();
    if (stopping?.aborted === true || now > lastStart) return noTime(now);
    if (!target.spends) return { kind: 'granted', leaseId: NO_LEASE, at: now };
    const answer = await ports.budget.ask({ owner, probe, ...lastingOf(target, ports) });
    if (answer.kind === 'granted') return answer;
    if ((await claim) === false) return { kind: 'lost-claim' };
    if (atOnce || answer.until - now > shortWaitMs) return { kind: 'wait', wait: answer };
    if (answer.until > lastStart) return { kind: 'no-time', wait: answer };
    await ports.sleep(Math.max(1, answer.until - now), stopping);
  }
}

/**
 * Throws where the process was asked to end: nothing was sent of this request, and an exception on the way to it gives the
 * claim back as if it had never been taken. A wait would be recorded, and would clear what is known of the job's starts.
 */
export function demandGoingOn(stopping: AbortSignal | undefined): void {
  if (stopping?.aborted === true) throw new Error('the process is about to end: nothing more is sent');
}

/** When a request must have begun at the latest, so that its answer can be recorded and settled in time. */
export const lastStartOf = (
  target: Target,
  deadline: number,
  { settings }: Pick<RunPorts, 'settings'>,
): number => deadline - target.timeoutMs - settings.timings.settleReserveMs;

export const noTime = (now: number): Refusal => ({
  kind: 'no-time',
  wait: { kind: 'wait', until: now, because: 'concurrency' },
});

/** A lease outlives the call it is for, so that no other worker takes a slot that is still in use. */
export const lastingOf = (target: Target, ports: Pick<RunPorts, 'settings'>): Lasting => ({
  leaseMs: target.timeoutMs + ports.settings.timings.settleReserveMs,
  doneMs: doneMsOf(target, ports),
});

/** How long after it was sent Marketo may still be working on a request that nobody answered. */
export const doneMsOf = (target: Target, { settings }: Pick<RunPorts, 'settings'>): number =>
  settings.everyServerDoneMs ?? target.serverDoneMs;
