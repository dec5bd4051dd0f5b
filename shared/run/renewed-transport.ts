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
  /** Once per address: `current` answers the settings of the last good reading, of the same transport at the same address. */
  readonly build: BuildTransport;
  readonly clock: Clock;
  readonly log: Log;
}

export type BuildTransport = (
  settings: MarketoSettings,
  current: () => MarketoSettings,
) => Promise<Transport<Refusal>>;

/** A job that met no credentials comes back after this; the warden looks each minute. */
const WAIT_MS = 60_000;

interface Reading {
  readonly at: number;
  readonly state: CredentialsState;
  /** The settings as one text: two readings with the same text are the same key. */
  readonly version: string;
  /** Null while no reading has been usable yet. */
  readonly way: Way | null;
}

/** A transport, and the settings that it asks for anew with each request. */
interface Way {
  readonly transport: Transport<Refusal>;
  settings: MarketoSettings;
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

  /** A request whose credentials were replaced under it is made again with the new ones, and nothing else of its call. */
  const renewing =
    (send: Send<Refusal>, used: Way, version: string, operation: string): Send<Refusal> =>
    async (target, perform) => {
      const stillStands = async (): Promise<boolean> => {
        const state = await renew(0);
        return state.kind === 'usable' && reading.version === version;
      };
      const sent = await checking(send, stillStands)(target, perform);
      if (sent.kind !== 'fault' || sent.outdated !== true) return sent;
      if (reading.state.kind !== 'usable') return notNow(clock());
      // At another address, or over another transport, it is another call: the job comes back to it.
      if (reading.way !== used) return sent;
      log.info('the credentials were rotated; the request is made again with the new ones', { operation });
      return send(target, perform);
    };

  const through = async (
    operation: string,
    send: Send<Refusal>,
    run: (transport: Transport<Refusal>, send: Send<Refusal>) => Promise<Outcome>,
  ): Promise<Outcome> => {
    const { state, way, version } = reading;
    if (state.kind !== 'usable' || way === null) return notNow(clock());
    return run(way.transport, renewing(send, way, version, operation));
  };

  return {
    credentials: { renew },
    transport: {
      run: (call, send) =>
        through(call.operation, send, (transport, renewed) => transport.run(call, renewed)),
      probe: (send) => through('probe', send, (transport, renewed) => transport.probe(renewed)),
      get bounds() {
        return reading.way?.transport.bounds;
      },
      get usageIn() {
        return reading.way?.transport.usageIn;
      },
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
  if (found.kind !== 'usable') return { at, state: found, version: '', way: null };
  const way = await wayTo(found.settings, null, parts);
  return { at, state: { kind: 'usable' }, version: versionOf(found.settings), way };
}

async function nextReading(last: Reading, parts: RenewedParts): Promise<Reading> {
  const at = parts.clock();
  const found = await look(parts);
  if (found.kind === 'usable') {
    const way = await wayTo(found.settings, last.way, parts);
    return { at, state: { kind: 'usable' }, version: versionOf(found.settings), way };
  }
  // What served until now goes on serving while the place cannot be read; Marketo will say if it does not.
  if (found.kind === 'unreadable' && last.state.kind === 'usable') return { ...last, at };
  return { ...last, at, state: found };
}

async function wayTo(settings: MarketoSettings, last: Way | null, { build }: RenewedParts): Promise<Way> {
  if (last !== null && addressOf(last.settings) === addressOf(settings)) {
    last.settings = settings;
    return last;
  }
  let way: Way | null = null;
  const transport = await build(settings, () => way?.settings ?? settings);
  way = { transport, settings };
  return way;
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

/** What is not a credential of it. */
const addressOf = ({ transport, endpoint }: MarketoSettings): string => `${transport} ${endpoint}`;

const versionOf = (settings: MarketoSettings): string => JSON.stringify(settings);

/** Nothing was sent, or nothing that counts: the job waits for credentials like any other, and none is dead-lettered. */
function notNow(now: number): Extract<Outcome, { kind: 'refused' }> {
  const wait = { kind: 'wait', until: now + WAIT_MS, because: 'credentials' } as const;
  return { kind: 'refused', refusal: { kind: 'wait', wait } };
}

function isRefused(read: Read<unknown>): boolean {
  if (read.kind !== 'fault') return false;
  const { fault } = read;
  if (fault.kind === 'identity') return true;
  return fault.kind === 'marketo' && classOf(fault.code) === 'credentials';
}
