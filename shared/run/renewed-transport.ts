import {
  ConfigurationError,
  type Environment,
  type MarketoSettings,
  readMarketo,
} from '../config/environment.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { classOf } from '../marketo/faults/codes.ts';
import type { CallOutcome, Read, Send, Transport } from '../marketo/transport.ts';
import type { Credentials, CredentialsState } from './credentials.ts';
import type { Refusal } from './ports.ts';

export interface RenewedParts {
  /** Reads the variables where they are kept. Rejects with a ConfigurationError if what stands there cannot serve. */
  readonly read: () => Promise<Environment>;
  readonly build: (settings: MarketoSettings) => Promise<Transport<Refusal>>;
  readonly clock: Clock;
  readonly log: Log;
}

/** A job that met no credentials comes back after this; the warden looks each minute. */
const WAIT_MS = 60_000;

interface Reading {
  readonly at: number;
  readonly state: CredentialsState;
  /** The settings as one text: two readings with the same text are the same key. */
  readonly version: string;
  /** Null while no reading has been usable yet. */
  readonly transport: Transport<Refusal> | null;
}

type Outcome = CallOutcome<Refusal>;

/**
 * A transport whose credentials may be rotated under it. A refusal by Marketo is believed only of the key that stands
 * in the secret now: otherwise every process with an older copy would close the account again, and dead-letter a job
 * each time, after the new key had opened it.
 */
export async function createRenewedTransport(
  parts: RenewedParts,
): Promise<{ readonly transport: Transport<Refusal>; readonly credentials: Credentials }> {
  const { clock, log } = parts;
  let reading: Reading = await firstReading(parts);
  let underWay: Promise<void> | null = null;

  const readAgain = async (): Promise<void> => {
    reading = await nextReading(reading, parts);
  };

  const renew = async (maxAgeMs: number): Promise<CredentialsState> => {
    if (clock() - reading.at < maxAgeMs && reading.state.kind === 'usable') return reading.state;
    // Ten jobs that are refused at once read it once.
    underWay ??= readAgain().finally(() => {
      underWay = null;
    });
    await underWay;
    return reading.state;
  };

  const renewing = async (
    operation: string,
    send: Send<Refusal>,
    run: (transport: Transport<Refusal>, send: Send<Refusal>) => Promise<Outcome>,
  ): Promise<Outcome> => {
    const used = reading;
    if (used.state.kind !== 'usable' || used.transport === null) return notNow(clock());
    let requests = 0;
    const checked = checking(send, async () => {
      const state = await renew(0);
      return state.kind === 'usable' && reading.version === used.version;
    });
    const counted: Send<Refusal> = (target, perform) => {
      requests += 1;
      return checked(target, perform);
    };
    const outcome = await run(used.transport, counted);
    if (outcome.kind !== 'fault' || outcome.outdated !== true) return outcome;
    // What came before the refused request is not to run twice.
    if (requests > 1) return outcome;
    const { state, transport } = reading;
    if (state.kind !== 'usable' || transport === null) return notNow(clock());
    log.info('the credentials were rotated; the call is made again with the new ones', { operation });
    return run(transport, send);
  };

  return {
    credentials: { renew },
    transport: {
      run: (call, send) =>
        renewing(call.operation, send, (transport, checked) => transport.run(call, checked)),
      probe: (send) => renewing('probe', send, (transport, checked) => transport.probe(checked)),
      correctClock: (serverDate) => reading.transport?.correctClock(serverDate),
    },
  };
}

/** Marks a refusal of a key that the secret no longer stands behind, before the account is told of it. */
const checking =
  (send: Send<Refusal>, stillStands: () => Promise<boolean>): Send<Refusal> =>
  (target, perform) =>
    send(target, async (post) => {
      const read = await perform(post);
      return !isRefused(read) || (await stillStands()) ? read : { ...read, outdated: true };
    });

async function firstReading(parts: RenewedParts): Promise<Reading> {
  const at = parts.clock();
  const found = await look(parts);
  const usable = found.kind === 'usable';
  return {
    at,
    state: usable ? { kind: 'usable' } : found,
    version: usable ? versionOf(found.settings) : '',
    transport: usable ? await parts.build(found.settings) : null,
  };
}

async function nextReading(last: Reading, parts: RenewedParts): Promise<Reading> {
  const at = parts.clock();
  const found = await look(parts);
  if (found.kind === 'usable') {
    const version = versionOf(found.settings);
    const transport = version === last.version ? last.transport : await parts.build(found.settings);
    return { at, state: { kind: 'usable' }, version, transport };
  }
  // What served until now goes on serving while the place cannot be read; Marketo will say if it does not.
  if (found.kind === 'unreadable' && last.state.kind === 'usable') return { ...last, at };
  return { ...last, at, state: found };
}

type Found =
  | { readonly kind: 'usable'; readonly settings: MarketoSettings }
  | Exclude<CredentialsState, { kind: 'usable' }>;

async function look(parts: RenewedParts): Promise<Found> {
  try {
    return { kind: 'usable', settings: readMarketo(await parts.read()) };
  } catch (error) {
    if (error instanceof ConfigurationError) return { kind: 'missing', message: error.message };
    const problem = error instanceof Error ? error.name : typeof error;
    parts.log.warn('the secret could not be read', { error: problem });
    return { kind: 'unreadable', message: `the secret could not be read (${problem})` };
  }
}

const versionOf = (settings: MarketoSettings): string => JSON.stringify(settings);

/** Nothing was sent, or nothing that counts: the job waits for credentials like any other, and none is dead-lettered. */
function notNow(now: number): Outcome {
  const wait = { kind: 'wait', until: now + WAIT_MS, because: 'credentials' } as const;
  return { kind: 'refused', refusal: { kind: 'wait', wait } };
}

function isRefused(read: Read<unknown>): boolean {
  if (read.kind !== 'fault') return false;
  const { fault } = read;
  if (fault.kind === 'identity') return true;
  return fault.kind === 'marketo' && classOf(fault.code) === 'credentials';
}
