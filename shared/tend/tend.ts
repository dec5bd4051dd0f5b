import type { Budget } from '../budget/port.ts';
import { closures } from '../budget/status.ts';
import type { AccountLimits } from '../config/limits.ts';
import type { AcknowledgementsStore } from '../deadletter/acknowledgements.ts';
import type { Events } from '../events/event.ts';
import { CREDENTIALS_MAX_AGE_MS, type Credentials, checkCredentials } from '../run/credentials.ts';
import type { Invocation, RunPorts } from '../run/ports.ts';
import { lettersOfMinute, type OpenLetters } from './letters.ts';
import { measure } from './measure.ts';
import { runProbes } from './probe.ts';
import { sendDue } from './send-due.ts';
import { type EventSource, wantedSwitch } from './switch.ts';
import type { Telling } from './tell.ts';
import { tellEndedBatches } from './tell-batches.ts';
import { tellCauses } from './tell-causes.ts';
import { correctByUsage } from './usage.ts';

interface TendPorts extends RunPorts {
  readonly eventSource: EventSource;
  readonly credentials: Credentials;
  readonly limits: AccountLimits;
  /** What somebody has seen wakes nobody. */
  readonly acknowledgements: Pick<AcknowledgementsStore, 'get'>;
  /** Absent: nobody is told of anything. */
  readonly telling?: Telling;
}

/** What the warden did in one minute: numbers for a log line and for gauges. */
export interface Tended {
  readonly probed: readonly string[];
  readonly sentDue: number;
  readonly switched: 'on' | 'off' | 'unchanged';
  /** The parts that did not come to their end; the log says why. */
  readonly failed: readonly string[];
}

type PartPorts = TendPorts & { readonly failed: string[] };

/** The warden's minute: sees to the credentials, probes what a hold waits for, sends what is due, sets the switch, measures, asks what others spend, tells what is news. */
export async function tend(invocation: Invocation, given: TendPorts): Promise<Tended> {
  const ports: PartPorts = { ...given, failed: [] };
  await part('see to the credentials', () => seeToCredentials(ports), undefined, ports);
  const probed = await part('probe', () => runProbes(invocation, ports), [], ports);
  const sentDue = await part('send what is due', () => sendDue(invocation, ports), 0, ports);
  const switched = await part(
    'set the switch',
    () => setSwitch(ports.budget, ports),
    'unchanged' as const,
    ports,
  );
  const letters = lettersOfMinute(ports.archive);
  await part('measure', () => measure({ ...ports, letters }), undefined, ports);
  await part('ask for the usage', () => correctByUsage(invocation, ports), undefined, ports);
  await part('write the budget', () => ports.budget.flush(), undefined, ports);
  // Last: whatever it takes, no job waits for it.
  await tell(invocation, letters, ports);
  return { probed, sentDue, switched, failed: ports.failed };
}

/** On a credentials hold they are read again first: a rotated key is then the one that is probed with. */
async function seeToCredentials(ports: TendPorts): Promise<void> {
  const held = (await ports.budget.state()).holds.credentials !== undefined;
  await checkCredentials(ports.credentials, held ? 0 : CREDENTIALS_MAX_AGE_MS, ports);
}

/** One part's trouble must not keep the others from their work; the next minute tries again. */
async function part<T>(name: string, effect: () => Promise<T>, otherwise: T, ports: PartPorts): Promise<T> {
  try {
    return await effect();
  } catch (error) {
    ports.log.error(`the warden could not ${name}`, { error: String(error) });
    ports.failed.push(name);
    return otherwise;
  }
}

/** Each of those who are told by itself: one who is away keeps no news from another. */
async function tell(
  { deadline }: Invocation,
  letters: () => Promise<OpenLetters>,
  ports: PartPorts,
): Promise<void> {
  const { telling } = ports;
  if (telling === undefined) return;
  // What could never be sent has ended here.
  await ports.jobEvents.flush();
  const { events, alarms } = telling;
  const causesTo = (reader: string, to: Events) =>
    part(
      `tell ${reader} of dead letters`,
      () => tellCauses({ ...ports, ...telling, letters, reader, events: to }),
      0,
      ports,
    );
  if (alarms !== null) await causesTo('alarms', alarms);
  if (events === null) return;
  await causesTo('events', events);
  const giveUpAt = deadline - ports.settings.timings.settleReserveMs;
  await part('tell of batches', () => tellEndedBatches({ ...ports, ...telling, events }, giveUpAt), 0, ports);
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
