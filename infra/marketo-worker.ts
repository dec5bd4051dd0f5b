import { join } from 'node:path';
import * as core from 'aws-cdk-lib';
import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { EventSourceMapping, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { OUTPUTS, stackNameOf } from '../shared/config/names.ts';
import type { TransportName } from '../shared/config/transports.ts';
import { MARKETO_VARIABLES } from '../shared/config/variable-names.ts';
import { type AlarmThresholds, createAlarms } from './alarms.ts';
import { createDashboard } from './dashboard.ts';
import {
  consume,
  createCollector,
  createWarden,
  createWorker,
  everyMinute,
  type FunctionSettings,
} from './functions.ts';
import {
  enqueuePermissions,
  type OfJobs,
  operatorPermissions,
  type Resources,
  readPermissions,
  sendPermissions,
} from './permissions.ts';
import { createQueues } from './queues.ts';
import { type CheckedSettings, checkSettings, type WorkerSettings } from './settings.ts';
import { createTable } from './table.ts';

export interface MarketoWorkerProps {
  /**
   * Names the Marketo subscription: small letters, digits and dashes, at most 30. Every queue and function is named
   * after it (`mktq-<account>-jobs.fifo`), so two workers of one account cannot share a region.
   */
  readonly account: string;
  /** The folder of the bundled functions, as `bundleFunctions` leaves it; those that came with the package. */
  readonly bundles?: string;
  /** The transport, limits and timings of README's configuration table. */
  readonly settings?: WorkerSettings;
  /** How long CloudWatch keeps the logs of the functions; a month by default. No log line carries a lead's data. */
  readonly logRetention?: RetentionDays;
  /** Addresses that are sent every alarm, once each has confirmed. Anything else subscribes to `alarmTopic`. */
  readonly alarmEmails?: readonly string[];
  readonly alarms?: Partial<AlarmThresholds>;
}

/** Where the package, which is built by scripts/build.ts, keeps the functions beside this very module. */
const PREBUILT = join(import.meta.dirname, 'bundles');

const ACCOUNT = /^[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?$/;

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
  readonly alarmTopic: Topic;
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: MarketoWorkerProps) {
    super(scope, id);
    const { account } = props;
    if (!ACCOUNT.test(account)) {
      throw new Error(
        `the account "${account}" cannot name queues: use small letters, digits and dashes, at most 30`,
      );
    }
    const settings = checkSettings(props.settings ?? {});
    const { jobs, deadLetters } = createQueues(this, account);
    this.jobsQueue = jobs;
    this.deadLetterQueue = deadLetters;
    this.table = createTable(this);
    this.secret = createSecret(this, account, settings.transport);
    const resources: Resources = { jobs, deadLetters, table: this.table, secret: this.secret };
    const common: FunctionSettings = {
      account,
      bundles: props.bundles ?? PREBUILT,
      logRetention: props.logRetention ?? RetentionDays.ONE_MONTH,
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
      service: stackNameOf(account),
      jobs,
      deadLetters,
      functions: { worker: this.worker, collector: this.collector, warden: this.warden },
    };
    const { topic, alarms } = createAlarms(this, watched, props.alarms ?? {}, props.alarmEmails ?? []);
    this.alarmTopic = topic;
    this.dashboard = createDashboard(this, watched, alarms);
    this.#describe(account, settings, jobsSource);
  }

  /** Lets a program send jobs with any SQS client. A rerun of the same jobs is sent again, and no answer can be read. */
  grantSend(grantee: IGrantable): void {
    grant(grantee, sendPermissions({ jobs: this.jobsQueue }));
  }

  /**
   * Lets a program enqueue with `createClient`: it puts a row where there is none, so that a rerun sends nothing twice. IAM
   * cannot say "where there is none": the program can read and overwrite any row whose id begins with `idPrefix`.
   */
  grantEnqueue(grantee: IGrantable, of: OfJobs = {}): void {
    grant(grantee, enqueuePermissions({ jobs: this.jobsQueue, table: this.table }, of));
  }

  /** Lets a program read jobs, results and letters whose ids begin with `idPrefix`, and count batches. They carry leads' data. */
  grantRead(grantee: IGrantable, of: OfJobs = {}): void {
    grant(grantee, readPermissions({ table: this.table }, of));
  }

  /** Lets a person run every command of `mktq --stack`. Letters and rows carry leads' data: grant it as you would those. */
  grantOperate(grantee: IGrantable): void {
    grant(grantee, operatorPermissions(this, { jobs: this.jobsQueue, table: this.table }));
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

function createSecret(scope: Construct, account: string, transport: TransportName): Secret {
  const secret = new Secret(scope, 'Secret', {
    description: `Marketo's endpoint and credentials of ${account}: a JSON object with ${MARKETO_VARIABLES[transport].join(', ')}`,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  // Without a value of its own: one that stood in the template could replace the operator's with the next deploy.
  (secret.node.defaultChild as CfnSecret).addPropertyDeletionOverride('GenerateSecretString');
  // Older libraries have no such class, and no rule that would ask for it.
  const { Validations } = core as Partial<typeof core>;
  Validations?.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason:
      'Marketo has no way to rotate the key by program: a person does, and a new value is used within a minute.',
  });
  return secret;
}
