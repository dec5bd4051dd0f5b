import type { AccountSignal, Consequence, Permit } from '../budget/port.ts';
import { classify } from '../marketo/faults/classify.ts';
import { isUncharged } from '../marketo/faults/codes.ts';
import type { Fault } from '../marketo/faults/fault.ts';
import { unsentExchange } from '../marketo/http/unsent-exchange.ts';
import type { OpenConnection } from '../marketo/http/wire.ts';
import { WireError } from '../marketo/http/wire-fault.ts';
import type { Exchange, Post, Read, Send, Sent, Target } from '../marketo/transport.ts';
import { NEUTRAL } from './account-signal.ts';
import { demandGoingOn, doneMsOf, lastingOf, NO_LEASE, noTime } from './admit.ts';
import { LastRequest } from './last-request.ts';
import type { Invocation, Refusal, RunPorts } from './ports.ts';
import { PortFailure } from './ports.ts';
import type { Step } from './trace.ts';
import { type Patience, untilLetIn } from './until-let-in.ts';

export interface SendSettings extends Patience {
  /** The jobs that share the call: the budget and the trace are told of each. */
  readonly jobIds: readonly string[];
  readonly operation: string;
  /** Asks until there is a permit, or says why there is none (see `admit`). `stopping` is absent for what must go on. */
  readonly admit: (target: Target, stopping: AbortSignal | undefined) => Promise<Permit | Refusal>;
  /** Whether the job is this run's, where the permit is asked for beside the claim; absent: it is. */
  readonly claim?: Promise<boolean> | undefined;
  /** Writes the intent of a request that announces; false: the claim is lost. */
  readonly intend: () => Promise<boolean>;
  /** What an answer says of the account; the warden's probe says nothing here, it writes what it found itself. */
  readonly signal: (read: Read<unknown>, target: Target) => AccountSignal;
  readonly calling?: Invocation['calling'] | undefined;
}

type SendPorts = Pick<RunPorts, 'wire' | 'budget' | 'clock' | 'sleep' | 'random' | 'trace' | 'settings'>;

/** One request of a call as it ended. */
export interface SentRequest {
  readonly target: Target;
  readonly method: string;
  /** What was seen of it; `sentAt` is null if it never left. */
  readonly exchange: Exchange;
  /** Null: answered. */
  readonly fault: Fault | null;
}

/** Sends the requests of one call: socket first, then the permit, then the intent, then the first byte; each has its own. */
export class Sender {
  readonly #settings: SendSettings;
  readonly #ports: SendPorts;
  readonly #last: LastRequest;
  readonly #requests: SentRequest[] = [];
  #announced = false;
  #lastAnnounced = false;

  constructor(settings: SendSettings, ports: SendPorts) {
    this.#settings = settings;
    this.#ports = ports;
    this.#last = new LastRequest(settings, ports);
  }

