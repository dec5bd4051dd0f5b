import { join } from 'node:path';
import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Dashboard, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import {
  type IGrantable,
  type IManagedPolicy,
  PermissionsBoundary,
  type PolicyStatement,
} from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { EventSourceMapping, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DEFAULT_PREFIX, OUTPUTS, stackNameOf } from '../shared/config/names.ts';
import type { TransportName } from '../shared/config/transports.ts';
import { MARKETO_VARIABLES } from '../shared/config/variable-names.ts';
import { acknowledge } from './acknowledge.ts';
import { type AlarmThresholds, createAlarms, type Severity } from './alarms.ts';
import { createDashboard } from './dashboard.ts';
import { letCloudWatchUse } from './encryption.ts';
import {
  consume,
  createCollector,
  createWarden,
  createWorker,
  everyMinute,
  type FunctionSettings,
  type LogLevel,
} from './functions.ts';
import {
  enqueuePermissions,
  type OfJobs,
  operatorPermissions,
  type Resources,
  readPermissions,
  sendPermissions,
} from './permissions.ts';
import { createQueries } from './queries.ts';
import { createQueues, type DataProtection } from './queues.ts';
import { type CheckedSettings, checkSettings, type WorkerSettings } from './settings.ts';
import type { Network } from './stack-function.ts';
import { createTable } from './table.ts';

export interface MarketoWorkerProps {
  /**
   * Names the Marketo subscription: small letters, digits and dashes, at most 30. Every queue and function is named
   * after it (`mktq-<account>-jobs.fifo`), so two workers of one account cannot share a region.
   */
  readonly account: string;
  /** Instead of `mktq` at the beginning of every name: two environments of one subscription in one region. At most 20. */
  readonly resourcePrefix?: string;
  /** The folder of the bundled functions, as `bundleFunctions` leaves it; those that came with the package. */
  readonly bundles?: string;
  /** The transport, limits and timings of README's configuration table. */
  readonly settings?: WorkerSettings;
  /** How long CloudWatch keeps the logs of the functions; a month by default. No log line carries a lead's data. */
  readonly logRetention?: RetentionDays;
  /** `INFO` by default. */
  readonly logLevel?: LogLevel;
  /**
   * Encrypts queues, table, secret, logs and the alarm topic under a key of yours, whose policy the construct extends; AWS's
   * own keys by default. KMS is then asked once in five minutes by each queue.
   */
  readonly encryptionKey?: IKey;
  /**
   * Puts the functions into a network of yours; Lambda's own by default. From its subnets they must reach Marketo over HTTPS
   * (a NAT gateway), and SQS, DynamoDB, Secrets Manager and Lambda over it or over endpoints (docs/deploying.md).
   */
  readonly vpc?: IVpc;
  /** The private subnets with a way out by default. */
  readonly vpcSubnets?: SubnetSelection;
  /** One of its own for each function by default, which lets out everything. */
  readonly securityGroups?: readonly ISecurityGroup[];
  /** On each role of the construct. */
  readonly permissionsBoundary?: IManagedPolicy;
  /**
   * What becomes of queues, table and secret when they leave the stack. By default the table is retained, with protection
   * against deletion, and the others go. `DESTROY` takes the letters along: for environments that are thrown away.
   */
  readonly removalPolicy?: RemovalPolicy;
  /** Addresses that are sent every alarm, once each has confirmed. Anything else subscribes to `alarmTopic`. */
  readonly alarmEmails?: readonly string[];
  /** A topic of yours for the alarms; one of the construct's own by default. CloudWatch must be allowed to publish to it. */
  readonly alarmTopic?: ITopic;
  /** What an alarm does beside that, by its severity: call somebody for what is critical, say. */
  readonly alarmActions?: Readonly<Partial<Record<Severity, readonly IAlarmAction[]>>>;
  readonly alarms?: Partial<AlarmThresholds>;
  /** Where your operators read docs/operating.md; alarms end with it and their heading. */
  readonly runbook?: string;
}

/** Where the package, which is built by scripts/build.ts, keeps the functions beside this very module. */
const PREBUILT = join(import.meta.dirname, 'bundles');

