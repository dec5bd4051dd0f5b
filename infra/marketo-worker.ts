import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PermissionsBoundary, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DEFAULT_PREFIX, stackNameOf } from '../shared/config/names.ts';
import { alarmTopicOf, createAlarms } from './alarms.ts';
import { checkProps } from './check-props.ts';
import { createDashboard } from './dashboard.ts';
import { letLogsUse } from './encryption.ts';
import { checkEvents } from './events.ts';
import {
  consume,
  createCollector,
  createWarden,
  createWorker,
  everyMinute,
  type FunctionSettings,
} from './functions.ts';
import { createOutputs } from './outputs.ts';
import {
  enqueuePermissions,
  type OfJobs,
  operatorPermissions,
  type Resources,
  readPermissions,
  sendPermissions,
} from './permissions.ts';
import { createQueries } from './queries.ts';
import { createQueues } from './queues.ts';
import { createSecret } from './secret.ts';
import { checkSettings } from './settings.ts';
import { createTable } from './table.ts';
import { type MarketoWorkerProps, networkOf } from './worker-props.ts';

/** Where the package, which is built by scripts/build.ts, keeps the functions beside this very module. */
const PREBUILT = join(import.meta.dirname, 'bundles');

const RUNBOOK = 'docs/operating.md';

/**
 * A queue in front of one Marketo subscription, with everything that works on it and watches it. Its secret is made
 * without a value: until somebody puts one in, the account is held and no job is touched.
 */
export class MarketoWorker extends Construct {
  /** Where jobs are sent to. */
  readonly jobsQueue: Queue;
  readonly deadLetterQueue: Queue;
  readonly table: TableV2;
  /** One JSON object with the variables of the transport, of README's configuration table. */
  readonly secret: Secret;
  readonly worker: LambdaFunction;
  readonly collector: LambdaFunction;
  readonly warden: LambdaFunction;
  readonly alarmTopic: ITopic;
  readonly dashboard: Dashboard;
  readonly #key: IKey | undefined;
  /** What every name in it begins with. */
  readonly #service: string;

  constructor(scope: Construct, id: string, props: MarketoWorkerProps) {
    super(scope, id);
    const { account, resourcePrefix: prefix = DEFAULT_PREFIX, encryptionKey: key, removalPolicy } = props;
    checkProps(this, props);
    const service = stackNameOf(account, prefix);
    this.#service = service;
    this.#refuseTwins();
    const settings = checkSettings(props.settings ?? {});
    if (props.permissionsBoundary !== undefined)
      PermissionsBoundary.of(this).apply(props.permissionsBoundary);
    if (key !== undefined) letLogsUse(this, key);
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
      tracing: props.tracing ?? false,
      network: networkOf(props),
      settings,
      resources,
      events: checkEvents(props.events),
    };

    this.worker = createWorker(this, common);
    const jobsSource = consume(this.worker, 'JobsSource', jobs);
    this.collector = createCollector(this, common);
    consume(this.collector, 'DeadLettersSource', deadLetters);
    const alarmTopic = alarmTopicOf(this, {
      topic: props.alarmTopic,
      emails: props.alarmEmails ?? [],
      key,
    });
    this.alarmTopic = alarmTopic;
    this.warden = createWarden(this, common, { jobsSource, worker: this.worker, alarmTopic });
    everyMinute(this, this.warden);

    const watched = {
      service,
      jobs,
      deadLetters,
      functions: { worker: this.worker, collector: this.collector, warden: this.warden },
    };
    const alarms = createAlarms(this, watched, {
      thresholds: props.alarms ?? {},
      topic: alarmTopic,
      actions: props.alarmActions ?? {},
      runbook: props.runbook ?? RUNBOOK,
    });
    createQueries(this, watched);
    this.dashboard = createDashboard(this, watched, alarms);
    createOutputs(this, {
      ...resources,
      account,
      settings,
      functions: watched.functions,
      jobsSource,
      alarmTopic,
      dashboard: this.dashboard,
    });
  }

  /** Throws where another worker's outputs, or its queues, have the names of this one's. */
  #refuseTwins(): void {
    const own = Stack.of(this);
    for (const other of this.node.root.node.findAll()) {
      if (!(other instanceof MarketoWorker) || other === this) continue;
      const stack = Stack.of(other);
      if (stack === own)
        throw new Error(
          `the stack ${own.stackName} has a MarketoWorker already, ${other.node.path}: give this one a stack of its own`,
        );
      // Of a stack that is deployed to wherever the shell is nobody knows where that will be.
      const samePlace = stack.environment === own.environment && !own.environment.includes('unknown-');
      if (samePlace && other.#service === this.#service)
        throw new Error(
          `${other.node.path} is called ${this.#service} too, in ${own.environment}: give one of them a resourcePrefix`,
        );
    }
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
}

function grant(grantee: IGrantable, statements: readonly PolicyStatement[]): void {
  for (const statement of statements) grantee.grantPrincipal.addToPrincipalPolicy(statement);
}
