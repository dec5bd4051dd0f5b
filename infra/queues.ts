import { ArnFormat, Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
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

export interface Queues {
  readonly jobs: Queue;
  readonly deadLetters: Queue;
}

/** What holds data: under which key, and whether it outlives its stack. */
export interface DataProtection {
  readonly key: IKey | undefined;
  readonly removalPolicy: RemovalPolicy | undefined;
}

/**
 * Both FIFO, because a FIFO queue's dead letters need one, and named, because people and sync jobs find them by name.
 * High throughput: the limits of an ordinary FIFO queue (300 sends a second) hold for the whole queue.
 */
export function createQueues(
  scope: Construct,
  { name, key, removalPolicy }: { readonly name: string } & DataProtection,
): Queues {
  const jobsName = `${name}-jobs.fifo`;
  const common = {
    ...COMMON,
    ...encryptedWith(key),
    ...(removalPolicy === undefined ? {} : { removalPolicy }),
  };
  const deadLetters = new Queue(scope, 'DeadLetters', {
    ...common,
    queueName: `${name}-dead-letters.fifo`,
    // By name: the two queues cannot both refer to each other.
    redriveAllowPolicy: {
      redrivePermission: RedrivePermission.BY_QUEUE,
      sourceQueues: [Queue.fromQueueArn(scope, 'JobsByName', queueArn(scope, jobsName))],
    },
  });
  const jobs = new Queue(scope, 'Jobs', {
    ...common,
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
  enforceSSL: true,
  visibilityTimeout: Duration.seconds(QUEUE_VISIBILITY_S),
  retentionPeriod: Duration.seconds(RETENTION_S),
  receiveMessageWaitTime: Duration.seconds(20),
} satisfies QueueProps;

/** SQS's own key costs nothing per request; one of yours is asked for once in five minutes. */
const encryptedWith = (key: IKey | undefined): QueueProps =>
  key === undefined
    ? { encryption: QueueEncryption.SQS_MANAGED }
    : { encryption: QueueEncryption.KMS, encryptionMasterKey: key, dataKeyReuse: Duration.minutes(5) };

const queueArn = (scope: Construct, name: string): string =>
  Stack.of(scope).formatArn({ service: 'sqs', resource: name, arnFormat: ArnFormat.NO_RESOURCE_NAME });
