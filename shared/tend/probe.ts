import type { AccountSignal } from '../budget/port.ts';
import { dueProbes, type ProbedReason, probeFailed, probeSucceeded } from '../budget/probe.ts';
import type { CallOutcome } from '../marketo/transport.ts';
import { accountSignal, NEUTRAL } from '../run/account-signal.ts';
import { admit, lastStartOf } from '../run/admit.ts';
import type { Invocation, Refusal, RunPorts } from '../run/ports.ts';
import { Sender } from '../run/send.ts';

export type ProbePorts = Pick<
  RunPorts,
  'transport' | 'wire' | 'budget' | 'clock' | 'sleep' | 'random' | 'trace' | 'settings' | 'log'
>;

/**
 * Probes the holds that are due, by one harmless read that takes a permit like any other call. Success lifts a hold,
 * failure says when to look again. A probe is never a job: no job is risked on the question whether the account works.
 */
export async function runProbes(invocation: Invocation, ports: ProbePorts): Promise<readonly ProbedReason[]> {
  const due = dueProbes(await ports.budget.state(), ports.clock());
  if (due.length === 0) return [];
  const sentAt = ports.clock();
  const outcome = await probeOnce(invocation, ports, { probe: true });
  // No permit in time (another hold, or no slot): nothing was learnt, the next minute asks again.
  if (outcome.kind === 'refused') return [];
  const fault = outcome.kind === 'fault' ? outcome.fault : null;
  const signal = accountSignal(fault, outcome.exchange.url, ports.settings);
  const said = 'message' in signal ? signal.message : (fault?.message ?? '');
  await ports.budget.change((state, now) =>
    due.reduce((changed, reason) => {
      if (lifts(reason, signal)) return probeSucceeded(changed, reason, sentAt);
      // What only makes a hold last must not open one.
      const opens = changed.holds[reason] === undefined;
      return opens && !confirms(reason, signal) ? changed : probeFailed(changed, reason, now, said);
    }, state),
  );
  ports.log.info('probed', { reasons: due.join(','), answer: signal.kind });
  return due;
}

/** One harmless read. As a `probe` it passes the holds that a probe may lift. */
export async function probeOnce(
  invocation: Invocation,
  ports: ProbePorts,
  want: { readonly probe: boolean; readonly atOnce?: boolean },
): Promise<CallOutcome<Refusal>> {
  const sender = new Sender(
    {
      jobIds: ['probe'],
      operation: 'probe',
      admit: (target) => admit(target, invocation, ports, want),
      inTime: (target) => ports.clock() <= lastStartOf(target, invocation.deadline, ports),
      // It announces nothing, so there is nothing to write before it.
      intend: async () => false,
      signal: () => NEUTRAL,
      calling: invocation.calling,
      // What it is refused for is what it was sent to find out.
      patienceMs: 0,
    },
    ports,
  );
  const outcome = await ports.transport.probe(sender.send);
  await sender.finish();
  return outcome;
}

/** Whether an answer shows that what the hold waits for is over. */
function lifts(reason: ProbedReason, signal: AccountSignal): boolean {
  switch (reason) {
    case 'quota':
      return signal.kind === 'fine';
    case 'credentials':
      return (
        signal.kind === 'fine' || signal.kind === 'rate-limited' || signal.kind === 'concurrency-limited'
      );
    case 'upstream':
      return (
        signal.kind !== 'upstream-failure' && signal.kind !== 'endpoint-gone' && signal.kind !== 'neutral'
      );
  }
}

/** Whether an answer shows of itself what the hold is for. */
function confirms(reason: ProbedReason, signal: AccountSignal): boolean {
  switch (reason) {
    case 'quota':
      return signal.kind === 'quota-exhausted';
    case 'credentials':
      return signal.kind === 'credentials-refused';
    case 'upstream':
      return signal.kind === 'upstream-failure' || signal.kind === 'endpoint-gone';
  }
}
