import type { Stack } from '@aws-sdk/client-cloudformation';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import {
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { OUTPUTS } from '../../shared/config/names.ts';
import { outputOf, queueAttributes, serviceOf } from './deployment.ts';
import type { Emulator } from './emulator.ts';

/** What stands in the template and is not so where it was deployed. */
export async function deviations(emulator: Emulator, stack: Stack): Promise<readonly string[]> {
  const output = (key: string) => outputOf(stack, key);
  const dynamodb = new DynamoDBClient(serviceOf(emulator));
  const lambda = new LambdaClient(serviceOf(emulator));
  const TableName = output(OUTPUTS.table);
  const jobs = await queueAttributes(emulator, output(OUTPUTS.jobsQueueUrl));
  const deadLetters = await queueAttributes(emulator, output(OUTPUTS.deadLetterQueueUrl));
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
  const backups = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }));
  const ttl = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }));
  const source = await lambda.send(new GetEventSourceMappingCommand({ UUID: output(OUTPUTS.eventSourceId) }));
  const worker = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: output(OUTPUTS.workerFunction) }),
  );
  const retries = await lambda
    .send(new GetFunctionEventInvokeConfigCommand({ FunctionName: output(OUTPUTS.wardenFunction) }))
    .then(({ MaximumRetryAttempts }) => MaximumRetryAttempts)
    .catch(() => null);
  const played: Readonly<Record<string, boolean>> = {
    jobsQueue: isAsAsked(jobs),
    deadLetterQueue: isAsAsked(deadLetters),
    redrivePolicy: (jobs['RedrivePolicy'] ?? '').includes('dead-letters.fifo'),
    redriveAllowPolicy: (deadLetters['RedriveAllowPolicy'] ?? '').includes('byQueue'),
    onDemand: Table?.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST',
    indexes: Table?.GlobalSecondaryIndexes?.length === 4,
    deletionProtection: Table?.DeletionProtectionEnabled === true,
    pointInTimeRecovery:
      backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus ===
      'ENABLED',
    timeToLive: ttl.TimeToLiveDescription?.TimeToLiveStatus === 'ENABLED',
    runtime: worker.Runtime === 'nodejs24.x' && worker.Timeout === 300,
    architecture: worker.Architectures?.join() === 'arm64',
    jsonLogs: worker.LoggingConfig?.LogFormat === 'JSON',
    eventSource: source.BatchSize === 10 && source.ScalingConfig?.MaximumConcurrency === 10,
    partialBatchResponse: source.FunctionResponseTypes?.join() === 'ReportBatchItemFailures',
    wardenRetries: retries === 0,
    terminationProtection: stack.EnableTerminationProtection === true,
  };
  return Object.keys(played)
    .filter((name) => played[name] !== true)
    .sort();
}

const isAsAsked = (queue: Readonly<Record<string, string | undefined>>): boolean =>
  queue['FifoQueue'] === 'true' &&
  queue['DeduplicationScope'] === 'messageGroup' &&
  queue['FifoThroughputLimit'] === 'perMessageGroupId' &&
  queue['SqsManagedSseEnabled'] === 'true' &&
  queue['VisibilityTimeout'] === '1800' &&
  queue['MessageRetentionPeriod'] === '1209600' &&
  (queue['Policy'] ?? '').includes('aws:SecureTransport');
