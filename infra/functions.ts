import { join } from 'node:path';
import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import { EventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { BATCH_SIZE, MAX_CONCURRENCY } from '../shared/config/limits.ts';
import { DEFAULT_PREFIX, ENV, type LogLevel } from '../shared/config/names.ts';
import { type CheckedEvents, publishTo } from './events.ts';
import { type BundleName, bundleOf, type FunctionName } from './function-names.ts';
import {
  collectorPermissions,
  lookAtBatches,
  type Resources,
  wardenPermissions,
  workerPermissions,
  writeDownBatches,
} from './permissions.ts';
import type { CheckedSettings } from './settings.ts';
import { type Network, StackFunction, type StackFunctionProps } from './stack-function.ts';

/** What the three functions have in common. */
export interface FunctionSettings {
  readonly account: string;
  /** What every name of the stack begins with. */
  readonly prefix: string;
  /** Of the stack: prefix and account. */
  readonly service: string;
  /** The folder of the bundles. */
  readonly bundles: string;
  readonly logRetention: RetentionDays;
  readonly logLevel: LogLevel | undefined;
  /** Whether X-Ray is told of invocations, and by the worker of jobs. */
  readonly tracing: boolean;
  readonly network: Network | undefined;
  readonly settings: CheckedSettings;
  readonly resources: Resources;
  readonly events: CheckedEvents;
}

type Own = { readonly name: FunctionName; readonly bundle?: BundleName } & Pick<
  StackFunctionProps,
  'memoryMb' | 'description' | 'permissions'
> &
  Partial<Pick<StackFunctionProps, 'environment'>>;

export const createWorker = (scope: Construct, common: FunctionSettings): LambdaFunction =>
  createFunction(scope, 'Worker', common, {
    name: 'worker',
    bundle: workerBundle(common),
    description: 'Runs jobs at Marketo',
    // A core's worth is 1,769 MB; parsing a reply of 3 MB and ten jobs at once want more than the least.
    memoryMb: 1_024,
    environment: { [ENV.secretArn]: common.resources.secret.secretArn },
    permissions: [
      ...workerPermissions(common.resources),
      ...(common.events.completed ? common.events.publish : []),
    ],
  });

const workerBundle = ({ tracing, events }: FunctionSettings): BundleName => {
  if (tracing) return 'traced-worker';
  return events.completed ? 'telling-worker' : 'worker';
};

export const createCollector = (scope: Construct, common: FunctionSettings): LambdaFunction =>
  createFunction(scope, 'Collector', common, {
    name: 'collector',
    description: 'Files dead letters',
    memoryMb: 512,
    permissions: [
      ...collectorPermissions(common.resources),
      ...(common.events.areTold ? writeDownBatches(common.resources) : []),
    ],
  });

interface WardenParts {
  readonly jobsSource: EventSourceMapping;
  readonly worker: LambdaFunction;
  /** Told in words of causes of dead letters. */
  readonly alarmTopic: ITopic;
}

export const createWarden = (
  scope: Construct,
  common: FunctionSettings,
  { jobsSource, worker, alarmTopic }: WardenParts,
): LambdaFunction => {
  const { stackName } = Stack.of(scope);
  return createFunction(scope, 'Warden', common, {
    name: 'warden',
    description:
      'Probes holds, sends what is due, sets the switch, measures, tells what is news; each minute',
    memoryMb: 512,
    environment: {
      [ENV.secretArn]: common.resources.secret.secretArn,
      [ENV.eventSourceId]: jobsSource.eventSourceMappingId,
      [ENV.alarmTopicArn]: alarmTopic.topicArn,
      ...(stackName === common.service ? {} : { [ENV.stack]: stackName }),
    },
    permissions: [
      ...wardenPermissions(common.resources, jobsSource, worker),
      ...publishTo(alarmTopic),
      ...(common.events.areTold ? [...lookAtBatches(common.resources), ...common.events.publish] : []),
    ],
  });
};

function createFunction(
  scope: Construct,
  id: string,
  common: FunctionSettings,
  { name, bundle = name, ...own }: Own,
): LambdaFunction {
  const { account, prefix, service, bundles, logRetention, logLevel, tracing, network } = common;
  const { settings, resources, events } = common;
  return new StackFunction(scope, id, {
    ...own,
    functionName: `${service}-${name}`,
    bundle: join(bundles, bundleOf(bundle, settings.transport)),
    environment: {
      ...settings.variables,
      [ENV.account]: account,
      ...(prefix === DEFAULT_PREFIX ? {} : { [ENV.prefix]: prefix }),
      ...(logLevel === undefined ? {} : { [ENV.logLevel]: logLevel }),
      [ENV.table]: resources.table.tableName,
      // Addresses, not permissions: what a function may do there is in its role.
      [ENV.jobsQueueUrl]: resources.jobs.queueUrl,
      [ENV.deadLetterQueueUrl]: resources.deadLetters.queueUrl,
      ...events.variables,
      ...own.environment,
    },
    logRetention,
    key: resources.key,
    tracing,
    network,
  }).function;
}

/**
 * `Enabled` is left out on purpose: the switch is the warden's, and an update that does not name it leaves it as it
 * stands. Opened all the same it costs nothing but calls of the worker: the hold in the budget is the gate.
 */
export const consume = (target: LambdaFunction, id: string, queue: Queue): EventSourceMapping =>
  new EventSourceMapping(target, id, {
    target,
    eventSourceArn: queue.queueArn,
    batchSize: BATCH_SIZE,
    maxConcurrency: MAX_CONCURRENCY,
    reportBatchItemFailures: true,
  });

export function everyMinute(scope: Construct, warden: LambdaFunction): void {
  // A minute that fails is not made up for: the next one does all of its work.
  warden.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
  new Rule(scope, 'EveryMinute', {
    description: 'Runs the warden',
    schedule: Schedule.rate(Duration.minutes(1)),
    targets: [new FunctionTarget(warden, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
  });
}
