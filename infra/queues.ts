import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import {
  DeduplicationScope,
  FifoThroughputLimit,
  Queue,
  QueueEncryption,
  type QueueProps,
  RedrivePermission,
} from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { MAX_RECEIVE_COUNT, QUEUE_VISIBILITY_S, RETENTION_S } from '../shared/config/limits.ts';
import { stackNameOf } from '../shared/config/names.ts';

export interface Queues {
  readonly jobs: Queue;
  readonly deadLetters: Queue;
}

/**
 * Both FIFO, because a FIFO queue's dead letters need one, and named, because people and sync jobs find them by name.
 * High throughput: the limits of an ordinary FIFO queue (300 sends a second) hold for the whole queue.
 */
export function createQueues(scope: Construct, account: string): Queues {
  const jobsName = `${stackNameOf(account)}-jobs.fifo`;
  const deadLetters = new Queue(scope, 'DeadLetters', {
    ...COMMON,
    queueName: `${stackNameOf(account)}-dead-letters.fifo`,
    // By name: the two queues cannot both refer to each other.
    redriveAllowPolicy: {
      redrivePermission: RedrivePermission.BY_QUEUE,
      sourceQueues: [Queue.fromQueueArn(scope, 'JobsByName', queueArn(scope, jobsName))],
    },
  });
  const jobs = new Queue(scope, 'Jobs', {
    ...COMMON,
    queueName: jobsName,
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: MAX_RECEIVE_COUNT },
  });
  return { jobs, deadLetters };
}

const COMMON = {
  fifo: true,
  // A hash of the body would take two jobs with equal contents for one: the id of the job decides.
  contentBasedDeduplication: false,
  deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
  // SQS's own key: it costs nothing per request, and leads are no safer under a key that the same roles may use.
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  visibilityTimeout: Duration.seconds(QUEUE_VISIBILITY_S),
  retentionPeriod: Duration.seconds(RETENTION_S),
  receiveMessageWaitTime: Duration.seconds(20),
} satisfies QueueProps;

const queueArn = (scope: Construct, name: string): string =>
  Stack.of(scope).formatArn({ service: 'sqs', resource: name, arnFormat: ArnFormat.NO_RESOURCE_NAME });
