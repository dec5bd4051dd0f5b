import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  Code,
  type FunctionProps,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { FUNCTION_TIMEOUT_S } from '../shared/config/limits.ts';
import { acknowledge } from './acknowledge.ts';

export interface StackFunctionProps {
  /** The function's name in AWS. */
  readonly functionName: string;
  /** The folder of its code. */
  readonly bundle: string;
  readonly memoryMb: number;
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly permissions: readonly PolicyStatement[];
  readonly logRetention: RetentionDays;
  /** Of the log and of the environment. */
  readonly key: IKey | undefined;
  readonly tracing: boolean;
  readonly network: Network | undefined;
}

/** Where the functions run, if not in Lambda's own network. */
export interface Network {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  readonly securityGroups: readonly ISecurityGroup[] | undefined;
}

/** One function with a role and a log group of its own. */
export class StackFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: StackFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(props.key === undefined ? {} : { encryptionKey: props.key }),
    });
    // Inline, so that the role is whole before anything that uses it is made.
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        own: new PolicyDocument({
          statements: [
            writeLogs(logGroup),
            ...props.permissions,
            ...(props.network === undefined ? [] : [ATTACH_TO_NETWORK]),
          ],
        }),
      },
    });
    this.function = new LambdaFunction(this, 'Function', {
      functionName: props.functionName,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(props.bundle),
      memorySize: props.memoryMb,
      timeout: Duration.seconds(FUNCTION_TIMEOUT_S),
      environment: { ...props.environment },
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      ...(props.key === undefined ? {} : { environmentEncryption: props.key }),
      ...(props.tracing ? { tracing: Tracing.ACTIVE } : {}),
      ...inNetwork(props.network),
    });
    // Behind the function, which adds to its role what tracing takes.
    if (props.network !== undefined) {
      acknowledge(
        role,
        'AwsSolutions-IAM5[Resource::*]',
        'A network interface has no name before it is made: EC2 takes these actions on * alone.',
      );
    }
    if (props.tracing) {
      acknowledge(
        role,
        'AwsSolutions-IAM5[Resource::*]',
        'A trace has no name before it is written: X-Ray takes these actions on * alone.',
      );
    }
  }
}

/** What Lambda does in the function's name to put it into a network. */
const ATTACH_TO_NETWORK = new PolicyStatement({
  actions: [
    'ec2:AssignPrivateIpAddresses',
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:UnassignPrivateIpAddresses',
  ],
  resources: ['*'],
});

const inNetwork = (network: Network | undefined): Partial<FunctionProps> =>
  network === undefined
    ? {}
    : {
        vpc: network.vpc,
        vpcSubnets: network.subnets,
        ...(network.securityGroups === undefined ? {} : { securityGroups: [...network.securityGroups] }),
      };

const writeLogs = (logGroup: LogGroup): PolicyStatement =>
  new PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  });
