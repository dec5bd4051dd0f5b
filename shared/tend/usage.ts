import { isUsageDue, withUsage } from '../budget/usage.ts';
import type { Invocation } from '../run/ports.ts';
import { type ProbePorts, probeOnce } from './probe.ts';

/**
 * Asks Marketo now and then how many calls of the day everybody has made, with a permit like any other call: what others spend
 * is gone for us as well. Near midnight, and while the account is closed, it asks nothing.
 */
export async function correctByUsage(invocation: Invocation, ports: ProbePorts): Promise<void> {
  const { budget, clock, transport } = ports;
  if (transport.usageIn === undefined || !isUsageDue(await budget.state(), clock())) return;
  const outcome = await probeOnce(invocation, ports, { probe: false, atOnce: true });
  const usage = outcome.kind === 'answered' ? transport.usageIn(outcome.result) : null;
  if (usage === null) return;
  await budget.change((state, now) => withUsage(state, usage, now));
}
