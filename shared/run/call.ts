import type { Consequence } from '../budget/port.ts';
import { METRICS } from '../config/names.ts';
import { errorText } from '../kernel/error-text.ts';
import type { JobRow } from '../ledger/row.ts';
import { classify, type Ended, type Failure, recordFault } from '../marketo/faults/classify.ts';
import { classOf } from '../marketo/faults/codes.ts';
import type { Fault } from '../marketo/faults/fault.ts';
import { unsentExchange } from '../marketo/http/unsent-exchange.ts';
import { inputOf } from '../marketo/operations/registry.ts';
import type { Call, CallOutcome, Exchange } from '../marketo/transport.ts';
import { signalOf } from './account-signal.ts';
import { admit, doneMsOf, lastStartOf } from './admit.ts';
import { attemptsOf, hasDone } from './attempts.ts';
import type { Claimed } from './claim.ts';
import type { Deferred } from './decide.ts';
import type { Found, Outcome } from './outcome.ts';
import type { Invocation, Refusal, RunPorts } from './ports.ts';
import { PortFailure } from './ports.ts';
import { Sender, type SentRequest } from './send.ts';

type CallPorts = Omit<RunPorts, 'archive' | 'bodies' | 'ledger' | 'jobsQueue' | 'deadLetters' | 'random'>;

/**
 * Calls Marketo for a claimed job: admit, intend, send, read, for each request of the call. Whatever the transport throws is a
 * fault, too; only our own stores may fail here.
 */
export async function call(
  { job, row }: Pick<Claimed, 'job' | 'row'>,
  invocation: Invocation,
  ports: CallPorts,
): Promise<Outcome> {
  const marketoCall: Call = { ...inputOf(job), workspace: job.workspace ?? null };
  const callId = ports.makeId();
  const sender = new Sender(
    {
      jobId: job.id,
      operation: job.operation,
      admit: (target, stopping) => admit(target, { ...invocation, stopping }, ports, { owner: row.owner }),
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
  const openedHold = await report(sender, ports);
  if (answer.kind === 'refused' && answer.refusal.kind === 'lost-claim') return { kind: 'lost' };
  const ended = read(answer, sender, ports);
  const exchange = answer.kind === 'refused' ? sender.lastExchange() : answer.exchange;
  const attempts = attemptsOf(sender.requests(), ended, { callId, startedAt, exchange });
  return { kind: 'found', ended, attempts, openedHold, ...traceOf(answer, exchange, sender, ports) };
}

/** Announces, in the ledger, what must not be done twice; false: another run has the job. */
async function intend(row: Claimed['row'], { clock }: CallPorts): Promise<boolean> {
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

/** What became of the call, for the job. An answer of success may still say that the work was not done. */
function read(answer: CallOutcome<Refusal>, sender: Sender, ports: CallPorts): Ended | Deferred {
  if (answer.kind === 'refused') return notAdmitted(answer.refusal, sender);
  const fault = answer.kind === 'fault' ? answer.fault : recordFault(answer);
  if (fault === null) return { kind: 'succeeded', result: answer.kind === 'answered' ? answer.result : null };
  countUnknown(fault, ports);
  // A transport that lets a later step end the call says nothing of what it had announced before: neither may be sent again.
  if (answer.kind === 'fault' && sender.hasAnnounced() && !sender.hasJustAnnounced())
    return classify({ kind: 'internal', sent: true, message: `${BROKEN_OFF}: ${fault.message}` }, true);
  const failure = classify(fault, sender.hasJustAnnounced());
  const last = sender.requests().at(-1);
  // Who could not be told apart was asked nothing: trouble on the way to a token spends no attempt.
  if (last?.target.spends === false) return { ...failure, sent: false, ran: 'no' };
  return last !== undefined && isLost(last) ? { ...failure, sent: true, replied: false } : failure;
}

/** A step that nobody answered may still be under way, whatever else of its call was answered. */
const isLost = ({ target, exchange }: SentRequest): boolean =>
  target.changes && exchange.sentAt !== null && exchange.httpStatus === null;

/**
 * Nothing was sent, or only what may be sent again: it waits, as long as it can be finished at all. A transport that has
 * announced something puts an end to the call itself.
 */
function notAdmitted(refusal: Refusal, sender: Sender): Ended | Deferred {
  if (sender.hasAnnounced()) return classify({ kind: 'internal', sent: true, message: BROKEN_OFF }, true);
  if (refusal.kind === 'no-time' && hasSent(sender)) return NOT_IN_ONE_RUN;
  const wait = refusal.kind === 'lost-claim' ? null : refusal.wait;
  return { kind: 'deferred', until: wait?.until ?? 0, reason: wait?.because ?? 'order' };
}

const BROKEN_OFF = 'the call was broken off after it had sent what must not be sent twice';

/** Deferred, it would begin anew for ever, and each time spend what it spent this time. */
const NOT_IN_ONE_RUN: Failure = {
  kind: 'failed',
  class: 'transient',
  code: null,
  message:
    'not finished in one run: the time of an invocation was over before its next request could be sent',
  httpStatus: null,
  ran: 'maybe',
  sent: true,
  replied: true,
};

const hasSent = (sender: Sender): boolean =>
  sender.requests().some((request) => request.exchange.sentAt !== null && hasDone(request));

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

/** Where the call can be looked at again, and until when Marketo may still be at it. */
function traceOf(
  answer: CallOutcome<Refusal>,
  exchange: Exchange | null,
  sender: Sender,
  ports: CallPorts,
): Pick<Found, 'exchange' | 'outcomes' | 'remaining' | 'calledAt' | 'quietUntil'> {
  const last = sender.requests().at(-1);
  const calledAt = exchange?.sentAt ?? null;
  const lastAt = last?.exchange.sentAt ?? null;
  const changes = last?.target.changes === true;
  return {
    exchange: calledAt === null && answer.kind === 'refused' ? null : exchange,
    outcomes: answer.kind === 'answered' ? answer : null,
    remaining: answer.kind === 'refused' ? undefined : answer.remaining,
    calledAt,
    quietUntil:
      last === undefined || lastAt === null || !changes ? null : lastAt + doneMsOf(last.target, ports),
  };
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
