import { HOUR_MS } from '../kernel/clock.ts';
import {
  type AccountLimits,
  type BackoffSettings,
  DEFAULT_BACKOFF,
  DEFAULT_CONCURRENCY,
  DEFAULT_LINGER_MS,
  DEFAULT_RATE_PER_WINDOW,
  DEFAULT_RETENTION_DAYS,
  LEAST_RETENTION_DAYS,
  RATE_WINDOW_MS,
} from './limits.ts';
import { type MarketoSettings, readMarketo, transportOf } from './marketo.ts';
import { type RestChoices, readRestChoices } from './rest-choices.ts';
import { TRANSPORTS, type TransportFacts } from './transports.ts';
import { refuseMisspelt } from './variable-names.ts';
import { ConfigurationError, type Environment, textOf } from './variables.ts';

export { type MarketoSettings, marketoIsUnset, readMarketo } from './marketo.ts';
export { ConfigurationError, type Environment } from './variables.ts';

/** Everything but where Marketo is and who asks: nothing of this is secret. */
export interface OperationSettings {
  readonly transport: TransportFacts;
  readonly limits: AccountLimits;
  readonly backoff: BackoffSettings;
  /** Total deadline of one call in ms; null: per operation. */
  readonly callTimeoutMs: number | null;
  readonly retentionDays: number;
  /** How long a job may wait for company where the day's quota will not last, in ms; 0: not at all. */
  readonly lingerMs: number;
  readonly rest: RestChoices;
}

export interface Settings extends OperationSettings {
  readonly marketo: MarketoSettings;
}

/** Reads README's configuration table. Throws a ConfigurationError before anything has been touched. */
export function readSettings(env: Environment): Settings {
  return { marketo: readMarketo(env), ...readOperation(env) };
}

/** The settings that a function has in its environment also where its credentials are in a secret. */
export function readOperation(env: Environment): OperationSettings {
  refuseMisspelt(env);
  return {
    transport: TRANSPORTS[transportOf(env)],
    limits: readLimits(env),
    backoff: readBackoff(env),
    callTimeoutMs: numberOf(env, 'MARKETO_CALL_TIMEOUT_MS', { least: 1, most: 270_000, whole: true }),
    retentionDays:
      numberOf(env, 'MKTQ_RETENTION_DAYS', { least: LEAST_RETENTION_DAYS, most: 3_650, whole: true }) ??
      DEFAULT_RETENTION_DAYS,
    lingerMs: numberOf(env, 'MKTQ_LINGER_MS', { least: 0, most: 60_000, whole: true }) ?? DEFAULT_LINGER_MS,
    rest: readRestChoices(env),
  };
}

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
