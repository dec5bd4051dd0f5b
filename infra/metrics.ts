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
  /** As CloudFormation calls it, and `--stack`. */
  readonly stack: string;
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

/** Age of the oldest message in seconds, hidden ones too, and nothing while the account waits for its quota or for the operator. */
export function unheldAge(watched: Watched): IMetric {
  const held = (reason: string) => ownMetric(watched, METRICS.held, { labels: { reason } });
  return new MathExpression({
    // Without FILL a minute in which only some of the three were written would be no minute at all.
    expression: 'IF(FILL(quota, 0) + FILL(operator, 0) > 0, 0, age)',
    usingMetrics: {
      quota: held('quota'),
      operator: held('operator'),
      age: oldestMessageAge(watched, MINUTE),
    },
    label: 'oldest job, unless held by quota or operator',
    period: MINUTE,
  });
}

/** SQS's own figure, in seconds: of every message that has not been deleted, whether it is visible, hidden or being worked on. */
export const oldestMessageAge = ({ jobs }: Watched, period: Duration, label?: string): Metric =>
  jobs.metricApproximateAgeOfOldestMessage({
    period,
    statistic: 'Maximum',
    ...(label === undefined ? {} : { label }),
  });
