import type { Consequence } from '../budget/port.ts';
import type { Trip } from '../desk/passenger.ts';
import type { Job } from '../job/job.ts';
import { errorText } from '../kernel/error-text.ts';
import type { JobRow } from '../ledger/row.ts';
import { classify } from '../marketo/faults/classify.ts';
import type { Fault } from '../marketo/faults/fault.ts';
import { unsentExchange } from '../marketo/http/unsent-exchange.ts';
import { inputOf, type OperationName } from '../marketo/operations/registry.ts';
import { packed } from '../marketo/packing/packing.ts';
import type { Call, CallOutcome } from '../marketo/transport.ts';
import { signalOf } from './account-signal.ts';
import { admit, lastStartOf } from './admit.ts';
import type { OwnRow } from './own-row.ts';
import { sharedOwner } from './owner.ts';
import type { Invocation, Refusal, RunPorts } from './ports.ts';
import { PortFailure } from './ports.ts';
import { Sender } from './send.ts';

export type CallPorts = Omit<RunPorts, 'archive' | 'bodies' | 'ledger' | 'jobsQueue' | 'deadLetters'>;

type Riders = readonly [Rider, ...Rider[]];

/** A job in a call. */
export interface Rider {
  readonly job: Job;
  readonly row: Pick<OwnRow, 'owner' | 'change'>;
  /** Whether it is this run's, while its claim is under way; absent: it is. Never rejects. */
  readonly claim?: Promise<boolean>;
}

/** A call as it was made: what Marketo answered, and what was seen on the way. */
export interface Carried extends Trip<Refusal> {
  readonly operation: OperationName;
  readonly startedAt: number;
  readonly sender: Sender;
  /** What the account made of the answers. */
  readonly openedHold: Consequence | null;
}

/**
 * Calls Marketo once for all of them: admit, intend, send, read, for each request of the call. Whatever the transport throws
 * is a fault, too; only our own stores may fail here. `onSent` when the first byte leaves.
 */
export async function carry(
  riders: Riders,
  onSent: () => void,
  invocation: Invocation,
  ports: CallPorts,
): Promise<Carried> {
  const [first, ...others] = riders;
  const owner = sharedOwner([first.row.owner, ...others.map(({ row }) => row.owner)]);
  const marketoCall = packed([callOf(first), ...others.map(callOf)]);
  const { claim } = first;
  const callId = ports.makeId();
  const sender = new Sender(
    {
      jobIds: riders.map(({ job }) => job.id),
      operation: marketoCall.operation,
      admit: (target, stopping) => admit(target, { ...invocation, stopping }, ports, { owner, claim }),
      claim,
      inTime: (target) => ports.clock() <= lastStartOf(target, invocation.deadline, ports),
      intend: () => intend(riders, ports),
      signal: (answer, target) => signalOf(answer, target, ports.settings),
      stopping: invocation.stopping,
      calling: () => {
        onSent();
        return invocation.calling?.() ?? (() => {});
      },
      patienceMs: ports.settings.timings.shortWaitMs,
    },
    ports,
  );
  const startedAt = ports.clock();
  const answer = await send(marketoCall, sender, ports);
  const openedHold = await report(sender, ports);
  const failure = answer.kind === 'fault' ? classify(answer.fault, sender.hasJustAnnounced()) : null;
  return { callId, operation: marketoCall.operation, startedAt, answer, failure, sender, openedHold };
}

export const callOf = ({ job }: Pick<Rider, 'job'>): Call => ({
  ...inputOf(job),
  workspace: job.workspace ?? null,
});

/**
 * Announces, in the ledger, what must not be done twice; false: another run has the job. Where its sender says that a repeat is
 * harmless there is nothing to announce, and nobody else's call of that kind is shared.
 */
async function intend([{ job, row }]: Riders, { clock }: CallPorts): Promise<boolean> {
  if (job.onInDoubt === 'retry') return true;
  const announced = (own: JobRow): JobRow =>
    own.state.kind === 'running' ? { ...own, state: { ...own.state, intentAt: clock() } } : own;
  return (await row.change(announced)) !== null;
}

async function send(marketoCall: Call, sender: Sender, ports: CallPorts): Promise<CallOutcome<Refusal>> {
  try {
    return await ports.transport.run(marketoCall, sender.send);
  } catch (error) {
    if (error instanceof PortFailure) {
      // Its slot would else be held until the lease ends.
      await report(sender, ports);
      throw error;
    }
    const exchange = sender.lastExchange() ?? unsentExchange('', ports.clock());
    ports.log.error('the transport failed', { operation: marketoCall.operation, error: nameOf(error) });
    const fault: Fault = { kind: 'internal', sent: exchange.sentAt !== null, message: errorText(error) };
    return { kind: 'fault', fault, exchange };
  }
}

/** An answer is there: a budget that cannot be told of it must not be the reason to lose it, and to ask Marketo again. */
async function report(sender: Sender, { log }: CallPorts): Promise<Consequence | null> {
  try {
    const opened = await sender.finish();
    if (opened !== null && opened !== 'operation')
      log.warn('an answer has closed the account', { hold: opened });
    return opened;
  } catch (error) {
    log.warn('the budget could not be told of a call; its slot expires', { error: errorText(error) });
    return null;
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
