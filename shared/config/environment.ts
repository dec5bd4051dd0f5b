import { HOUR_MS } from '../kernel/clock.ts';
import {
  type AccountLimits,
  type BackoffSettings,
  DEFAULT_BACKOFF,
  DEFAULT_CONCURRENCY,
  DEFAULT_RATE_PER_WINDOW,
  DEFAULT_RETENTION_DAYS,
  LEAST_RETENTION_DAYS,
  RATE_WINDOW_MS,
} from './limits.ts';
import { TRANSPORTS, type TransportFacts, type TransportName } from './transports.ts';

/** Variables as a process, a secret or a test gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting is missing, contradictory or unreadable. The message names the variable and says what to change. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** Where Marketo is and who asks, by transport. */
export type MarketoSettings = SoapSettings;

interface SoapSettings {
  readonly transport: 'soap';
  /** `https://X.mktoapi.com/soap/mktows/3_1`: every instance has its own, the address inside the WSDL must not be called. */
  readonly endpoint: string;
  readonly userId: string;
  readonly encryptionKey: string;
}

/** Everything but where Marketo is and who asks: nothing of this is secret. */
export interface OperationSettings {
  readonly transport: TransportFacts;
  readonly limits: AccountLimits;
  readonly backoff: BackoffSettings;
  /** Total deadline of one call in ms; null: per operation. */
  readonly callTimeoutMs: number | null;
  readonly retentionDays: number;
}

export interface Settings extends OperationSettings {
  readonly marketo: MarketoSettings;
}

const SOAP_VARIABLES = ['MARKETO_SOAP_ENDPOINT', 'MARKETO_USER_ID', 'MARKETO_ENCRYPTION_KEY'] as const;
const REST_VARIABLES = [
  'MARKETO_REST_ENDPOINT',
  'MARKETO_IDENTITY_ENDPOINT',
  'MARKETO_CLIENT_ID',
  'MARKETO_CLIENT_SECRET',
] as const;

/** Reads README's configuration table. Throws a ConfigurationError before anything has been touched. */
export function readSettings(env: Environment): Settings {
  return { marketo: readMarketo(env), ...readOperation(env) };
}

/** The settings that a function has in its environment also where its credentials are in a secret. */
export function readOperation(env: Environment): OperationSettings {
  return {
    transport: TRANSPORTS[transportOf(env)],
    limits: readLimits(env),
    backoff: readBackoff(env),
    callTimeoutMs: numberOf(env, 'MARKETO_CALL_TIMEOUT_MS', { least: 1, most: 270_000, whole: true }),
    retentionDays:
      numberOf(env, 'MKTQ_RETENTION_DAYS', { least: LEAST_RETENTION_DAYS, most: 3_650, whole: true }) ??
      DEFAULT_RETENTION_DAYS,
  };
}

/** Only one can be spoken yet; `readMarketo` refuses the other by name. */
const transportOf = (_env: Environment): TransportName => 'soap';

/** True if no Marketo endpoint or credential is set at all: the local stack then brings its simulator. */
export const marketoIsUnset = (env: Environment): boolean =>
  [...SOAP_VARIABLES, ...REST_VARIABLES].every((name) => textOf(env, name) === null);

/** The limits alone, which do not need a reachable Marketo: the command line shows and plans with them. */
export function readLimits(env: Environment): AccountLimits {
  return {
    ratePerWindow:
      numberOf(env, 'MARKETO_RATE_LIMIT', { least: 1, most: 100_000, whole: true }) ??
      DEFAULT_RATE_PER_WINDOW,
    windowMs: RATE_WINDOW_MS,
    concurrency:
      numberOf(env, 'MARKETO_CONCURRENCY', { least: 1, most: 1_000, whole: true }) ?? DEFAULT_CONCURRENCY,
    dailyQuota:
      numberOf(env, 'MARKETO_DAILY_QUOTA', { least: 1, most: 1_000_000_000, whole: true }) ??
      TRANSPORTS[transportOf(env)].dailyQuota,
    share: numberOf(env, 'MARKETO_SHARE', { least: 0.001, most: 1, whole: false }) ?? 1,
  };
}

function refuseRest(env: Environment): void {
  const chosen = textOf(env, 'MARKETO_TRANSPORT');
  if (chosen !== null && chosen !== 'soap' && chosen !== 'rest') {
    throw new ConfigurationError(`MARKETO_TRANSPORT is "${chosen}": set it to soap or rest`);
  }
  if (chosen === 'rest') {
    throw new ConfigurationError(
      'MARKETO_TRANSPORT is rest, which this version cannot speak yet: set it to soap',
    );
  }
  const rest = REST_VARIABLES.find((name) => textOf(env, name) !== null);
  if (rest !== undefined && chosen === null && SOAP_VARIABLES.every((name) => textOf(env, name) === null)) {
    throw new ConfigurationError(
      `${rest} is set, but this version cannot speak REST yet: unset it, or set ${SOAP_VARIABLES.join(', ')}`,
    );
  }
}

/** Where Marketo is and who asks. Throws a ConfigurationError that names the variable and none of the values. */
export function readMarketo(env: Environment): MarketoSettings {
  refuseRest(env);
  return {
    transport: 'soap',
    endpoint: soapEndpoint(requiredOf(env, 'MARKETO_SOAP_ENDPOINT')),
    userId: requiredOf(env, 'MARKETO_USER_ID'),
    encryptionKey: requiredOf(env, 'MARKETO_ENCRYPTION_KEY'),
  };
}

function requiredOf(env: Environment, name: string): string {
  const value = textOf(env, name);
  if (value !== null) return value;
  throw new ConfigurationError(`${name} is not set: the soap transport needs ${SOAP_VARIABLES.join(', ')}`);
}

function soapEndpoint(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new ConfigurationError(
      'MARKETO_SOAP_ENDPOINT is not an address such as https://X.mktoapi.com/soap/mktows/3_1',
    );
  }
  const loopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url.protocol === 'http:' && !loopback) {
    throw new ConfigurationError(
      'MARKETO_SOAP_ENDPOINT uses http, which would send every lead in the clear: use https',
    );
  }
  return value;
}

function readBackoff(env: Environment): BackoffSettings {
  const baseMs =
    numberOf(env, 'MKTQ_BACKOFF_BASE_MS', { least: 1, most: HOUR_MS, whole: true }) ?? DEFAULT_BACKOFF.baseMs;
  const capMs =
    numberOf(env, 'MKTQ_BACKOFF_CAP_MS', { least: 1, most: 43_200_000, whole: true }) ??
    DEFAULT_BACKOFF.capMs;
  if (capMs < baseMs) {
    throw new ConfigurationError(
      `MKTQ_BACKOFF_CAP_MS (${capMs}) is below MKTQ_BACKOFF_BASE_MS (${baseMs}): raise it or lower the base`,
    );
  }
  return { baseMs, capMs };
}

interface NumberRange {
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
}

function numberOf(env: Environment, name: string, range: NumberRange): number | null {
  const value = textOf(env, name);
  if (value === null) return null;
  const number = Number(value);
  const fits = Number.isFinite(number) && number >= range.least && number <= range.most;
  if (fits && (!range.whole || Number.isInteger(number))) return number;
  const kind = range.whole ? 'a whole number' : 'a number';
  throw new ConfigurationError(
    `${name} is "${value}": set it to ${kind} from ${range.least} to ${range.most}`,
  );
}

function textOf(env: Environment, name: string): string | null {
  const value = env[name]?.trim();
  return value === undefined || value === '' ? null : value;
}