const ACCOUNT = /^[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?$/;
const PREFIX = /^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$/;
const RUNBOOK = 'docs/operating.md';

/**
 * A queue in front of one Marketo subscription, with everything that works on it and watches it. Its secret is made
 * without a value: until somebody puts one in, the account is held and no job is touched.
 */
export class MarketoWorker extends Construct {
  /** Where jobs are sent to. */
  readonly jobsQueue: Queue;
  readonly deadLetterQueue: Queue;
  readonly table: Table;
  /** One JSON object with the variables of the transport, of README's configuration table. */
  readonly secret: Secret;
  readonly worker: LambdaFunction;
  readonly collector: LambdaFunction;
  readonly warden: LambdaFunction;
  readonly alarmTopic: ITopic;
  readonly dashboard: Dashboard;
  readonly #key: IKey | undefined;

  constructor(scope: Construct, id: string, props: MarketoWorkerProps) {
    super(scope, id);
    const { account, resourcePrefix: prefix = DEFAULT_PREFIX, encryptionKey: key, removalPolicy } = props;
    checkNames(account, prefix);
    const service = stackNameOf(account, prefix);
    const settings = checkSettings(props.settings ?? {});
    if (props.permissionsBoundary !== undefined)
      PermissionsBoundary.of(this).apply(props.permissionsBoundary);
    if (key !== undefined) letCloudWatchUse(this, key);
    const { jobs, deadLetters } = createQueues(this, { name: service, key, removalPolicy });
    this.jobsQueue = jobs;
    this.deadLetterQueue = deadLetters;
    this.table = createTable(this, { key, removalPolicy });
    this.secret = createSecret(this, account, settings.transport, { key, removalPolicy });
    this.#key = key;
    const resources: Resources = { jobs, deadLetters, table: this.table, secret: this.secret, key };
    const common: FunctionSettings = {
      account,
      prefix,
      service,
      bundles: props.bundles ?? PREBUILT,
      logRetention: props.logRetention ?? RetentionDays.ONE_MONTH,
      logLevel: props.logLevel,
      network: networkOf(props),
      settings,
      resources,
    };

    this.worker = createWorker(this, common);
    const jobsSource = consume(this.worker, 'JobsSource', jobs);
    this.collector = createCollector(this, common);
    consume(this.collector, 'DeadLettersSource', deadLetters);
    this.warden = createWarden(this, common, jobsSource, this.worker);
    everyMinute(this, this.warden);

    const watched = {
      service,
      jobs,
      deadLetters,
      functions: { worker: this.worker, collector: this.collector, warden: this.warden },
    };
    const { topic, alarms } = createAlarms(this, watched, {
      thresholds: props.alarms ?? {},
      emails: props.alarmEmails ?? [],
      topic: props.alarmTopic,
      actions: props.alarmActions ?? {},
      runbook: props.runbook ?? RUNBOOK,
      key,
    });
    this.alarmTopic = topic;
    createQueries(this, watched);
    this.dashboard = createDashboard(this, watched, alarms);
    this.#describe(account, settings, jobsSource);
  }

  /** Lets a program send jobs with any SQS client. A rerun of the same jobs is sent again, and no answer can be read. */
  grantSend(grantee: IGrantable): void {
    grant(grantee, sendPermissions({ jobs: this.jobsQueue, key: this.#key }));
  }

  /**
   * Lets a program enqueue with `createClient`: it puts a row where there is none, so that a rerun sends nothing twice. IAM
   * cannot say "where there is none": the program can read and overwrite any row, and any chunk of a batch, whose id or name begins
   * with `idPrefix`.
   */
  grantEnqueue(grantee: IGrantable, of: OfJobs = {}): void {
    grant(grantee, enqueuePermissions({ jobs: this.jobsQueue, table: this.table, key: this.#key }, of));
  }

  /**
   * Lets a program read with `createClient` what became of jobs whose ids begin with `idPrefix`: results and letters, which carry
   * leads' data. Of batches it learns how far they are, of the account why it is held.
   */
  grantRead(grantee: IGrantable, of: OfJobs = {}): void {
    grant(grantee, readPermissions({ table: this.table, key: this.#key }, of));
  }

  /** Lets a person run every command of `mktq --stack`. Letters and rows carry leads' data: grant it as you would those. */
  grantOperate(grantee: IGrantable): void {
    grant(grantee, operatorPermissions(this, { jobs: this.jobsQueue, table: this.table, key: this.#key }));
  }

  /** `mktq --stack NAME` finds everything here, by names that do not hang on the construct's path: one worker per stack. */
  #describe(account: string, settings: CheckedSettings, jobsSource: EventSourceMapping): void {
    const values: Record<(typeof OUTPUTS)[keyof typeof OUTPUTS], string> = {
      [OUTPUTS.region]: Stack.of(this).region,
      [OUTPUTS.account]: account,
      [OUTPUTS.jobsQueueUrl]: this.jobsQueue.queueUrl,
      [OUTPUTS.jobsQueueArn]: this.jobsQueue.queueArn,
      [OUTPUTS.deadLetterQueueUrl]: this.deadLetterQueue.queueUrl,
      [OUTPUTS.table]: this.table.tableName,
      [OUTPUTS.tableArn]: this.table.tableArn,
      [OUTPUTS.transport]: settings.transport,
      [OUTPUTS.restChoices]: JSON.stringify(settings.restChoices),
      [OUTPUTS.limits]: JSON.stringify(settings.limits),
      [OUTPUTS.retentionDays]: String(settings.retentionDays),
      [OUTPUTS.secretArn]: this.secret.secretArn,
      [OUTPUTS.workerFunction]: this.worker.functionName,
      [OUTPUTS.collectorFunction]: this.collector.functionName,
      [OUTPUTS.wardenFunction]: this.warden.functionName,
      [OUTPUTS.eventSourceId]: jobsSource.eventSourceMappingId,
      [OUTPUTS.alarmTopicArn]: this.alarmTopic.topicArn,
      [OUTPUTS.dashboard]: this.dashboard.dashboardName,
    };
    const outputs = new Construct(this, 'Outputs');
    for (const [name, value] of Object.entries(values)) {
      new CfnOutput(outputs, name, { value }).overrideLogicalId(name);
    }
  }
}

function grant(grantee: IGrantable, statements: readonly PolicyStatement[]): void {
  for (const statement of statements) grantee.grantPrincipal.addToPrincipalPolicy(statement);
}

function checkNames(account: string, prefix: string): void {
  if (!ACCOUNT.test(account)) {
    throw new Error(
      `the account "${account}" cannot name queues: use small letters, digits and dashes, at most 30`,
    );
  }
  if (!PREFIX.test(prefix)) {
    throw new Error(
      `the prefix "${prefix}" cannot begin a queue's name: use small letters, digits and dashes, at most 20`,
    );
  }
}

function networkOf({ vpc, vpcSubnets, securityGroups }: MarketoWorkerProps): Network | undefined {
  if (vpc !== undefined) return { vpc, subnets: vpcSubnets, securityGroups };
  if (vpcSubnets === undefined && securityGroups === undefined) return undefined;
  throw new Error('vpcSubnets and securityGroups are of a network: say which, with vpc');
}

function createSecret(
  scope: Construct,
  account: string,
  transport: TransportName,
  { key, removalPolicy = RemovalPolicy.DESTROY }: DataProtection,
): Secret {
  const secret = new Secret(scope, 'Secret', {
    description: `Marketo's endpoint and credentials of ${account}: a JSON object with ${MARKETO_VARIABLES[transport].join(', ')}`,
    removalPolicy,
    ...(key === undefined ? {} : { encryptionKey: key }),
  });
  // Without a value of its own: one that stood in the template could replace the operator's with the next deploy.
  (secret.node.defaultChild as CfnSecret).addPropertyDeletionOverride('GenerateSecretString');
  acknowledge(
    secret,
    'AwsSolutions-SMG4',
    'Marketo has no way to rotate the key by program: a person does, and a new value is used within a minute.',
  );
  return secret;
}
