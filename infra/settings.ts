import { Token } from 'aws-cdk-lib';
import { readOperation } from '../shared/config/environment.ts';
import type { AccountLimits } from '../shared/config/limits.ts';
import { transportOf } from '../shared/config/marketo.ts';
import type { RestChoices } from '../shared/config/rest-choices.ts';
import type { TransportName } from '../shared/config/transports.ts';
import type { SETTING_NAMES } from '../shared/config/variable-names.ts';
import { refuseUnknown } from './refuse-unknown.ts';

/** README's configuration table as props, without what is secret. Absent: the table's default. */
export interface WorkerSettings {
  /** How Marketo is spoken to, `rest` by default: it decides which variables the secret holds, and which code is deployed. */
  readonly transport?: TransportName;
  /** Calls per civil day of America/Chicago; 50,000 over REST, 10,000 over SOAP. */
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
  /** How long a job may wait for others to share its call where the day's quota will not last, at most 60,000 ms; 0: not at all. */
  readonly lingerMs?: number;
  /** Over REST: the lead field that holds foreign ids of the type CUSTOM, or one by ForeignSysType. */
  readonly foreignIdField?: string | Readonly<Record<string, string>>;
  /** Over REST: the partition of each workspace that jobs name. */
  readonly partitions?: Readonly<Record<string, string>>;
  /** Over REST: `latest` writes to the most recently updated of several leads with one address, as SOAP did. */
  readonly onDuplicate?: RestChoices['onDuplicate'];
}

/** By prop: the variable of README's table. */
export const SETTING_VARIABLES = {
  transport: 'MARKETO_TRANSPORT',
  dailyQuota: 'MARKETO_DAILY_QUOTA',
  rateLimit: 'MARKETO_RATE_LIMIT',
  concurrency: 'MARKETO_CONCURRENCY',
  share: 'MARKETO_SHARE',
  callTimeoutMs: 'MARKETO_CALL_TIMEOUT_MS',
  backoffBaseMs: 'MKTQ_BACKOFF_BASE_MS',
  backoffCapMs: 'MKTQ_BACKOFF_CAP_MS',
  retentionDays: 'MKTQ_RETENTION_DAYS',
  lingerMs: 'MKTQ_LINGER_MS',
  foreignIdField: 'MARKETO_FOREIGN_ID_FIELD',
  partitions: 'MARKETO_PARTITIONS',
  onDuplicate: 'MARKETO_ON_DUPLICATE',
} as const satisfies Record<keyof WorkerSettings, (typeof SETTING_NAMES)[number]>;

/** Of Lambda's 4,096 for a function's variables, names included: addresses and names of the stack's own take less than the rest. */
const MOST_BYTES = 2_500;

export interface CheckedSettings {
  /** Environment variables of the functions: the transport, and what else was set. */
  readonly variables: Readonly<Record<string, string>>;
  readonly transport: TransportName;
  readonly restChoices: RestChoices;
  readonly limits: AccountLimits;
  readonly retentionDays: number;
}

/** Refuses at synthesis what the functions would refuse at their start, in the same words. */
export function checkSettings(settings: WorkerSettings): CheckedSettings {
  refuseUnknown('settings', settings, settingNames());
  const given = Object.fromEntries(
    settingNames().flatMap((name) => {
      const value = settings[name];
      if (Token.isUnresolved(value))
        throw new Error(`settings.${name} is known at a deploy only: write it out, it is checked here`);
      return value === undefined ? [] : [[SETTING_VARIABLES[name], textOf(value)]];
    }),
  );
  const transport = transportOf(given);
  // Said to each function, so that nobody has to know what it would be by default.
  const variables = { ...given, [SETTING_VARIABLES.transport]: transport };
  const { rest: restChoices, limits, retentionDays } = readOperation(variables);
  const bytes = Buffer.byteLength(Object.entries(variables).flat().join(''));
  if (bytes > MOST_BYTES)
    throw new Error(
      `the settings are ${bytes} bytes as variables of a function, which has room for ${MOST_BYTES}: shorten partitions and foreignIdField`,
    );
  return { variables, transport, restChoices, limits, retentionDays };
}

const textOf = (value: unknown): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value);

/**
 * Settings out of CDK context, under the names of README's table: `-c MARKETO_DAILY_QUOTA=20000`. A command line gives texts,
 * cdk.json any JSON: `checkSettings` reads each as the text that the functions will be given.
 */
export function settingsFromContext(context: (name: string) => unknown): WorkerSettings {
  return Object.fromEntries(
    settingNames().flatMap((name) => {
      const value = context(SETTING_VARIABLES[name]);
      return value === undefined ? [] : [[name, value]];
    }),
  ) as WorkerSettings;
}

const settingNames = (): readonly (keyof WorkerSettings)[] =>
  Object.keys(SETTING_VARIABLES) as (keyof WorkerSettings)[];
