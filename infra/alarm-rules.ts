import { Duration, Token } from 'aws-cdk-lib';
import {
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { MAX_IN_FLIGHT } from '../shared/config/limits.ts';
import { METRICS } from '../shared/config/names.ts';
import { FUNCTION_NAMES, type FunctionName } from './function-names.ts';
import { oldestMessageAge, ownMetric, unheldAge, type Watched } from './metrics.ts';
import { refuseUnknown } from './refuse-unknown.ts';

/** From where on somebody should look. */
export interface AlarmThresholds {
  /** Minutes that the oldest job may wait while nothing holds the account; 60: an hour is 18,000 calls, more than most backlogs. */
  readonly oldestJobMinutes: number;
  /**
   * 100: of each new cause the alarm topic is told in words, with the first letter, and again as it grows; the alarm is for what
   * then lies there, more than anybody works off by hand. Those of a cause that somebody has acknowledged do not count.
   */
  readonly openLetters: number;
  /** Days after which a message is too near the 14 at which SQS deletes it; 12: the worker files it as expired after 13. */
  readonly oldestMessageDays: number;
  /** Part of the 120,000 messages that SQS keeps in flight; 0.8: behind the last of them the queue stands still. */
  readonly inFlightPart: number;
}

const DEFAULT_THRESHOLDS: AlarmThresholds = {
  oldestJobMinutes: 60,
  openLetters: 100,
  oldestMessageDays: 12,
  inFlightPart: 0.8,
};

/** After 13 days a message is filed as expired, and gone from its queue. */
const MOST: AlarmThresholds = {
  oldestJobMinutes: 13 * 24 * 60,
  openLetters: 1_000_000_000,
  oldestMessageDays: 13,
  inFlightPart: 1,
};

/** `critical`: jobs stand still, or will be lost to time. `warning`: worth a look in the morning. */
export const SEVERITIES = ['critical', 'warning'] as const;
export type Severity = (typeof SEVERITIES)[number];

type Rule = { readonly severity: Severity; readonly alarmDescription: string } & Pick<
  AlarmProps,
  'metric' | 'threshold'
> &
  Partial<AlarmProps>;
/** By the alarm's id. */
type Rules = Readonly<Record<string, Rule>>;

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);
const { IGNORE, BREACHING } = TreatMissingData;

/** Gauges keep their last word when a minute is missing (`IGNORE`): if the warden is silent, its own alarm says so. */
export function alarmRules(watched: Watched, given: Partial<AlarmThresholds>): Rules {
  const thresholds = thresholdsOf(given);
  return {
    ...accountRules(watched, thresholds),
    ...queueRules(watched, thresholds),
    ...Object.assign({}, ...FUNCTION_NAMES.map((name) => functionRules(watched, name))),
  };
}

/** Throws at a threshold that is always crossed, or never. */
function thresholdsOf(given: Partial<AlarmThresholds>): AlarmThresholds {
  refuseUnknown('alarms', given, Object.keys(MOST));
  const read = (name: keyof AlarmThresholds): number => {
    const value = given[name] ?? DEFAULT_THRESHOLDS[name];
    if (Token.isUnresolved(value))
      throw new Error(`alarms.${name} is known at a deploy only: write it out, it is checked here`);
    if (Number.isFinite(value) && value > 0 && value <= MOST[name]) return value;
    throw new Error(`alarms.${name} is ${value}: set it to a number above 0 and at most ${MOST[name]}`);
  };
  return {
    oldestJobMinutes: read('oldestJobMinutes'),
    openLetters: read('openLetters'),
    oldestMessageDays: read('oldestMessageDays'),
    inFlightPart: read('inFlightPart'),
  };
}

