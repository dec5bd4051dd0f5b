import type { AccountSignal, Permit, Wait } from '../budget/port.ts';
import type { HoldReason } from '../budget/state.ts';
import type { OpenConnection } from '../marketo/http/wire.ts';
import { WireError } from '../marketo/http/wire-fault.ts';
import type { Exchange, Post, Read, Send, Sent, Target } from '../marketo/transport.ts';
import { accountSignal } from './account-signal.ts';
import { PortFailure } from './port-failure.ts';
import type { Invocation, Refusal, WorkPorts } from './ports.ts';

export interface Sender {
  readonly send: Send<Refusal>;
  /**
   * Tells the budget how the last request ended and gives its slot back; each earlier one was reported when the next was
   * asked for. Answers which hold the answers of this call have opened, if any.
   */
  finish(): Promise<HoldReason | null>;
  /** What was seen of the last request, also when the transport threw over it; null if none was prepared. */
  lastExchange(): Exchange | null;
  /** Whether a request that announces was handed to the wire: what is not known of it is in doubt. */
  hasAnnounced(): boolean;
  /** How many requests were asked for. A call of several is never made again as a whole: its first would run twice. */
  requests(): number;
}

export interface SendSettings {
  readonly jobId: string;
  readonly operation: string;
  /** Writes the intent of a request that announces; false: the claim is lost. */
  readonly intend: () => Promise<boolean>;
  /** The warden's: passes the holds that a probe may lift, and reports nothing: the warden itself writes what it found. */
  readonly probe?: boolean;
}

type SendPorts = Pick<WorkPorts, 'wire' | 'budget' | 'clock' | 'sleep' | 'trace' | 'settings'>;

/** The leave to send: socket first, then the permit, then the intent, then the first byte; each request has its own. */
export function createSender(settings: SendSettings, invocation: Invocation, ports: SendPorts): Sender {
  const last = createLastRequest(settings.operation, ports);
  let sent = false;
  let announced = false;
  let requests = 0;

  const port = async <T>(effect: () => Promise<T>): Promise<T> => {
    try {
      return await effect();
    } catch (error) {
      throw new PortFailure(error, sent);
    }
  };

  /** From the permit to the answer, over a connection that is open. */
  const carry = async <T>(
    target: Target,
    connection: OpenConnection,
    perform: (post: Post) => Promise<Read<T>>,
  ): Promise<Sent<T, Refusal>> => {
    const permit = await port(() => admit(target, settings.probe ?? false, invocation, ports));
    if (permit.kind === 'wait') return refused({ kind: 'wait', wait: permit });
    last.begin({ leaseId: permit.leaseId, exchange: connection.exchange(), signal: NEUTRAL });
    await ports.trace('admitted', settings.jobId);
    // The socket may have gone stale while the permit was waited for.
    const fault = await connection.refresh();
    if (fault !== null) return { kind: 'fault', fault, exchange: connection.exchange() };
    if (target.announces) {
      if (!(await port(settings.intend))) return refused({ kind: 'lost-claim' });
      await ports.trace('intended', settings.jobId);
    }
    const moved = target.spends
      ? await port(() => ports.budget.refresh(permit, leaseMsOf(target, ports)))
      : permit;
    if (moved.kind === 'wait') {
      last.forget();
      return refused({ kind: 'wait', wait: moved });
    }
    announced ||= target.announces;
    return performOnce(perform, traced(connection.post, settings.jobId, ports), connection);
  };

  const send: Send<Refusal> = async (target, perform) => {
    requests += 1;
    sent ||= (last.exchange()?.sentAt ?? null) !== null;
    await port(last.report);
    const dialled = await ports.wire.open(target);
    if (dialled.kind === 'failed') {
      const { fault, exchange } = dialled;
      const signal = signalOf(target, { kind: 'fault', fault }, settings, ports);
      last.begin({ leaseId: NO_LEASE, exchange, signal });
      return { kind: 'fault', fault, exchange };
    }
    const { connection } = dialled;
    try {
      const ended = await carry(target, connection, perform);
      if (ended.kind !== 'refused') last.note({ signal: signalOf(target, ended, settings, ports) });
      return ended;
    } finally {
      last.note({ exchange: connection.exchange() });
      connection.release();
    }
  };

  return {
    send,
    finish: last.report,
    lastExchange: last.exchange,
    hasAnnounced: () => announced,
    requests: () => requests,
  };
}

interface Unreported {
  readonly leaseId: string;
  readonly exchange: Exchange;
  readonly signal: AccountSignal;
}

/** The request of a call whose end the budget has not been told of yet; there is never more than one. */
function createLastRequest(operation: string, { budget }: Pick<SendPorts, 'budget'>) {
  let unreported: Unreported | null = null;
  let opened: HoldReason | null = null;
  return {
    begin: (request: Unreported): void => {
      unreported = request;
    },
    note: (seen: Partial<Unreported>): void => {
      if (unreported !== null) unreported = { ...unreported, ...seen };
    },
    forget: (): void => {
      unreported = null;
    },
    exchange: (): Exchange | null => unreported?.exchange ?? null,
    /** Answers which hold the requests of the call have opened so far, if any. */
    report: async (): Promise<HoldReason | null> => {
      if (unreported === null) return opened;
      const { leaseId, exchange, signal } = unreported;
      unreported = null;
      const { sentAt, endedAt } = exchange;
      // What was never sent holds no slot at Marketo: for the lease that is as good as an answer.
      const replied = exchange.httpStatus !== null || sentAt === null;
      const hold = await budget.report({ leaseId, operation, sentAt, endedAt, replied, signal });
      opened = hold ?? opened;
      return opened;
    },
  };
}

function signalOf(
  target: Target,
  read: Read<unknown>,
  settings: SendSettings,
  ports: SendPorts,
): AccountSignal {
  if (settings.probe === true) return NEUTRAL;
  // That an uncounted request is answered says nothing of those that count.
  if (read.kind === 'answered') return target.spends ? { kind: 'fine' } : NEUTRAL;
  return read.outdated === true ? NEUTRAL : accountSignal(read.fault, ports.settings.endpointGone);
}

const NEUTRAL: AccountSignal = { kind: 'neutral' };

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
    if (!target.spends) return { kind: 'granted', leaseId: NO_LEASE, at: now };
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
  perform: (post: Post) => Promise<Read<T>>,
  post: Post,
  connection: Pick<OpenConnection, 'exchange'>,
): Promise<Sent<T, Refusal>> {
  try {
    const read = await perform(post);
    return { ...read, exchange: connection.exchange() };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return { kind: 'fault', fault: error.fault, exchange: connection.exchange() };
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
