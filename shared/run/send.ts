import type { AccountSignal, Consequence, Permit, Wait } from '../budget/port.ts';
import type { OpenConnection } from '../marketo/http/wire.ts';
import { WireError } from '../marketo/http/wire-fault.ts';
import type { Exchange, Post, Read, Send, Sent, Target } from '../marketo/transport.ts';
import { type AccountWords, accountSignal } from './account-signal.ts';
import { demandGoingOn, leaseMsOf, NO_LEASE, noTime } from './admit.ts';
import type { Invocation, Refusal, RunPorts } from './ports.ts';
import { PortFailure } from './ports.ts';

export interface SendSettings {
  readonly jobId: string;
  readonly operation: string;
  /** Asks until there is a permit, or says until when to wait (see `admit`). */
  readonly admit: (target: Target) => Promise<Permit | Wait>;
  /** Whether the request may still begin: it must be able to end before the process is frozen or killed. */
  readonly inTime: (target: Target) => boolean;
  /** Writes the intent of a request that announces; false: the claim is lost. */
  readonly intend: () => Promise<boolean>;
  /** What an answer says of the account; the warden's probe says nothing here, it writes what it found itself. */
  readonly signal: (read: Read<unknown>, target: Target) => AccountSignal;
  /** Of the invocation. A probe has nothing to give back but its permit: with one it goes on. */
  readonly stopping?: Invocation['stopping'] | undefined;
  readonly calling?: Invocation['calling'] | undefined;
}

type SendPorts = Pick<RunPorts, 'wire' | 'budget' | 'clock' | 'trace' | 'settings'>;

/** Sends the requests of one call: socket first, then the permit, then the intent, then the first byte; each has its own. */
export class Sender {
  readonly #settings: SendSettings;
  readonly #ports: SendPorts;
  readonly #last: LastRequest;
  #sent = false;
  #announced = false;
  #requests = 0;

  constructor(settings: SendSettings, ports: SendPorts) {
    this.#settings = settings;
    this.#ports = ports;
    this.#last = new LastRequest(settings, ports);
  }

  readonly send: Send<Refusal> = async (target, perform) => {
    this.#requests += 1;
    this.#sent ||= (this.#last.exchange()?.sentAt ?? null) !== null;
    await this.#ask(() => this.#last.report());
    const dialled = await this.#ports.wire.open(target);
    if (dialled.kind === 'failed') {
      const { fault, exchange } = dialled;
      const signal = this.#settings.signal({ kind: 'fault', fault }, target);
      this.#last.begin({ leaseId: NO_LEASE, exchange, signal });
      return { kind: 'fault', fault, exchange };
    }
    const { connection } = dialled;
    try {
      const ended = await this.#carry(target, connection, perform);
      if (ended.kind !== 'refused') this.#last.note({ signal: this.#settings.signal(ended, target) });
      return ended;
    } finally {
      this.#last.note({ exchange: connection.exchange() });
      connection.release();
    }
  };

