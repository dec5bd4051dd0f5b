import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { EventSourceMapping, IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { TABLE } from '../shared/config/names.ts';
import type { Queues } from './queues.ts';
import { refuseUnknown } from './refuse-unknown.ts';

export interface Resources extends Queues {
  readonly table: TableV2;
  readonly secret: Secret;
  /** Under which all of them are encrypted; undefined: under AWS's own keys, which need no permission. */
  readonly key: IKey | undefined;
}

/** What the event source mapping does in a function's name; it hides and acknowledges, too. */
const CONSUME = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
/** Rows, letters and texts are read and replaced one by one; the parts of a long text are queried. Nothing is deleted. */
const DOCUMENTS = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'];

export const workerPermissions = ({
  jobs,
  deadLetters,
  table,
  secret,
  key,
}: Resources): PolicyStatement[] => [
  allow([...CONSUME, 'sqs:ChangeMessageVisibility'], jobs.queueArn),
  allow(['sqs:SendMessage'], deadLetters.queueArn),
  allow(DOCUMENTS, table.tableArn),
  readSecret(secret),
  ...useKey(key),
];

/** It files letters: neither the jobs queue, the budget nor Marketo's credentials are any of its business. */
export const collectorPermissions = ({ deadLetters, table, key }: Resources): PolicyStatement[] => [
  allow(CONSUME, deadLetters.queueArn),
  allowOn(table, DOCUMENTS, [`${KEY.letter}*`, `${KEY.job}*`, `${KEY.body}*`]),
  ...useKey(key),
];

export const wardenPermissions = (
  { jobs, deadLetters, table, secret, key }: Resources,
  mapping: EventSourceMapping,
  worker: IFunction,
): PolicyStatement[] => [
  allow(['sqs:SendMessage', 'sqs:GetQueueAttributes'], jobs.queueArn),
  // For the parked jobs that can never be sent.
  allow(['sqs:SendMessage'], deadLetters.queueArn),
  allow([...DOCUMENTS, 'dynamodb:BatchGetItem'], table.tableArn),
  allow(
    ['dynamodb:Query'],
    ...[TABLE.indexes.byState, TABLE.indexes.byStatus].map(({ name }) => `${table.tableArn}/index/${name}`),
  ),
  allow(['lambda:GetEventSourceMapping'], mappingArn(mapping)),
  // An update may also name another function, and would hand it the queue.
  new PolicyStatement({
    actions: ['lambda:UpdateEventSourceMapping'],
    resources: [mappingArn(mapping)],
    conditions: { ArnEquals: { 'lambda:FunctionArn': worker.functionArn } },
  }),
  readSecret(secret),
  ...useKey(key),
];

/** For the collector that writes down which batches the jobs of its letters are of. */
export const writeDownBatches = ({ table }: Pick<Resources, 'table'>): PolicyStatement[] => [
  allowOn(table, ['dynamodb:GetItem', 'dynamodb:PutItem'], [`${KEY.openBatch}*`]),
];

/** For the warden that sees batches end. */
export const lookAtBatches = ({ table }: Pick<Resources, 'table'>): PolicyStatement[] => [
  allow(['dynamodb:Query'], `${table.tableArn}/index/${TABLE.indexes.byBatch.name}`),
];

/** What a bare sender needs, of whatever make: to send, and nothing of the table. */
export const sendPermissions = ({ jobs, key }: Pick<Resources, 'jobs' | 'key'>): PolicyStatement[] => [
  allow(['sqs:SendMessage', 'sqs:GetQueueAttributes'], jobs.queueArn),
  ...useKey(key),
];

/**
 * Narrows a grant to the jobs whose ids begin so. Job ids, letters' ids and texts' names all begin with the id of the job, and
 * the keys of chunks with the name of the batch, with which the ids of a file's lines begin.
 */
export interface OfJobs {
  /** Of the characters of an id: letters, digits and `-_.`; every job without it. */
  readonly idPrefix?: string;
}

/**
 * What `createClient` needs: it asks for the row of an id that was given to it, puts one where there is none, and merges what it
 * has sent into the chunks of its batches. No policy can say "where there is none": whoever has this can also read and overwrite
 * each of these rows and chunks, a worker's included. Whether a batch was cancelled it may ask of any.
 */
export const enqueuePermissions = (
  { jobs, table, key }: Pick<Resources, 'jobs' | 'table' | 'key'>,
  of: OfJobs = {},
): PolicyStatement[] => [
  ...sendPermissions({ jobs, key }),
  allowOn(
    table,
    ['dynamodb:GetItem', 'dynamodb:PutItem'],
    [KEY.job, KEY.chunk].map((key) => `${key}${checkedPrefix(of)}*`),
  ),
  allowOn(table, ['dynamodb:GetItem'], [`${KEY.cancelled}*`]),
];

/**
 * What it takes to read answers: rows, letters and their texts, how far a batch is (its index and its chunks hold ids alone), and why
 * the account is held, which no prefix narrows: its item holds figures, and no lead's data.
 */
export const readPermissions = (
  { table, key }: Pick<Resources, 'table' | 'key'>,
  of: OfJobs = {},
): PolicyStatement[] => {
  const prefix = checkedPrefix(of);
  const keys = [KEY.job, KEY.letter, KEY.body, KEY.chunk].map((key) => `${key}${prefix}*`);
  return [
    allowOn(table, ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'], keys),
    allow(['dynamodb:Query'], `${table.tableArn}/index/${TABLE.indexes.byBatch.name}`),
    allowOn(table, ['dynamodb:GetItem'], [`${KEY.budget}*`]),
    ...useKey(key),
  ];
};

/** In a policy `*` and `?` are wildcards; no id has them. A name that is misspelt would grant all there is. */
function checkedPrefix(of: OfJobs): string {
  refuseUnknown('a grant', of, ['idPrefix']);
  const { idPrefix = '' } = of;
  if (/^[A-Za-z0-9._-]{0,100}$/.test(idPrefix)) return idPrefix;
  throw new Error(`no id of a job begins with "${idPrefix}": use letters, digits and -_.`);
}

/** What a person at the command line needs, for every command of `mktq`: triage, redrive, pause, resume and forget. */
export const operatorPermissions = (
  scope: Construct,
  { jobs, table, key }: Pick<Resources, 'jobs' | 'table' | 'key'>,
): PolicyStatement[] => [
  allow(['cloudformation:DescribeStacks'], namedStack(Stack.of(scope))),
  allow(['sqs:SendMessage', 'sqs:GetQueueAttributes'], jobs.queueArn),
  allow([...DOCUMENTS, 'dynamodb:BatchGetItem', 'dynamodb:DeleteItem', 'dynamodb:Scan'], table.tableArn),
  allow(
    ['dynamodb:Query'],
    ...Object.values(TABLE.indexes).map(({ name }) => `${table.tableArn}/index/${name}`),
  ),
  // Hashes of keys and ids of jobs: a redrive of thousands reads them whole.
  allow(['dynamodb:Scan'], `${table.tableArn}/index/${TABLE.indexes.byKey.name}`),
  ...useKey(key),
];

/** How partition keys begin (shared/aws/; test/infra/grants.test.ts compares). */
export const KEY = {
  job: 'job#',
  letter: 'letter#',
  body: 'body#',
  chunk: 'chunk#',
  cancelled: 'cancelled#',
  openBatch: 'batch#',
  budget: 'budget#',
} as const;

/** What SQS, DynamoDB and Secrets Manager do with the key in the caller's name. */
const useKey = (key: IKey | undefined): PolicyStatement[] =>
  key === undefined
    ? []
    : [
        allow(
          [
            'kms:Decrypt',
            'kms:DescribeKey',
            'kms:Encrypt',
            'kms:GenerateDataKey',
            'kms:ReEncryptFrom',
            'kms:ReEncryptTo',
          ],
          key.keyArn,
        ),
      ];

const readSecret = (secret: Secret): PolicyStatement =>
  allow(['secretsmanager:GetSecretValue'], secret.secretArn);

const allow = (actions: readonly string[], ...resources: readonly string[]): PolicyStatement =>
  new PolicyStatement({ actions: [...actions], resources: [...resources] });

/** Items whose partition keys match one of these patterns, and no others. */
const allowOn = (table: TableV2, actions: readonly string[], keys: readonly string[]): PolicyStatement =>
  new PolicyStatement({
    actions: [...actions],
    resources: [table.tableArn],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...keys] } },
  });

/** Whoever asks by the name, as `--stack` does, asks IAM about every stack of that name: its id, which is in the ARN, allows that to nobody. */
const namedStack = (stack: Stack): string =>
  stack.formatArn({ service: 'cloudformation', resource: 'stack', resourceName: `${stack.stackName}/*` });

const mappingArn = (mapping: EventSourceMapping): string =>
  Stack.of(mapping).formatArn({
    service: 'lambda',
    resource: 'event-source-mapping',
    resourceName: mapping.eventSourceMappingId,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