  readonly send: Send<Refusal> = async (target, perform) => {
    const isAfterAnnounced = this.#announced;
    this.#lastAnnounced = false;
    try {
      return await untilLetIn(target, () => this.#request(target, perform), this.#settings, this.#ports);
    } catch (error) {
      // Thrown, it would put in doubt what was answered before.
      if (!isAfterAnnounced || !(error instanceof PortFailure)) throw error;
      const fault: Fault = { kind: 'internal', sent: false, message: error.message };
      return { kind: 'fault', fault, exchange: unsentExchange(target.url, this.#ports.clock()) };
    }
  };

  async #request<T>(target: Target, perform: (post: Post) => Promise<Read<T>>): Promise<Sent<T, Refusal>> {
    await this.#ask(() => this.#last.report());
    const dialled = await this.#ask(() => this.#untilStopped(this.#ports.wire.open(target)));
    if (dialled.kind === 'failed') {
      const { fault, exchange } = dialled;
      const signal = this.#settings.signal({ kind: 'fault', fault }, target);
      this.#last.begin({ leaseId: NO_LEASE, exchange, signal });
      this.#requests.push({ target, method: '', exchange, fault });
      return { kind: 'fault', fault, exchange };
    }
    const { connection } = dialled;
    try {
      return await this.#carry(target, connection, perform);
    } finally {
      this.#last.note({ exchange: connection.exchange() });
      connection.release();
      await this.#last.tryReport();
    }
  }

  /** A server that takes its time over a connection does not keep a process from ending: nothing of the request has left. */
  async #untilStopped(opening: ReturnType<SendPorts['wire']['open']>): ReturnType<SendPorts['wire']['open']> {
    const stopping = this.#announced ? undefined : this.#settings.stopping;
    if (stopping === undefined) return opening;
    const stopped = Promise.withResolvers<null>();
    const stop = (): void => stopped.resolve(null);
    stopping.addEventListener('abort', stop, { once: true });
    if (stopping.aborted) stop();
    const opened = await Promise.race([opening, stopped.promise]);
    stopping.removeEventListener('abort', stop);
    if (opened !== null) return opened;
    void opening.then((late) => late.kind === 'open' && late.connection.release());
    demandGoingOn(stopping);
    return opening;
  }

  /** From the permit to the answer, over a connection that is open. */
  async #carry<T>(
    target: Target,
    connection: OpenConnection,
    perform: (post: Post) => Promise<Read<T>>,
  ): Promise<Sent<T, Refusal>> {
    const { admit, claim, intend, calling } = this.#settings;
    const { budget } = this.#ports;
    // What follows an announced request can only add to its outcome: a stop lets it go on.
    const stopping = this.#announced ? undefined : this.#settings.stopping;
    const permit = await this.#ask(() => admit(target, stopping));
    if (permit.kind !== 'granted') return refused(permit);
    const { leaseId } = permit;
    const doneMs = doneMsOf(target, this.#ports);
    this.#last.begin({ leaseId, doneMs, exchange: connection.exchange(), signal: NEUTRAL });
    if ((await claim) === false) return refused({ kind: 'lost-claim' });
    await this.#trace('admitted', target);
    // The socket may have gone stale while the permit was waited for.
    const fault = await connection.refresh();
    if (fault !== null) return this.#ended(target, '', connection, { kind: 'fault', fault });
    await this.#ask(async () => demandGoingOn(stopping));
    if (target.announces) {
      if (!(await this.#ask(intend))) return refused({ kind: 'lost-claim' });
      await this.#trace('intended', target);
    }
    const lasting = lastingOf(target, this.#ports);
    const moved = target.spends ? await this.#ask(() => budget.refresh(permit, lasting)) : permit;
    if (moved.kind === 'wait') {
      this.#last.forget();
      return refused({ kind: 'wait', wait: moved });
    }
    // Stores that answer slowly may have spent the time: looked at as late as can be.
    if (!this.#settings.inTime(target)) return refused(noTime(this.#ports.clock()));
    const before = this.#announced;
    this.#announced ||= target.announces;
    this.#lastAnnounced = target.announces;
    let method = '';
    const post: Post = (request) => {
      method = request.method;
      return connection.post(request);
    };
    const ended = calling?.();
    const read = await performOnce(perform, this.#traced(post, target)).finally(ended);
    if (read.kind === 'fault' && classify(read.fault, false).ran === 'no') this.#announced = before;
    return this.#ended(target, method, connection, read);
  }

  #ended<T>(
    target: Target,
    method: string,
    connection: Pick<OpenConnection, 'exchange'>,
    read: Read<T>,
  ): Sent<T, Refusal> {
    const exchange = connection.exchange();
    const isUncounted =
      read.kind === 'fault' && read.fault.kind === 'marketo' && isUncharged(read.fault.code);
    this.#last.note({
      signal: this.#settings.signal(read, target),
      ...(isUncounted ? { uncharged: true } : {}),
    });
    this.#requests.push({ target, method, exchange, fault: read.kind === 'fault' ? read.fault : null });
    return { ...read, exchange };
  }

  /**
   * Tells the budget how the last request ended and gives its slot back, if it could not be told at once. Answers what the
   * answers of this call have brought about, if anything.
   */
  finish(): Promise<Consequence | null> {
    return this.#last.report();
  }

  /** What was seen of the last request, also when the transport threw over it; null if none was prepared. */
  lastExchange(): Exchange | null {
    return this.#last.exchange();
  }

  /** Whether a request that announces was handed to the wire, and no answer has proved that nothing of it ran. */
  hasAnnounced(): boolean {
    return this.#announced;
  }

  /** Whether that was the last request: a look-up before it, or a step after it, is not what may not be done twice. */
  hasJustAnnounced(): boolean {
    return this.#lastAnnounced;
  }

  /** Every request that had a permit, or failed before it could have one, in order. */
  requests(): readonly SentRequest[] {
    return this.#requests;
  }

  async #trace(step: Step, target: Target): Promise<void> {
    const { jobIds } = this.#settings;
    const { announces, changes, spends } = target;
    const request = { announces, changes, spends, jobs: jobIds.length };
    for (const jobId of jobIds) await this.#ports.trace(step, jobId, request);
  }

  #traced(post: Post, target: Target): Post {
    return async (request) => {
      const reply = post(request);
      // Awaited below in any case; without this a fault during the trace would count as unhandled.
      reply.catch(() => {});
      await this.#trace('sent', target);
      const answer = await reply;
      await this.#trace('replied', target);
      return answer;
    };
  }

  async #ask<T>(effect: () => Promise<T>): Promise<T> {
    try {
      return await effect();
    } catch (error) {
      const sent = this.#requests.some(({ target, exchange }) => target.changes && exchange.sentAt !== null);
      throw new PortFailure(error, sent);
    }
  }
}

const refused = (refusal: Refusal): { kind: 'refused'; refusal: Refusal } => ({ kind: 'refused', refusal });

async function performOnce<T>(perform: (post: Post) => Promise<Read<T>>, post: Post): Promise<Read<T>> {
  try {
    return await perform(post);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return { kind: 'fault', fault: error.fault };
  }
}
