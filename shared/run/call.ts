import type { Consequence } from '../budget/port.ts';
import { METRICS } from '../config/names.ts';
import type { Attempt } from '../job/attempt.ts';
import { errorText } from '../kernel/error-text.ts';
import type { JobRow } from '../ledger/row.ts';
import { classify, type Ended, recordFault } from '../marketo/faults/classify.ts';
import { classOf } from '../marketo/faults/codes.ts';
import type { Fault } from '../marketo/faults/fault.ts';
import { inputOf, isRead } from '../marketo/operations/registry.ts';
import type { Call, CallOutcome, Exchange } from '../marketo/transport.ts';
import { admit, lastStartOf } from './admit.ts';
import type { Claimed } from './claim.ts';
import type { Found, Outcome } from './outcome.ts';
import type { Invocation, Refusal, RunPorts } from './ports.ts';
import { PortFailure } from './ports.ts';
import { Sender, signalOf } from './send.ts';

type CallPorts = Omit<RunPorts, 'archive' | 'bodies' | 'ledger' | 'jobsQueue' | 'deadLetters' | 'random'>;

/** A signature may have aged while it waited: it is made again and sent once more at once, with a permit of its own. */
const SIGNATURE_TRIES = 2;

/**
 * Calls Marketo for a claimed job: admit, intend, send, read. Whatever the transport throws is a fault, too; only our own
 * stores may fail here.
 */
export async function call(
  { job, row }: Pick<Claimed, 'job' | 'row'>,
  invocation: Invocation,
  ports: CallPorts,
): Promise<Outcome> {
  const marketoCall: Call = { ...inputOf(job), workspace: job.workspace ?? null };
  const callId = ports.makeId();
  const attempts: Attempt[] = [];
  for (let tries = 1; ; tries += 1) {
    const sender = new Sender(
      {
        jobId: job.id,
        operation: job.operation,
        admit: (target) => admit(target, invocation, ports, { owner: row.owner }),
        inTime: (target) => ports.clock() <= lastStartOf(target, invocation.deadline, ports),
        intend: () => intend(row, ports),
        signal: (answer, target) => signalOf(answer, target, ports.settings),
        stopping: invocation.stopping,
        calling: invocation.calling,
      },
      ports,
    );
    const startedAt = ports.clock();
    const answer = await send(marketoCall, sender, ports);
    if (answer.kind === 'refused') return notSent(answer.refusal, attempts, sender);
    const openedHold = await report(sender, ports);
    const ended = read(answer, sender, ports);
    attempts.push({ callId, ...attemptOf(ended, answer.exchange, startedAt) });
    if (ended.kind === 'failed' && ended.class === 'expired-signature') {
      if (tries < SIGNATURE_TRIES && sender.requests() === 1) continue;
      if (answer.exchange.serverDate !== null) ports.transport.correctClock(answer.exchange.serverDate);
    }
    return found(marketoCall, { ended, attempts, answer, openedHold }, ports);
  }
}

/** Announces, in the ledger, what must not be done twice; false: another run has the job. */
async function intend(row: Claimed['row'], { clock }: CallPorts): Promise<boolean> {
  const announced = (own: JobRow): JobRow =>
    own.state.kind === 'running' ? { ...own, state: { ...own.state, intentAt: clock() } } : own;
  return (await row.change(announced)) !== null;
}

type Answered = Exclude<CallOutcome<Refusal>, { kind: 'refused' }>;

async function send(marketoCall: Call, sender: Sender, ports: CallPorts): Promise<CallOutcome<Refusal>> {
  try {
    return await ports.transport.run(marketoCall, sender.send);
  } catch (error) {
    if (error instanceof PortFailure) {
      // Its slot would else be held until the lease ends.
      await report(sender, ports);
      throw error;
    }
    const exchange = sender.lastExchange() ?? unsentExchange(ports.clock());
    ports.log.error('the transport failed', { operation: marketoCall.operation, error: nameOf(error) });
    const fault: Fault = { kind: 'internal', sent: exchange.sentAt !== null, message: errorText(error) };
    return { kind: 'fault', fault, exchange };
  }
}

/** What the answer means for the job. A successful one may still say that the work was not done. */
function read(answer: Answered, sender: Sender, ports: CallPorts): Ended {
  const fault = answer.kind === 'fault' ? answer.fault : recordFault(answer);
  if (fault === null) return { kind: 'succeeded', result: answer.kind === 'answered' ? answer.result : null };
  const failure = classify(fault, sender.hasAnnounced());
  countUnknown(fault, ports);
  return failure;
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

/** Counted by its own class: on an operation unsafe to repeat an unknown code is `in-doubt`. */
function countUnknown(fault: Fault, { metrics }: CallPorts): void {
  if (fault.kind !== 'marketo' || classOf(fault.code) !== 'unknown') return;
  metrics.count(METRICS.unknownCodes);
  metrics.count(METRICS.unknownCode, { code: String(fault.code ?? 'none') });
}

/** Nothing was sent by the last try; `attempts` are the ones before it. */
async function notSent(refusal: Refusal, attempts: readonly Attempt[], sender: Sender): Promise<Outcome> {
  await sender.finish();
  if (refusal.kind === 'lost-claim') return { kind: 'lost' };
  const { until, because } = refusal.wait;
  return {
    kind: 'found',
    ended: { kind: 'deferred', until, reason: because },
    attempts,
    exchange: null,
    outcomes: null,
    openedHold: null,
    calledAt: null,
    quietUntil: null,
  };
}

function found(
  marketoCall: Call,
  seen: Pick<Found, 'attempts' | 'openedHold'> & { readonly ended: Ended; readonly answer: Answered },
  { settings }: CallPorts,
): Found {
  const { ended, attempts, answer, openedHold } = seen;
  const { exchange } = answer;
  const calledAt = exchange.sentAt;
  return {
    kind: 'found',
    ended,
    attempts,
    exchange,
    outcomes: answer.kind === 'answered' ? answer : null,
    openedHold,
    calledAt,
    quietUntil: calledAt === null || isRead(marketoCall) ? null : calledAt + settings.serverDoneMs,
  };
}

const attemptOf = (ended: Ended, exchange: Exchange, startedAt: number): Omit<Attempt, 'callId'> => ({
  at: exchange.sentAt ?? startedAt,
  durationMs: Math.max(0, exchange.endedAt - (exchange.sentAt ?? startedAt)),
  class: ended.kind === 'failed' ? ended.class : null,
  code: ended.kind === 'failed' ? ended.code : null,
  httpStatus: exchange.httpStatus,
  message: ended.kind === 'failed' ? ended.message : '',
  counted: false,
});

const unsentExchange = (now: number): Exchange => ({
  url: '',
  request: '',
  response: null,
  httpStatus: null,
  sentAt: null,
  endedAt: now,
  serverDate: null,
});

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
