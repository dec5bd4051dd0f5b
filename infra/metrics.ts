import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { METRIC_NAMESPACE, METRICS, type MetricName } from '../shared/config/names.ts';
import type { FunctionName } from './function-names.ts';

/** What there is to look at in one stack. */
export interface Watched {
  /** The dimension `service` of every metric of ours. */
  readonly service: string;
  readonly jobs: Queue;
  readonly deadLetters: Queue;
  readonly functions: Readonly<Record<FunctionName, LambdaFunction>>;
}

const MINUTE = Duration.minutes(1);

/** A metric that the functions write. */
export const ownMetric = (
  { service }: Watched,
  metricName: MetricName,
  options: MetricOptions & { readonly labels?: Readonly<Record<string, string>> } = {},
): Metric => {
  const { labels = {}, ...given } = options;
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { service, ...labels },
    statistic: 'Maximum',
    period: MINUTE,
    ...given,
  });
};

/** Age of the oldest job in seconds, and nothing while the account waits for its quota or for the operator. */
export function unheldAge(watched: Watched): IMetric {
  const held = (reason: string) => ownMetric(watched, METRICS.held, { labels: { reason } });
  return new MathExpression({
    // Without FILL a minute in which only some of the three were written would be no minute at all.
    expression: 'IF(FILL(quota, 0) + FILL(operator, 0) > 0, 0, age)',
    usingMetrics: {
      quota: held('quota'),
      operator: held('operator'),
      age: ownMetric(watched, METRICS.oldestJobSeconds),
    },
    label: 'oldest job, unless held by quota or operator',
    period: MINUTE,
  });
}

/** The ledger knows jobs that SQS has hidden, SQS knows messages that no worker has seen: the older of both, in seconds. */
export function oldestMessageAge(watched: Watched): IMetric {
  const period = Duration.minutes(5);
  return new MathExpression({
    expression: 'MAX([FILL(ledger, 0), FILL(sqs, 0)])',
    usingMetrics: {
      ledger: ownMetric(watched, METRICS.oldestJobSeconds, { period }),
      sqs: watched.jobs.metricApproximateAgeOfOldestMessage({ period, statistic: 'Maximum' }),
    },
    label: 'oldest message',
    period,
  });
}
