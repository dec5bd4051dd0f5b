/** Names that the stack, the functions and the command line share. `infra/` imports this file. */

/** Environment variables of the functions beside those of the README's configuration table. Nothing secret is in them. */
export const ENV = {
  table: 'MKTQ_TABLE',
  jobsQueueUrl: 'MKTQ_JOBS_QUEUE_URL',
  deadLetterQueueUrl: 'MKTQ_DEAD_LETTER_QUEUE_URL',
  account: 'MKTQ_ACCOUNT',
  /** What every name of the stack begins with; absent: `mktq`. */
  prefix: 'MKTQ_PREFIX',
  /** Of the CloudFormation stack, for the commands that messages suggest; absent: it is called as every name in it begins. */
  stack: 'MKTQ_STACK',
  /** One of LOG_LEVELS. Ours, because Lambda sets the one that the logger heeds. */
  logLevel: 'MKTQ_LOG_LEVEL',
  secretArn: 'MKTQ_SECRET_ARN',
  eventSourceId: 'MKTQ_EVENT_SOURCE_ID',
  /** Where the topic of the alarms is; the warden tells it of causes. */
  alarmTopicArn: 'MKTQ_ALARM_TOPIC_ARN',
  /** Where events go: one of the two, or neither. A bus by its ARN. */
  eventBus: 'MKTQ_EVENT_BUS',
  eventTopicArn: 'MKTQ_EVENT_TOPIC_ARN',
  /** `true`: each completed job is an event, too. */
  completedEvents: 'MKTQ_COMPLETED_EVENTS',
  /** Set by the local stack alone: the life of its one process. A claim of another instance is void, its process is dead. */
  localInstance: 'MKTQ_LOCAL_INSTANCE',
  /** As the AWS SDK itself names them; set by the local stack, absent on Lambda. */
  sqsEndpoint: 'AWS_ENDPOINT_URL_SQS',
  dynamodbEndpoint: 'AWS_ENDPOINT_URL_DYNAMODB',
  secretsEndpoint: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
  lambdaEndpoint: 'AWS_ENDPOINT_URL_LAMBDA',
  eventBridgeEndpoint: 'AWS_ENDPOINT_URL_EVENTBRIDGE',
  snsEndpoint: 'AWS_ENDPOINT_URL_SNS',
  /** Set by Lambda alone. */
  lambdaFunctionName: 'AWS_LAMBDA_FUNCTION_NAME',
  region: 'AWS_REGION',
  accessKeyId: 'AWS_ACCESS_KEY_ID',
  secretAccessKey: 'AWS_SECRET_ACCESS_KEY',
} as const;

/** Lines below the one asked for are not written. Metrics are lines of another kind, and always are. */
export const LOG_LEVELS = ['INFO', 'WARN', 'ERROR'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The DynamoDB table: one key schema for every kind of item, and its indexes. All key attributes are strings. */
export const TABLE = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Epoch seconds; DynamoDB deletes the item some time after. */
  ttl: 'ttl',
  indexes: {
    /** Jobs by ordering key. */
    byKey: { name: 'byKey', partitionKey: 'keyPk', sortKey: 'keySk' },
    /** Jobs by batch, sharded; keys only. */
    byBatch: { name: 'byBatch', partitionKey: 'batchPk', sortKey: 'batchSk' },
    /** Jobs by state, sharded; for the parked ones the sort key is the due time. */
    byState: { name: 'byState', partitionKey: 'statePk', sortKey: 'stateSk' },
    /** Letters by status, newest last; carries the columns of `LetterSummary`. */
    byStatus: { name: 'byStatus', partitionKey: 'letterPk', sortKey: 'letterSk', carries: ['summary'] },
  },
} as const;

/** The message attribute by which a sender says that it puts down the job's row itself. */
export const HAS_ROW = 'row';

/** The default name of the account when none is configured: one stack serves one Marketo subscription. */
export const DEFAULT_ACCOUNT = 'default';

export const DEFAULT_PREFIX = 'mktq';

/** One deployed stack serves one Marketo subscription; every name in it begins with this. */
export const stackNameOf = (account: string, prefix: string = DEFAULT_PREFIX): string =>
  `${prefix}-${account}`;

/** Outputs of a deployed stack: whoever holds its name finds everything else here. Stable: programs read them. */
export const OUTPUTS = {
  region: 'Region',
  account: 'Account',
  jobsQueueUrl: 'JobsQueueUrl',
  jobsQueueArn: 'JobsQueueArn',
  deadLetterQueueUrl: 'DeadLetterQueueUrl',
  table: 'TableName',
  tableArn: 'TableArn',
  /** `soap` or `rest`: which variables the secret holds. */
  transport: 'Transport',
  /** `RestChoices` as JSON: what a check of jobs goes by. */
  restChoices: 'RestChoices',
  /** `AccountLimits` as JSON: what the functions were deployed with, for commands that show and plan. */
  limits: 'Limits',
  /** How long closed letters are kept: commands close them. */
  retentionDays: 'RetentionDays',
  secretArn: 'SecretArn',
  workerFunction: 'WorkerFunction',
  collectorFunction: 'CollectorFunction',
  wardenFunction: 'WardenFunction',
  eventSourceId: 'EventSourceId',
  alarmTopicArn: 'AlarmTopicArn',
  dashboard: 'Dashboard',
} as const;

/**
 * What the functions measure, under the namespace `mktq` and the dimension `service` (the stack's name). Those with a
 * second dimension say so. CloudWatch bills each name and value of a dimension as a metric of its own: few, and no ids.
 */
export const METRIC_NAMESPACE = 'mktq';
export const METRICS = {
  /** By the warden, each minute. */
  quotaSpent: 'QuotaSpent',
  quotaLeft: 'QuotaLeft',
  /** How many jobs a call of the day was for, on average: several may share one. */
  jobsPerCall: 'JobsPerCall',
  /** Calls per window and calls at once that are let through now: fewer after Marketo has refused some as too many. */
  pace: 'Pace',
  slots: 'Slots',
  /** How many minutes before the reset the quota will be spent at the pace of the day; 0 if it lasts. */
  quotaShortMinutes: 'QuotaShortMinutes',
  queueDepth: 'QueueDepth',
  jobsInFlight: 'JobsInFlight',
  /** 1 or 0, dimension `reason`: one per reason of a hold. */
  held: 'Held',
  /** By the warden, every five minutes; in all, and by dimension `class`. */
  openLetters: 'OpenLetters',
  /** By the warden, every five minutes: those of them that nobody has acknowledged. */
  unseenLetters: 'UnseenLetters',
  /** By whoever does it. */
  jobsCompleted: 'JobsCompleted',
  /** Dimension `class`. */
  jobsDeadLettered: 'JobsDeadLettered',
  /** Answers whose code no table of ours knows; `unknownCode` is the same by dimension `code`. */
  unknownCodes: 'UnknownCodes',
  unknownCode: 'UnknownCode',
  /** Deliveries whose MessageGroupId is not that of their job: they have no order with the lead's other jobs. */
  groupMismatches: 'GroupMismatches',
  /** Events of completed jobs that were not told, because whoever takes them did not, or not fast enough. */
  eventsDropped: 'EventsDropped',
  /** Once a minute by each worker whose clock is proved to be off by more than two seconds; it sends nothing. */
  clockOff: 'ClockOff',
} as const;
export type MetricName = (typeof METRICS)[keyof typeof METRICS];