/** What becomes of jobs: how long they wait, why, and which died. */
function accountRules(watched: Watched, thresholds: AlarmThresholds): Rules {
  return {
    OldestJob: {
      severity: 'critical',
      alarmDescription:
        `A job has waited ${thresholds.oldestJobMinutes} minutes and neither the quota nor the operator holds the account. ` +
        'Run: mktq status. A redriven job counts from its redrive.',
      metric: unheldAge(watched),
      threshold: thresholds.oldestJobMinutes * 60,
      evaluationPeriods: 5,
      treatMissingData: IGNORE,
    },
    OpenLetters: {
      severity: 'warning',
      alarmDescription: `${thresholds.openLetters} dead letters or more are open and nobody works them off, nor has acknowledged them. Run: mktq dlq list --by-cause`,
      metric: ownMetric(watched, METRICS.unseenLetters, { period: FIVE_MINUTES }),
      threshold: thresholds.openLetters,
      treatMissingData: IGNORE,
    },
    QuotaForecast: {
      severity: 'warning',
      alarmDescription:
        'At the pace of the day the quota will be spent before midnight in Chicago; jobs then wait for it. ' +
        'Run: mktq status. A larger quota, or MARKETO_SHARE, are the ways out.',
      metric: ownMetric(watched, METRICS.quotaShortMinutes),
      threshold: 1,
      // The first minutes of a day say little about the rest.
      evaluationPeriods: 15,
      treatMissingData: IGNORE,
    },
    CredentialsHold: {
      severity: 'critical',
      alarmDescription:
        'Marketo refuses the credentials, or the secret lacks them: every job waits. Run: mktq status. ' +
        'Put the right values into the secret; the account resumes within a minute.',
      metric: ownMetric(watched, METRICS.held, { labels: { reason: 'credentials' } }),
      threshold: 1,
      treatMissingData: IGNORE,
    },
    ForeignGroups: {
      severity: 'warning',
      alarmDescription:
        "Jobs came in an SQS message group that is not that of their ordering key: they have no order with their lead's others. " +
        'Run: mktq status; it names the groups. Their sender has to change its MessageGroupId.',
      metric: ownMetric(watched, METRICS.groupMismatches, { period: FIVE_MINUTES, statistic: 'Sum' }),
      threshold: 1,
    },
    UnknownCode: {
      severity: 'warning',
      alarmDescription:
        'Marketo answered with a code that no table of this version knows. Run: mktq dlq list --class unknown, ' +
        `or look at the metric ${METRICS.unknownCode} for the number.`,
      metric: ownMetric(watched, METRICS.unknownCodes, { period: FIVE_MINUTES, statistic: 'Sum' }),
      threshold: 1,
    },
  };
}

/** Whether every message is on its way, and those who see to it are at work. */
function queueRules(watched: Watched, thresholds: AlarmThresholds): Rules {
  return {
    CollectorStuck: {
      severity: 'critical',
      alarmDescription:
        'A message has been in the dead-letter queue for a quarter of an hour: the collector does not file it. ' +
        'Look at the log of the collector.',
      metric: watched.deadLetters.metricApproximateAgeOfOldestMessage({
        period: FIVE_MINUTES,
        statistic: 'Maximum',
      }),
      threshold: 15 * 60,
    },
    WardenSilent: {
      severity: 'critical',
      alarmDescription:
        'For five minutes the warden has not said how the account stands: holds are not probed, parked jobs are not sent, ' +
        'the other gauges stand still. Look at the log of the warden.',
      metric: ownMetric(watched, METRICS.quotaSpent, { statistic: 'SampleCount', period: MINUTE }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 5,
      treatMissingData: BREACHING,
    },
    OldestMessage: {
      severity: 'critical',
      alarmDescription:
        `A message is ${thresholds.oldestMessageDays} days old. After 13 it is filed as an expired letter, after 14 SQS ` +
        'deletes it. Run: mktq status; a hold that has lasted for days is the usual reason.',
      metric: oldestMessageAge(watched, FIVE_MINUTES),
      threshold: thresholds.oldestMessageDays * 24 * 3_600,
    },
    InFlight: {
      severity: 'critical',
      alarmDescription:
        `SQS keeps at most ${MAX_IN_FLIGHT} messages in flight and holds everything behind them. ` +
        'Too many jobs wait for a time of their own: use notBefore, which parks them.',
      metric: ownMetric(watched, METRICS.jobsInFlight),
      threshold: MAX_IN_FLIGHT * thresholds.inFlightPart,
      treatMissingData: IGNORE,
    },
  };
}

function functionRules(watched: Watched, name: FunctionName): Rules {
  const fn = watched.functions[name];
  const id = capitalised(name);
  const sum = { period: FIVE_MINUTES, statistic: 'Sum' };
  const rule = (metric: IMetric, alarmDescription: string): Rule => ({
    severity: 'warning',
    alarmDescription,
    metric,
    threshold: 1,
  });
  return {
    [`${id}Errors`]: rule(
      fn.metricErrors(sum),
      `The ${name} threw, ran out of time or was killed; nothing is lost. Look at its log.`,
    ),
    [`${id}Throttles`]: rule(
      fn.metricThrottles(sum),
      `Lambda had no room for the ${name}: the account's concurrency is used up. Each throttled receive counts against its message.`,
    ),
  };
}

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
