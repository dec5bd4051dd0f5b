/** Names that the stack, the functions and the command line share. `infra/` imports this file. */

/** Environment variables of the functions beside those of the README's configuration table. Nothing secret is in them. */
export const ENV = {
  table: 'MKTQ_TABLE',
  jobsQueueUrl: 'MKTQ_JOBS_QUEUE_URL',
  deadLetterQueueUrl: 'MKTQ_DEAD_LETTER_QUEUE_URL',
  account: 'MKTQ_ACCOUNT',
  secretArn: 'MKTQ_SECRET_ARN',
  eventSourceId: 'MKTQ_EVENT_SOURCE_ID',
  /** Set by the local stack alone: the life of its one process. A claim of another instance is void, its process is dead. */
  localInstance: 'MKTQ_LOCAL_INSTANCE',
  /** As the AWS SDK itself names them; set by the local stack, absent on Lambda. */
  sqsEndpoint: 'AWS_ENDPOINT_URL_SQS',
  dynamodbEndpoint: 'AWS_ENDPOINT_URL_DYNAMODB',
  region: 'AWS_REGION',
  accessKeyId: 'AWS_ACCESS_KEY_ID',
  secretAccessKey: 'AWS_SECRET_ACCESS_KEY',
} as const;

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
    byStatus: { name: 'byStatus', partitionKey: 'letterPk', sortKey: 'letterSk' },
  },
} as const;

/** The default name of the account when none is configured: one stack serves one Marketo subscription. */
export const DEFAULT_ACCOUNT = 'default';
