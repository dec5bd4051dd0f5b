import { readOperation } from '../shared/config/environment.ts';
import type { AccountLimits } from '../shared/config/limits.ts';
import { transportOf } from '../shared/config/marketo.ts';
import type { RestChoices } from '../shared/config/rest-choices.ts';
import type { TransportName } from '../shared/config/transports.ts';

/** README's configuration table as props, without what is secret. Absent: the table's default. */
export interface WorkerSettings {
  /** Calls per civil day of America/Chicago. */
  readonly dailyQuota?: number;
  /** Calls per 20 s. */
  readonly rateLimit?: number;
  /** Calls at once. */
  readonly concurrency?: number;
  /** The part of rate, slots and quota that is this queue's, above 0 and at most 1. */
  readonly share?: number;
  /** Total deadline of one call, at most 270,000 ms. */
  readonly callTimeoutMs?: number;
  readonly backoffBaseMs?: number;
  readonly backoffCapMs?: number;
  /** How long completed jobs and closed letters are kept, at least 15 days. */
  readonly retentionDays?: number;
}

const SETTING_VARIABLES = {
  dailyQuota: 'MARKETO_DAILY_QUOTA',
  rateLimit: 'MARKETO_RATE_LIMIT',
  concurrency: 'MARKETO_CONCURRENCY',
  share: 'MARKETO_SHARE',
  callTimeoutMs: 'MARKETO_CALL_TIMEOUT_MS',
  backoffBaseMs: 'MKTQ_BACKOFF_BASE_MS',
  backoffCapMs: 'MKTQ_BACKOFF_CAP_MS',
  retentionDays: 'MKTQ_RETENTION_DAYS',
} as const satisfies Record<keyof WorkerSettings, string>;

export interface CheckedSettings {
  /** Environment variables of the functions: only those that were set. */
  readonly variables: Readonly<Record<string, string>>;
  readonly transport: TransportName;
  readonly restChoices: RestChoices;
  readonly limits: AccountLimits;
  readonly retentionDays: number;
}

/** Refuses at synthesis what the functions would refuse at their start, in the same words. */
export function checkSettings(settings: WorkerSettings): CheckedSettings {
  const variables = Object.fromEntries(
    settingNames().flatMap((name) => {
      const value = settings[name];
      return value === undefined ? [] : [[SETTING_VARIABLES[name], String(value)]];
    }),
  );
  const { rest: restChoices, limits, retentionDays } = readOperation(variables);
  return { variables, transport: transportOf(variables), restChoices, limits, retentionDays };
}

/** Settings out of CDK context, under the names of README's table: `-c MARKETO_DAILY_QUOTA=20000`. */
export function settingsFromContext(context: (name: string) => unknown): WorkerSettings {
  return Object.fromEntries(
    settingNames().flatMap((name) => {
      const value = context(SETTING_VARIABLES[name]);
      return value === undefined ? [] : [[name, Number(value)]];
    }),
  );
}

const settingNames = (): readonly (keyof WorkerSettings)[] =>
  Object.keys(SETTING_VARIABLES) as (keyof WorkerSettings)[];
