import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { TABLE } from '../shared/config/names.ts';
import type { Queues } from './queues.ts';

export interface Resources extends Queues {
  readonly table: Table;
  readonly secret: Secret;
}

/** What the event source mapping does in a function's name; it hides and acknowledges, too. */
const CONSUME = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
/** Rows, letters and texts are read and replaced one by one; the parts of a long text are queried. Nothing is deleted. */
const DOCUMENTS = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'];

export const workerPermissions = ({ jobs, deadLetters, table, secret }: Resources): PolicyStatement[] => [
  allow([...CONSUME, 'sqs:ChangeMessageVisibility'], jobs.queueArn),
  allow(['sqs:SendMessage'], deadLetters.queueArn),
  allow(DOCUMENTS, table.tableArn),
  readSecret(secret),
];

/** It files letters: neither the jobs queue nor Marketo's credentials are any of its business. */
export const collectorPermissions = ({ deadLetters, table }: Resources): PolicyStatement[] => [
  allow(CONSUME, deadLetters.queueArn),
  allow(DOCUMENTS, table.tableArn),
];

export const wardenPermissions = (
  { jobs, deadLetters, table, secret }: Resources,
  mapping: EventSourceMapping,
): PolicyStatement[] => [
  allow(['sqs:SendMessage', 'sqs:GetQueueAttributes'], jobs.queueArn),
  // For the parked jobs that can never be sent.
  allow(['sqs:SendMessage'], deadLetters.queueArn),
  allow([...DOCUMENTS, 'dynamodb:BatchGetItem'], table.tableArn),
  allow(
    ['dynamodb:Query'],
    ...[TABLE.indexes.byState, TABLE.indexes.byStatus].map(({ name }) => `${table.tableArn}/index/${name}`),
  ),
  allow(['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'], mappingArn(mapping)),
  readSecret(secret),
];

/** What a program needs to enqueue: it sees rows of jobs alone, neither letters nor the budget. */
export const enqueuePermissions = ({ jobs, table }: Pick<Resources, 'jobs' | 'table'>): PolicyStatement[] => [
  allow(['sqs:SendMessage', 'sqs:GetQueueAttributes'], jobs.queueArn),
  new PolicyStatement({
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    resources: [table.tableArn],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${JOB_KEY}*`] } },
  }),
];

/** What a person at the command line needs, for every command of `mktq`: triage, redrive, pause, resume and forget. */
export const operatorPermissions = (
  scope: Construct,
  { jobs, table }: Pick<Resources, 'jobs' | 'table'>,
): PolicyStatement[] => [
  allow(['cloudformation:DescribeStacks'], Stack.of(scope).stackId),
  allow(['sqs:SendMessage', 'sqs:GetQueueAttributes'], jobs.queueArn),
  allow([...DOCUMENTS, 'dynamodb:BatchGetItem', 'dynamodb:DeleteItem', 'dynamodb:Scan'], table.tableArn),
  allow(
    ['dynamodb:Query'],
    ...Object.values(TABLE.indexes).map(({ name }) => `${table.tableArn}/index/${name}`),
  ),
];

/** The partition key of a job's row begins so (shared/aws/dynamo-keys.ts; a test compares). */
const JOB_KEY = 'job#';

const readSecret = (secret: Secret): PolicyStatement =>
  allow(['secretsmanager:GetSecretValue'], secret.secretArn);

const allow = (actions: readonly string[], ...resources: readonly string[]): PolicyStatement =>
  new PolicyStatement({ actions: [...actions], resources: [...resources] });

const mappingArn = (mapping: EventSourceMapping): string =>
  Stack.of(mapping).formatArn({
    service: 'lambda',
    resource: 'event-source-mapping',
    resourceName: mapping.eventSourceMappingId,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
