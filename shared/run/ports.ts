import type { Budget, Wait } from '../budget/port.ts';
import type { BackoffSettings, WorkerTimings } from '../config/limits.ts';
import type { Archive } from '../deadletter/archive.ts';
import type { Bodies } from '../job/bodies.ts';
import type { Calls } from '../job/calls.ts';
import type { DeadLetterQueue, JobsQueue } from '../job/queues.ts';
import type { Clock, Sleep } from '../kernel/clock.ts';
import { errorText } from '../kernel/error-text.ts';
import type { Log } from '../kernel/log.ts';
import type { Metrics } from '../kernel/metrics.ts';
import type { MakeId, Random } from '../kernel/random.ts';
import type { IsCancelled } from '../ledger/cancellations.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Wire } from '../marketo/http/wire.ts';
import type { Transport } from '../marketo/transport.ts';
import type { ForeignTally } from './foreign-tally.ts';
import type { JobEvents } from './job-events.ts';
import type { KeyTurns } from './key-turns.ts';
import type { Trace } from './trace.ts';
import type { Turns } from './turns.ts';

/** Everything the life of a job touches. Each function takes the part it uses. Nothing is deleted: no role may (infra/permissions.ts). */
export interface RunPorts {
  readonly ledger: Omit<Ledger, 'remove'>;
  readonly isCancelled: IsCancelled;
  readonly archive: Archive;
  readonly bodies: Omit<Bodies, 'remove' | 'removeText'>;
  readonly calls: Omit<Calls, 'remove'>;
  readonly budget: Budget;
  readonly jobsQueue: JobsQueue;
  readonly deadLetters: DeadLetterQueue;
  readonly transport: Transport<Refusal>;
  readonly wire: Wire;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly random: Random;
  readonly makeId: MakeId;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly trace: Trace;
  readonly turns: Turns;
  readonly keyTurns: KeyTurns;
  readonly foreignTally: ForeignTally;
  readonly jobEvents: JobEvents;
  readonly settings: RunSettings;
}

export interface RunSettings {
  readonly backoff: BackoffSettings;
  readonly timings: WorkerTimings;
  /** Of the transport: see `TransportFacts`. */
  readonly serverDoneMs: number;
  /** Stands for every request's own time at Marketo, where nobody can wait for that; null: each has its own. */
  readonly everyServerDoneMs: number | null;
  /** How long a call that several jobs share may last. */
  readonly callTimeoutMs: number;
  readonly endpointGone: (url: string) => string;
  /** Where a new key goes, for whoever reads why the account is held. */
  readonly renewCredentials: string;
  /** How long a completed job's row is kept, in ms. */
  readonly retentionMs: number;
  /** How long a job may wait for company where the day's quota will not last, in ms. */
  readonly lingerMs: number;
  /** See `ClaimRequest.soleInstance`. */
  readonly soleInstance: string | null;
}

/** Why a request was not sent. Nothing left the process. */
export type Refusal =
  | { readonly kind: 'wait'; readonly wait: Wait }
  /** It could not end before its process must. */
  | { readonly kind: 'no-time'; readonly wait: Wait }
  /** Another run has the job now: this one must not send, record or settle it. */
  | { readonly kind: 'lost-claim' };

/** What one invocation adds: times in epoch ms. */
export interface Invocation {
  /** When the process is frozen or killed. */
  readonly deadline: number;
  /** Set where a process can be asked to end: from then on nothing new is sent, and what waits goes back at once. */
  readonly stopping?: AbortSignal | undefined;
  /** Called as a request goes out; what it answers is called when that has ended. */
  readonly calling?: () => () => void;
}

/** Our own ledger or budget could not be reached while a call was prepared: not the job's fault, and no fault of Marketo's. */
export class PortFailure extends Error {
  override readonly name = 'PortFailure';
  /** False only if no request of the call that may change something had left: then nothing can have run. */
  readonly sent: boolean;

  constructor(cause: unknown, sent: boolean) {
    super(errorText(cause), { cause });
    this.sent = sent;
  }
}
