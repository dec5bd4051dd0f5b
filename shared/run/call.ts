import type { HoldReason } from '../budget/state.ts';
import { METRICS } from '../config/names.ts';
import type { Attempt } from '../job/attempt.ts';
import type { Job } from '../job/job.ts';
import { errorText } from '../kernel/error-text.ts';
import { classify, type Verdict } from '../marketo/faults/classify.ts';
import type { Fault } from '../marketo/faults/fault.ts';
import { recordFault } from '../marketo/faults/record-fault.ts';
import { inputOf, isRead } from '../marketo/operations/registry.ts';
import type { Call, CallOutcome, Exchange, RecordOutcomes } from '../marketo/transport.ts';
import { PortFailure } from './port-failure.ts';
import type { Invocation, Refusal, WorkPorts } from './ports.ts';
import { createSender, type Sender } from './send.ts';

export type CallResult =
  | {
      readonly kind: 'judged';
      readonly verdict: Verdict;
      readonly attempts: readonly Attempt[];
      readonly exchange: Exchange;
      /** What the answer said of each record; null if there was none. */
      readonly outcomes: RecordOutcomes | null;
      readonly openedHold: HoldReason | null;
      /** When Marketo must be done with the call if no answer came; null for a read, which nothing has to wait for. */
      readonly quietUntil: number | null;
    }
  /** Nothing was sent by the last try; `attempts` are the ones before it. */
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly attempts: readonly Attempt[] };

type CallPorts = Pick<
  WorkPorts,
  'transport' | 'wire' | 'budget' | 'clock' | 'sleep' | 'makeId' | 'trace' | 'settings' | 'log' | 'metrics'
>;

type Outcome = CallOutcome<Refusal>;
type Ended = Exclude<Outcome, { kind: 'refused' }>;

/** A signature may have aged while it waited: it is made again and sent once more at once, with a permit of its own. */
const SIGNATURE_TRIES = 2;

/** Runs a job's call and judges its answer. Whatever the transport throws is a fault, too; only our own stores may fail here. */
export async function callMarketo(
  job: Job,
  intend: () => Promise<boolean>,
  invocation: Invocation,
  ports: CallPorts,
): Promise<CallResult> {
  const call: Call = { ...inputOf(job), workspace: job.workspace ?? null };
  const callId = ports.makeId();
  const attempts: Attempt[] = [];
  for (let tries = 1; ; tries += 1) {
    const sender = createSender({ jobId: job.id, operation: call.operation, intend }, invocation, ports);
    const startedAt = ports.clock();
    const outcome = await runSafely(call, sender, ports);
    if (outcome.kind === 'refused') {
      await sender.finish();
      return { kind: 'refused', refusal: outcome.refusal, attempts };
    }
    const fault = outcome.kind === 'fault' ? outcome.fault : recordFault(outcome);
    countUnknown(fault, ports);
    const openedHold = await report(sender, ports);
    const verdict = verdictOf(outcome, fault, sender.hasAnnounced());
    attempts.push({ callId, ...attemptOf(verdict, outcome.exchange, startedAt) });
    if (verdict.kind === 'failed' && verdict.class === 'expired-signature') {
      if (tries < SIGNATURE_TRIES && sender.requests() === 1) continue;
      if (outcome.exchange.serverDate !== null) ports.transport.correctClock(outcome.exchange.serverDate);
    }
    const { exchange } = outcome;
    const quietUntil = quietUntilOf(call, exchange, ports);
    const outcomes = outcome.kind === 'answered' ? outcome : null;
    return { kind: 'judged', verdict, attempts, exchange, outcomes, openedHold, quietUntil };
  }
}

/** An answer is there: a budget that cannot be told of it must not be the reason to lose it, and to ask Marketo again. */
async function report(sender: Sender, { log }: CallPorts): Promise<HoldReason | null> {
  try {
    const opened = await sender.finish();
    if (opened !== null) log.warn('an answer has closed the account', { hold: opened });
    return opened;
  } catch (error) {
    log.warn('the budget could not be told of a call; its slot expires', { error: errorText(error) });
    return null;
  }
}

async function runSafely(call: Call, sender: Sender, ports: CallPorts): Promise<Outcome> {
  try {
    return await ports.transport.run(call, sender.send);
  } catch (error) {
    if (error instanceof PortFailure) {
      // Its slot would else be held until the lease ends.
      await report(sender, ports);
      throw error;
    }
    const exchange = sender.lastExchange() ?? unsentExchange(ports.clock());
    ports.log.error('the transport failed', { operation: call.operation, error: nameOf(error) });
    const fault: Fault = { kind: 'internal', sent: exchange.sentAt !== null, message: errorText(error) };
    return { kind: 'fault', fault, exchange };
  }
}

/** Counted before the verdict: on an operation unsafe to repeat an unknown code is `in-doubt`. */
function countUnknown(fault: Fault | null, ports: CallPorts): void {
  if (fault?.kind !== 'marketo' || classify(fault, false).class !== 'unknown') return;
  ports.metrics.count(METRICS.unknownCodes);
  ports.metrics.count(METRICS.unknownCode, { code: String(fault.code ?? 'none') });
}

function verdictOf(outcome: Ended, fault: Fault | null, hasAnnounced: boolean): Verdict {
  if (fault !== null) return classify(fault, hasAnnounced);
  return { kind: 'succeeded', result: outcome.kind === 'answered' ? outcome.result : null };
}

const attemptOf = (verdict: Verdict, exchange: Exchange, startedAt: number): Omit<Attempt, 'callId'> => ({
  at: exchange.sentAt ?? startedAt,
  durationMs: Math.max(0, exchange.endedAt - (exchange.sentAt ?? startedAt)),
  class: verdict.kind === 'failed' ? verdict.class : null,
  code: verdict.kind === 'failed' ? verdict.code : null,
  httpStatus: exchange.httpStatus,
  message: verdict.kind === 'failed' ? verdict.message : '',
  counted: false,
});

const quietUntilOf = (call: Call, exchange: Exchange, ports: CallPorts): number | null =>
  exchange.sentAt === null || isRead(call) ? null : exchange.sentAt + ports.settings.serverDoneMs;

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
