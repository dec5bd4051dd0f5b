import type { AccountSignal, Permit, Wait } from '../budget/port.ts';
import type { HoldReason } from '../budget/state.ts';
import { WireError } from '../marketo/http/wire-error.ts';
import type { Exchange, Post, Send, Sent, Target } from '../marketo/transport.ts';
import { PortFailure } from './port-failure.ts';
import type { Invocation, WorkPorts } from './ports.ts';

/** Why a request was not sent. Nothing left the process. */
export type Refusal =
  | { readonly kind: 'wait'; readonly wait: Wait }
  /** Another run has the job now: this one must not send, record or settle it. */
  | { readonly kind: 'lost-claim' };

export interface Sender {
  readonly send: Send;
  /**
   * Tells the budget how the last request ended and gives its slot back. A call is one request or several; each
   * earlier one was reported `fine` when the next was asked for. Answers which hold this answer opened, if any.
   */
  finish(signal: AccountSignal): Promise<HoldReason | null>;
  /** What was seen of the last request, also when the transport threw over it; null if none was prepared. */
  lastExchange(): Exchange | null;
}

export interface SendSettings {
  readonly jobId: string;
  readonly operation: string;
  /** Announces an unsafe call in the ledger; false: the claim is lost. Null where a repeat is harmless. */
  readonly intend: (() => Promise<boolean>) | null;
  /** The warden's: passes the holds that a probe may lift. */
  readonly probe?: boolean;
}

type SendPorts = Pick<WorkPorts, 'wire' | 'budget' | 'clock' | 'sleep' | 'trace' | 'settings'>;

interface Unreported {
  readonly leaseId: string;
  readonly exchange: Exchange;
}

/** The leave to send: socket first, then the permit, then the intent, then the first byte; each request has its own. */
export function createSender(settings: SendSettings, invocation: Invocation, ports: SendPorts): Sender {
  let unreported: Unreported | null = null;
  let sent = false;

  const port = async <T>(effect: () => Promise<T>): Promise<T> => {
    try {
      return await effect();
    } catch (error) {
      throw new PortFailure(error, sent);
    }
  };

  const finish = async (signal: AccountSignal): Promise<HoldReason | null> => {
    const last = unreported;
    unreported = null;
    if (last === null) return null;
    const { leaseId, exchange } = last;
    const { sentAt, endedAt } = exchange;
    // What was never sent holds no slot at Marketo: for the lease that is as good as an answer.
    const replied = exchange.httpStatus !== null || sentAt === null;
    const { operation } = settings;
    return ports.budget.report({ leaseId, operation, sentAt, endedAt, replied, signal });
  };

  const send: Send = async (target, perform) => {
    sent ||= unreported !== null && unreported.exchange.sentAt !== null;
    if (unreported !== null) await port(() => finish({ kind: 'fine' }));
    const opened = await ports.wire.open(target);
    if (opened.kind === 'failed') {
      unreported = { leaseId: NO_LEASE, exchange: opened.exchange };
      return { kind: 'failed', fault: opened.fault, exchange: opened.exchange };
    }
    const { connection } = opened;
    try {
      const permit = await port(() => admit(target, settings.probe ?? false, invocation, ports));
      if (permit.kind === 'wait') return refused({ kind: 'wait', wait: permit });
      unreported = { leaseId: permit.leaseId, exchange: connection.exchange() };
      await ports.trace('admitted', settings.jobId);
      // The socket may have gone stale while the permit was waited for.
      const fault = await connection.refresh();
      if (fault !== null) return { kind: 'failed', fault, exchange: connection.exchange() };
      const { intend } = settings;
      if (intend !== null && !(await port(intend))) return refused({ kind: 'lost-claim' });
      if (intend !== null) await ports.trace('intended', settings.jobId);
      const moved = await port(() => ports.budget.refresh(permit, leaseMsOf(target, ports)));
      if (moved.kind === 'wait') {
        unreported = null;
        return refused({ kind: 'wait', wait: moved });
      }
      return await performOnce(perform, traced(connection.post, settings.jobId, ports), connection);
    } finally {
      if (unreported !== null) unreported = { ...unreported, exchange: connection.exchange() };
      connection.release();
    }
  };

  return { send, finish, lastExchange: () => unreported?.exchange ?? null };
}

/** Stands for "no permit was taken": a report with it carries only its signal. */
const NO_LEASE = '';

const refused = (refusal: Refusal): { kind: 'refused'; refusal: Refusal } => ({ kind: 'refused', refusal });

/** Asks until there is a permit, as long as the wait is short and the call could still end in time. */
async function admit(
  target: Target,
  probe: boolean,
  invocation: Invocation,
  ports: SendPorts,
): Promise<Permit | Wait> {
  const { shortWaitMs, settleReserveMs } = ports.settings.timings;
  const lastStart = invocation.deadline - target.timeoutMs - settleReserveMs;
  for (;;) {
    const now = ports.clock();
    if (now > lastStart) return { kind: 'wait', until: now, because: 'concurrency' };
    const answer = await ports.budget.ask({ leaseMs: leaseMsOf(target, ports), probe });
    if (answer.kind === 'granted') return answer;
    if (answer.until - now > shortWaitMs || answer.until > lastStart) return answer;
    await ports.sleep(Math.max(1, answer.until - now));
  }
}

/** A lease outlives the call it is for, so that no other worker takes a slot that is still in use. */
const leaseMsOf = (target: Target, ports: SendPorts): number =>
  target.timeoutMs + ports.settings.timings.settleReserveMs;

async function performOnce<T>(
  perform: (post: Post) => Promise<T>,
  post: Post,
  connection: { exchange(): Exchange },
): Promise<Sent<T>> {
  try {
    const value = await perform(post);
    return { kind: 'sent', value, exchange: connection.exchange() };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return { kind: 'failed', fault: error.fault, exchange: connection.exchange() };
  }
}

const traced =
  (post: Post, jobId: string, ports: SendPorts): Post =>
  async (request) => {
    const reply = post(request);
    // Awaited below in any case; without this a fault during the trace would count as unhandled.
    reply.catch(() => {});
    await ports.trace('sent', jobId);
    const answer = await reply;
    await ports.trace('replied', jobId);
    return answer;
  };
