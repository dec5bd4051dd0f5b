import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Color,
  Dashboard,
  GraphWidget,
  type HorizontalAnnotation,
  type IMetric,
  type IWidget,
  MathExpression,
  type Metric,
  PeriodOverride,
  SingleValueWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { MAX_IN_FLIGHT } from '../shared/config/limits.ts';
import { METRIC_NAMESPACE, METRICS, type MetricName } from '../shared/config/names.ts';
import { FUNCTION_NAMES } from './function-names.ts';
import { oldestMessageAge, ownMetric, type Watched } from './metrics.ts';

const WIDTH = 24;
const QUARTER = WIDTH / 4;

/**
 * One screen, read from the top: is anything red; how much quota is left and how long the oldest job has waited; then the
 * day's curves, four a row, what holds the account first.
 */
export function createDashboard(scope: Construct, watched: Watched, alarms: readonly Alarm[]): Dashboard {
  const dashboard = new Dashboard(scope, 'Dashboard', {
    dashboardName: watched.service,
    defaultInterval: Duration.hours(24),
    periodOverride: PeriodOverride.INHERIT,
  });
  const red = new AlarmStatusWidget({
    title: 'Red needs a person',
    alarms: [...alarms],
    width: WIDTH,
    height: 3,
  });
  const own: Own = (name, label, labels = {}) => ownMetric(watched, name, { label, labels });
  const rows = [[red], [now(watched, own)], accountRow(watched, own), outcomeRow(watched)];
  for (const row of rows) dashboard.addWidgets(...row);
  return dashboard;
}

/** A metric of ours under the name that the graph shows. */
type Own = (name: MetricName, label: string, labels?: Readonly<Record<string, string>>) => Metric;

const now = (watched: Watched, own: Own): IWidget =>
  new SingleValueWidget({
    title: 'Now',
    metrics: [
      own(METRICS.quotaLeft, 'calls left today'),
      own(METRICS.quotaShortMinutes, 'minutes without quota, forecast'),
      own(METRICS.jobsPerCall, 'jobs a call'),
      own(METRICS.pace, 'calls let through in 20 s'),
      oldestMessageAge(watched, Duration.minutes(1), 'oldest job, s'),
      own(METRICS.queueDepth, 'jobs visible'),
      own(METRICS.jobsInFlight, 'jobs in flight or hidden'),
      own(METRICS.openLetters, 'open dead letters'),
    ],
    width: WIDTH,
    height: 3,
    setPeriodToTimeRange: false,
  });

function accountRow(watched: Watched, own: Own): readonly IWidget[] {
  const heldBy = ['quota', 'rate', 'credentials', 'upstream', 'operator'].map((reason) =>
    own(METRICS.held, reason, { reason }),
  );
  return [
    graph('Held by', heldBy, { stacked: true, max: 5 }),
    graph('Quota of the day', [own(METRICS.quotaSpent, 'spent'), own(METRICS.quotaLeft, 'left')], {
      stacked: true,
    }),
    graph('Queue', [own(METRICS.queueDepth, 'visible'), own(METRICS.jobsInFlight, 'in flight or hidden')], {
      lines: [{ value: MAX_IN_FLIGHT, label: 'SQS keeps no more in flight', color: Color.RED }],
    }),
    graph('Oldest job, s', [oldestMessageAge(watched, Duration.minutes(1), 'age')]),
  ];
}

function outcomeRow(watched: Watched): readonly IWidget[] {
  const sum = { statistic: 'Sum', period: Duration.minutes(5) };
  return [
    graph('Jobs ended', [
      ownMetric(watched, METRICS.jobsCompleted, { ...sum, label: 'completed' }),
      byLabel(watched, METRICS.jobsDeadLettered, 'class', 'Sum'),
    ]),
    graph('Open dead letters by class', [byLabel(watched, METRICS.openLetters, 'class', 'Maximum')]),
    graph(
      'Functions: errors and throttles',
      FUNCTION_NAMES.flatMap((name) => [
        watched.functions[name].metricErrors({ label: `${name} errors` }),
        watched.functions[name].metricThrottles({ label: `${name} throttles` }),
      ]),
    ),
    graph('Odd', [
      byLabel(watched, METRICS.unknownCode, 'code', 'Sum'),
      ownMetric(watched, METRICS.groupMismatches, {
        ...sum,
        label: 'messages in a group that is not their lead’s',
      }),
      ownMetric(watched, METRICS.clockOff, { ...sum, label: 'minutes of workers whose clock is off' }),
    ]),
  ];
}

interface GraphOptions {
  readonly stacked?: boolean;
  readonly max?: number;
  readonly lines?: HorizontalAnnotation[];
}

const graph = (title: string, left: IMetric[], options: GraphOptions = {}): GraphWidget =>
  new GraphWidget({
    title,
    left,
    width: QUARTER,
    height: 6,
    stacked: options.stacked ?? false,
    leftYAxis: { min: 0, showUnits: false, ...(options.max === undefined ? {} : { max: options.max }) },
    ...(options.lines === undefined ? {} : { leftAnnotations: options.lines }),
  });

/** One line per value of the dimension, whichever there are. */
const byLabel = (watched: Watched, name: MetricName, label: string, statistic: string): IMetric =>
  new MathExpression({
    expression: `SEARCH('{${METRIC_NAMESPACE},service,${label}} MetricName="${name}" service="${watched.service}"', '${statistic}', 300)`,
    label: '',
    usingMetrics: {},
    period: Duration.minutes(5),
  });
