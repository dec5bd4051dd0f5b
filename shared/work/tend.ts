import type { Budget } from '../budget/budget.ts';
import { closures } from '../budget/status.ts';
import type { AccountLimits } from '../config/limits.ts';
import type { EventSource } from './event-source.ts';
import type { Invocation, WorkPorts } from './ports.ts';
import { runProbes } from './probe-account.ts';
import { sendDue } from './send-due.ts';
import { wantedSwitch } from './wanted-switch.ts';

export interface TendPorts extends WorkPorts {
  readonly eventSource: EventSource;
  readonly limits: AccountLimits;
}

/** What the warden did in one minute: numbers for a log line and for gauges. */
export interface Tended {
  readonly probed: readonly string[];
  readonly sentDue: number;
  readonly switched: 'on' | 'off' | 'unchanged';
}

/** The warden's minute: probes what a hold waits for, sends parked jobs whose time has come, sets the switch. */
export async function tend(invocation: Invocation, ports: TendPorts): Promise<Tended> {
  const probed = await part('probe', () => runProbes(invocation, ports), [], ports);
  const sentDue = await part('send what is due', () => sendDue(invocation, ports), 0, ports);
  const switched = await part(
    'set the switch',
    () => setSwitch(ports.budget, ports),
    'unchanged' as const,
    ports,
  );
  await part('write the budget', () => ports.budget.flush(), undefined, ports);
  return { probed, sentDue, switched };
}

/** One part's trouble must not keep the others from their work; the next minute tries again. */
async function part<T>(name: string, effect: () => Promise<T>, otherwise: T, ports: TendPorts): Promise<T> {
  try {
    return await effect();
  } catch (error) {
    ports.log.error(`the warden could not ${name}`, { error: String(error) });
    return otherwise;
  }
}

async function setSwitch(budget: Budget, ports: TendPorts): Promise<Tended['switched']> {
  const now = ports.clock();
  const wanted = wantedSwitch(closures(await budget.state(), ports.limits, now), now);
  if (wanted === 'as-is') return 'unchanged';
  const enabled = await ports.eventSource.enabled();
  if (enabled === (wanted === 'on')) return 'unchanged';
  await (wanted === 'on' ? ports.eventSource.enable() : ports.eventSource.disable());
  ports.log.info(`event source switched ${wanted}`);
  return wanted;
}
