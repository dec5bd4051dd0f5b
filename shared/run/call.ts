import { quietFrom } from '../budget/state.ts';
import { METRICS } from '../config/names.ts';
import { Desk, type Seat } from '../desk/desk.ts';
import type { Passenger, Told } from '../desk/passenger.ts';
import type { Job } from '../job/job.ts';
import { orderingKeyOf } from '../job/ordering-key.ts';
import { SECOND_MS } from '../kernel/clock.ts';
import { errorText } from '../kernel/error-text.ts';
import { classify, type Ended, type Failure, recordFault } from '../marketo/faults/classify.ts';
import { classOf } from '../marketo/faults/codes.ts';
import type { Fault } from '../marketo/faults/fault.ts';
import type { CallOutcome, Exchange } from '../marketo/transport.ts';
import { doneMsOf } from './admit.ts';
import { attemptsOf, hasDone } from './attempts.ts';
import { type CallPorts, type Carried, callOf, carry, type Rider } from './carry.ts';
import type { Claimed } from './claim.ts';
import type { Deferred } from './decide.ts';
import { keepCall } from './keep-call.ts';
import type { Found, Outcome } from './outcome.ts';
import type { Invocation, Refusal } from './ports.ts';
import type { Sender, SentRequest } from './send.ts';

/** A job on its way through a call. */
interface SeatedRider extends Passenger {
  readonly rider: Rider;
}

/** Where the runs of one invocation bring their calls (see `Desk`). */
export type CallDesk = Desk<SeatedRider, Refusal, Carried>;
export type CallSeat = Seat<SeatedRider, Refusal, Carried>;

/** An invocation with its desk. */
export interface Working extends Invocation {
  readonly desk: CallDesk;
}

/** A desk whose calls can all end before the deadline of the invocation. */
export const openDesk = (invocation: Invocation, ports: CallPorts): CallDesk =>
  new Desk<SeatedRider, Refusal, Carried>({
    id: ports.makeId(),
    bounds: ports.transport.bounds ?? null,
    sleep: ports.sleep,
    stopping: invocation.stopping,
    lingerMs: () => lingerMs(invocation, ports),
    carry: ([first, ...others], onSent) =>
      carry([first.rider, ...others.map(({ rider }) => rider)], onSent, invocation, ports),
    keep: (carried, riders) => keepCall(carried, riders.length, ports),
    later: () => ({
      kind: 'wait',
      wait: { kind: 'wait', until: ports.clock() + SECOND_MS, because: 'backoff' },
    }),
  });

/** What must be left of an invocation for a call to wait for company: its own time, and that of another after a failure. */
const LEFT_MS = 150_000;

/** Where the quota lasts, or cannot be asked for, nobody waits for company that may not come. */
async function lingerMs(
  { deadline }: Invocation,
  { budget, clock, log, settings, turns }: CallPorts,
): Promise<number> {
  // Others are kept out: nobody can come.
  if (turns.isWantedApart()) return 0;
  if (settings.lingerMs === 0 || clock() + settings.lingerMs + LEFT_MS > deadline) return 0;
  try {
    return (await budget.lasts()) ? 0 : settings.lingerMs;
  } catch (error) {
    log.warn('the budget could not be asked whether the quota will last', { error: errorText(error) });
    return 0;
  }
}

/** A place for a job that is about to be claimed. */
export const seatFor = (job: Job, { desk }: Working): CallSeat =>
  desk.seatFor(callOf({ job }), job.onInDoubt === 'retry');

/** Hands the call of a claimed job to the desk, and answers what has become of it for this job. */
export const call = (
  claimed: Pick<Claimed, 'job' | 'row'>,
  seat: CallSeat,
  ports: CallPorts,
): Promise<Outcome> => callWith(claimed, mostInOneCall(claimed), seat, ports);

/** The same for a job whose claim may be under way, in a call with no more jobs than `company`, itself among them. */
export async function callWith(
  rider: Rider,
  company: number,
  seat: CallSeat,
  ports: CallPorts,
): Promise<Outcome> {
  const told = await seat.board({
    call: callOf(rider),
    key: orderingKeyOf(rider.job),
    freight: seat.freight,
    company,
    rider,
  });
  return outcomeOf(told, ports);
}

/** Fewer than have room only if a call that it shared ended badly. */
const mostInOneCall = ({ row }: Pick<Claimed, 'row'>): number =>
  row.copy().value.company ?? Number.POSITIVE_INFINITY;

function outcomeOf(
  { trip, answer, shared, isFirst, company }: Told<Refusal, Carried>,
  ports: CallPorts,
): Outcome {
  if (answer.kind === 'refused' && answer.refusal.kind === 'lost-claim') return { kind: 'lost' };
  const { sender, callId, startedAt } = trip;
  const ended = read(answer, sender, ports);
  const exchange = answer.kind === 'refused' ? sender.lastExchange() : answer.exchange;
  return {
    kind: 'found',
    ended,
    attempts: attemptsOf(sender.requests(), ended, { callId, startedAt, exchange, shared }),
    openedHold: isFirst ? trip.openedHold : null,
    company,
    ...traceOf(answer, exchange, sender, ports),
  };
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
      last === undefined || lastAt === null || !changes
        ? null
        : quietFrom(lastAt, doneMsOf(last.target, ports)),
  };
}