  /** From the permit to the answer, over a connection that is open. */
  async #carry<T>(
    target: Target,
    connection: OpenConnection,
    perform: (post: Post) => Promise<Read<T>>,
  ): Promise<Sent<T, Refusal>> {
    const { jobId, admit, intend, stopping, calling } = this.#settings;
    const { budget, trace } = this.#ports;
    const permit = await this.#ask(() => admit(target));
    if (permit.kind === 'wait') return refused({ kind: 'wait', wait: permit });
    this.#last.begin({ leaseId: permit.leaseId, exchange: connection.exchange(), signal: NEUTRAL });
    await trace('admitted', jobId);
    // The socket may have gone stale while the permit was waited for.
    const fault = await connection.refresh();
    if (fault !== null) return { kind: 'fault', fault, exchange: connection.exchange() };
    await this.#ask(async () => demandGoingOn(stopping));
    if (target.announces) {
      if (!(await this.#ask(intend))) return refused({ kind: 'lost-claim' });
      await trace('intended', jobId);
    }
    const leaseMs = leaseMsOf(target, this.#ports);
    const moved = target.spends ? await this.#ask(() => budget.refresh(permit, leaseMs)) : permit;
    if (moved.kind === 'wait') {
      this.#last.forget();
      return refused({ kind: 'wait', wait: moved });
    }
    // Stores that answer slowly may have spent the time: looked at as late as can be.
    if (!this.#settings.inTime(target)) return refused(noTime(this.#ports.clock()));
    this.#announced ||= target.announces;
    const ended = calling?.();
    return performOnce(perform, traced(connection.post, jobId, this.#ports), connection).finally(ended);
  }

  /**
   * Tells the budget how the last request ended and gives its slot back; each earlier one was reported when the next was
   * asked for. Answers what the answers of this call have brought about, if anything.
   */
  finish(): Promise<Consequence | null> {
    return this.#last.report();
  }

  /** What was seen of the last request, also when the transport threw over it; null if none was prepared. */
  lastExchange(): Exchange | null {
    return this.#last.exchange();
  }

  /** Whether a request that announces was handed to the wire: what is not known of it is in doubt. */
  hasAnnounced(): boolean {
    return this.#announced;
  }

  /** How many requests were asked for. A call of several is never made again as a whole: its first would run twice. */
  requests(): number {
    return this.#requests;
  }

  async #ask<T>(effect: () => Promise<T>): Promise<T> {
    try {
      return await effect();
    } catch (error) {
      throw new PortFailure(error, this.#sent);
    }
  }
}

interface Unreported {
  readonly leaseId: string;
  readonly exchange: Exchange;
  readonly signal: AccountSignal;
}

/** The request of a call whose end the budget has not been told of yet; there is never more than one. */
class LastRequest {
  readonly #of: Pick<SendSettings, 'operation' | 'jobId'>;
  readonly #budget: SendPorts['budget'];
  #unreported: Unreported | null = null;
  #opened: Consequence | null = null;

  constructor(of: Pick<SendSettings, 'operation' | 'jobId'>, { budget }: Pick<SendPorts, 'budget'>) {
    this.#of = of;
    this.#budget = budget;
  }

  begin(request: Unreported): void {
    this.#unreported = request;
  }

  note(seen: Partial<Unreported>): void {
    if (this.#unreported !== null) this.#unreported = { ...this.#unreported, ...seen };
  }

  forget(): void {
    this.#unreported = null;
  }

  exchange(): Exchange | null {
    return this.#unreported?.exchange ?? null;
  }

  /** Answers what the requests of the call have brought about so far, if anything. */
  async report(): Promise<Consequence | null> {
    if (this.#unreported === null) return this.#opened;
    const { leaseId, exchange, signal } = this.#unreported;
    this.#unreported = null;
    const { sentAt, endedAt } = exchange;
    // What was never sent holds no slot at Marketo: for the lease that is as good as an answer.
    const replied = exchange.httpStatus !== null || sentAt === null;
    const { operation, jobId } = this.#of;
    const jobIds = [jobId];
    const hold = await this.#budget.report({ leaseId, operation, jobIds, sentAt, endedAt, replied, signal });
    this.#opened = hold ?? this.#opened;
    return this.#opened;
  }
}

/** What the answer to a job's request says of the account. That an uncounted one is answered says nothing of those that count. */
export function signalOf(read: Read<unknown>, target: Target, words: AccountWords): AccountSignal {
  if (read.kind === 'answered') return target.spends ? { kind: 'fine' } : NEUTRAL;
  return read.outdated === true ? NEUTRAL : accountSignal(read.fault, words);
}

export const NEUTRAL: AccountSignal = { kind: 'neutral' };

const refused = (refusal: Refusal): { kind: 'refused'; refusal: Refusal } => ({ kind: 'refused', refusal });

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
  (post: Post, jobId: string, { trace }: Pick<RunPorts, 'trace'>): Post =>
  async (request) => {
    const reply = post(request);
    // Awaited below in any case; without this a fault during the trace would count as unhandled.
    reply.catch(() => {});
    await trace('sent', jobId);
    const answer = await reply;
    await trace('replied', jobId);
    return answer;
  };
