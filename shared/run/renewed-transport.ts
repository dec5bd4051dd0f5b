import { ConfigurationError, type Environment, readSoap, type SoapSettings } from '../config/environment.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { classOf } from '../marketo/faults/codes.ts';
import type { Call, CallOutcome, Send, Transport } from '../marketo/transport.ts';
import type { Credentials, CredentialsState } from './credentials.ts';
import type { Refusal } from './send.ts';

export interface RenewedParts {
  /** Reads the variables where they are kept. Rejects with a ConfigurationError if what stands there cannot serve. */
  readonly read: () => Promise<Environment>;
  readonly build: (settings: SoapSettings) => Promise<Transport>;
  readonly clock: Clock;
  readonly log: Log;
}

/** A job that met no credentials comes back after this; the warden looks each minute. */
const WAIT_MS = 60_000;

/** Gives the transport those of its parts that need no credentials, for as long as there are none. */
const NOBODY: SoapSettings = { endpoint: 'https://unset.invalid', userId: '', encryptionKey: '' };

interface Reading {
  readonly at: number;
  readonly state: CredentialsState;
  /** The settings as one text: two readings with the same text are the same key. */
  readonly version: string;
  readonly transport: Transport;
}

/**
 * A transport whose credentials may be rotated under it. A refusal by Marketo is believed only of the key that stands
 * in the secret now: otherwise every process with an older copy would close the account again, and dead-letter a job
 * each time, after the new key had opened it.
 */
export async function createRenewedTransport(
  parts: RenewedParts,
): Promise<{ readonly transport: Transport; readonly credentials: Credentials }> {
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

  const run = async (call: Call, send: Send): Promise<CallOutcome> => {
    const used = reading;
    if (used.state.kind !== 'usable') return notNow(clock());
    const outcome = await used.transport.run(call, send);
    if (!isRefused(outcome)) return outcome;
    const state = await renew(0);
    if (state.kind !== 'usable') return notNow(clock());
    if (reading.version === used.version) return outcome;
    log.info('the credentials were rotated; the call is made again with the new ones', {
      operation: call.operation,
    });
    return reading.transport.run(call, send);
  };

  return {
    credentials: { renew },
    transport: {
      name: 'soap',
      timeoutMs: (operation) => reading.transport.timeoutMs(operation),
      correctClock: (serverDate) => reading.transport.correctClock(serverDate),
      probe: reading.transport.probe,
      run,
    },
  };
}

async function firstReading(parts: RenewedParts): Promise<Reading> {
  const at = parts.clock();
  const found = await look(parts);
  const usable = found.kind === 'usable';
  return {
    at,
    state: usable ? { kind: 'usable' } : found,
    version: usable ? versionOf(found.settings) : '',
    transport: await parts.build(usable ? found.settings : NOBODY),
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
  | { readonly kind: 'usable'; readonly settings: SoapSettings }
  | Exclude<CredentialsState, { kind: 'usable' }>;

async function look(parts: RenewedParts): Promise<Found> {
  try {
    return { kind: 'usable', settings: readSoap(await parts.read()) };
  } catch (error) {
    if (error instanceof ConfigurationError) return { kind: 'missing', message: error.message };
    const problem = error instanceof Error ? error.name : typeof error;
    parts.log.warn('the secret could not be read', { error: problem });
    return { kind: 'unreadable', message: `the secret could not be read (${problem})` };
  }
}

const versionOf = (settings: SoapSettings): string => JSON.stringify(settings);

/** Nothing was sent, or nothing that counts: the job waits for credentials like any other, and none is dead-lettered. */
function notNow(now: number): CallOutcome {
  const refusal: Refusal = {
    kind: 'wait',
    wait: { kind: 'wait', until: now + WAIT_MS, because: 'credentials' },
  };
  return { kind: 'refused', refusal };
}

function isRefused(outcome: CallOutcome): boolean {
  if (outcome.kind !== 'fault') return false;
  const { fault } = outcome;
  if (fault.kind === 'identity') return true;
  return fault.kind === 'marketo' && classOf(fault.code) === 'credentials';
}
