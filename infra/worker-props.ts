import type { RemovalPolicy } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { type ISecurityGroup, type IVpc, type SubnetSelection, SubnetType } from 'aws-cdk-lib/aws-ec2';
import type { IManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { LogLevel } from '../shared/config/names.ts';
import type { AlarmThresholds, Severity } from './alarm-rules.ts';
import type { EventsProps } from './events.ts';
import type { WorkerSettings } from './settings.ts';
import type { Network } from './stack-function.ts';

export interface MarketoWorkerProps {
  /**
   * Names the Marketo subscription: small letters, digits and dashes, at most 30. Every queue and function is named
   * after it (`mktq-<account>-jobs.fifo`), so two workers of one account share a region only with a `resourcePrefix`. Written out: no token.
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
   * Has X-Ray draw the invocations of the functions, and in those of the worker each job; off by default. A job is found there by its
   * id, or by the trace in which it was sent (docs/operating.md).
   */
  readonly tracing?: boolean;
  /**
   * Encrypts queues, table, secret, logs, the functions' variables and the alarm topic under a key of yours, whose policy the
   * construct extends; AWS's own keys by default. The stack must know its region. KMS is then asked once in five minutes by each queue.
   */
  readonly encryptionKey?: IKey;
  /**
   * Puts the functions into a network of yours; Lambda's own by default. From its subnets they must reach Marketo over HTTPS
   * (a NAT gateway), and SQS, DynamoDB, Secrets Manager, Lambda and SNS over it or over endpoints (docs/deploying.md).
   */
  readonly vpc?: IVpc;
  /** The private subnets with a way out by default; a vpc without any is refused. */
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
  /** Tells programs of yours of batches that end, of causes of dead letters, of completed jobs (docs/events.md); nobody by default. */
  readonly events?: EventsProps;
  /** Addresses that are sent every alarm, and each new cause of dead letters, once each has confirmed. Anything else subscribes to `alarmTopic`. */
  readonly alarmEmails?: readonly string[];
  /** A topic of yours for the alarms, of this region; one of the construct's own by default. CloudWatch, and the warden, must be allowed to publish to it. */
  readonly alarmTopic?: ITopic;
  /**
   * What an alarm does beside that, by its severity: call somebody for what is critical, say. It is done coming and going, but for
   * items and incidents of Systems Manager, which are only opened.
   */
  readonly alarmActions?: Readonly<Partial<Record<Severity, readonly IAlarmAction[]>>>;
  readonly alarms?: Partial<AlarmThresholds>;
  /** Where your operators read docs/operating.md; alarms end with it and their heading. */
  readonly runbook?: string;
}

/** Every prop: of a JavaScript app nobody else sees that one is misspelt. */
export const PROP_NAMES: readonly string[] = Object.keys({
  account: true,
  resourcePrefix: true,
  bundles: true,
  settings: true,
  logRetention: true,
  logLevel: true,
  tracing: true,
  encryptionKey: true,
  vpc: true,
  vpcSubnets: true,
  securityGroups: true,
  permissionsBoundary: true,
  removalPolicy: true,
  events: true,
  alarmEmails: true,
  alarmTopic: true,
  alarmActions: true,
  alarms: true,
  runbook: true,
} satisfies Record<keyof MarketoWorkerProps, true>);

const WAY_OUT: SubnetSelection = { subnetType: SubnetType.PRIVATE_WITH_EGRESS };

/** Throws where parts of a network are given without it. */
export function networkOf({ vpc, vpcSubnets, securityGroups }: MarketoWorkerProps): Network | undefined {
  // Left to itself the CDK takes subnets without a way out where there are no others.
  if (vpc !== undefined) return { vpc, subnets: vpcSubnets ?? WAY_OUT, securityGroups };
  if (vpcSubnets === undefined && securityGroups === undefined) return undefined;
  throw new Error('vpcSubnets and securityGroups are of a network: say which, with vpc');
}
