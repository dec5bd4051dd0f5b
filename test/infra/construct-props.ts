import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnWaitConditionHandle, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { IAlarm, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { IpAddresses, type IVpc, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect } from 'vitest';
import { MarketoStack, type MarketoStackProps } from '../../infra/marketo-stack.ts';
import {
  cdkJson,
  findingsIn,
  pretendBundles,
  pretendedIn,
  resourcesOf,
  type TemplateJson,
} from './synthesised.ts';

type Props = Omit<MarketoStackProps, 'account' | 'bundles'>;
/** What belongs to the platform team stands in a stack of theirs. */
type Given = (theirs: Stack) => Props;

const TABLE = 'AWS::DynamoDB::GlobalTable';
const ENV = { account: '111122223333', region: 'eu-central-1' };

/** The construct with props of a platform team's, and what cdk-nag finds in it. */
export function synthesised(given: Given): {
  readonly template: TemplateJson;
  readonly findings: readonly string[];
  readonly bundles: readonly string[];
} {
  const outdir = mkdtempSync(join(tmpdir(), 'mktq-props-'));
  const app = new App({ outdir, context: cdkJson().context });
  const theirs = new Stack(app, 'Theirs', { env: ENV });
  // CloudFormation takes no empty template.
  new CfnWaitConditionHandle(theirs, 'Placeholder');
  const props = given(theirs);
  const stack = new MarketoStack(app, {
    env: ENV,
    account: 'acme',
    bundles: pretendBundles(join(outdir, 'bundles')),
    ...props,
  });
  Validations.of(stack).addPlugins(new AwsSolutionsChecks(stack));
  const template = app.synth().getStackArtifact(stack.artifactId).template as TemplateJson;
  return { template, findings: findingsIn(outdir), bundles: pretendedIn(template, outdir) };
}

const valuesOf = (template: TemplateJson, type: string, property: string): readonly unknown[] =>
  resourcesOf(template, type).map(({ Properties }) => Properties[property]);

const textOf = (value: unknown): string => JSON.stringify(value);

class Pager implements IAlarmAction {
  bind(_scope: unknown, _alarm: IAlarm) {
    return { alarmActionArn: 'arn:aws:sns:eu-central-1:111122223333:pager' };
  }
}

/** Each prop by its name: a value, and what it makes of the template. */
export const PROPS: Readonly<
  Record<string, { readonly given: Given; readonly shows: (template: TemplateJson) => void }>
> = {
  encryptionKey: {
    given: (theirs) => ({ encryptionKey: new Key(theirs, 'Key', { enableKeyRotation: true }) }),
    shows: (template) => {
      for (const key of valuesOf(template, 'AWS::SQS::Queue', 'KmsMasterKeyId')) expect(key).toBeDefined();
      for (const key of valuesOf(template, 'AWS::Logs::LogGroup', 'KmsKeyId')) expect(key).toBeDefined();
      for (const key of valuesOf(template, 'AWS::Lambda::Function', 'KmsKeyArn')) expect(key).toBeDefined();
      for (const key of valuesOf(template, 'AWS::SNS::Topic', 'KmsMasterKeyId')) expect(key).toBeDefined();
      for (const key of valuesOf(template, 'AWS::SecretsManager::Secret', 'KmsKeyId'))
        expect(key).toBeDefined();
      expect(valuesOf(template, TABLE, 'SSESpecification')).toEqual([{ SSEEnabled: true, SSEType: 'KMS' }]);
      expect(valuesOf(template, TABLE, 'Replicas')).toMatchObject([
        [{ SSESpecification: { KMSMasterKeyId: expect.anything() } }],
      ]);
      for (const policies of valuesOf(template, 'AWS::IAM::Role', 'Policies'))
        expect(textOf(policies)).toContain('kms:GenerateDataKey');
    },
  },
  vpc: {
    given: (theirs) => ({ vpc: network(theirs) }),
    shows: (template) => {
      const configured = valuesOf(template, 'AWS::Lambda::Function', 'VpcConfig');
      expect(configured).toHaveLength(3);
      for (const config of configured) expect(config).toMatchObject({ SubnetIds: expect.anything() });
      for (const policies of valuesOf(template, 'AWS::IAM::Role', 'Policies'))
        expect(textOf(policies)).toContain('ec2:CreateNetworkInterface');
    },
  },
  'vpcSubnets and securityGroups': {
    given: (theirs) => {
      const vpc = network(theirs);
      const group = new SecurityGroup(theirs, 'Group', { vpc });
      return { vpc, vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS }, securityGroups: [group] };
    },
    shows: (template) => {
      expect(resourcesOf(template, 'AWS::EC2::SecurityGroup')).toEqual([]);
      for (const config of valuesOf(template, 'AWS::Lambda::Function', 'VpcConfig'))
        expect(textOf(config)).toContain('ImportValue":"Theirs:ExportsOutputFnGetAttGroup');
    },
  },
  alarmTopic: {
    given: (theirs) => ({ alarmTopic: new Topic(theirs, 'Alarms', { enforceSSL: true }) }),
    shows: (template) => expect(resourcesOf(template, 'AWS::SNS::Topic')).toEqual([]),
  },
  alarmActions: {
    given: () => ({ alarmActions: { critical: [new Pager()] } }),
    shows: (template) => {
      for (const { Properties } of resourcesOf(template, 'AWS::CloudWatch::Alarm')) {
        const calls = textOf(Properties['AlarmActions']).includes(':pager');
        expect([Properties['AlarmName'], calls]).toEqual([
          Properties['AlarmName'],
          String(Properties['AlarmDescription']).startsWith('critical: '),
        ]);
      }
    },
  },
  alarms: {
    given: () => ({ alarms: { openLetters: 25 } }),
    shows: (template) => {
      const [letters] = resourcesOf(template, 'AWS::CloudWatch::Alarm').filter(({ Properties }) =>
        String(Properties['AlarmName']).endsWith('-open-letters'),
      );
      expect(letters?.Properties['Threshold']).toBe(25);
    },
  },
  runbook: {
    given: () => ({ runbook: 'https://wiki.example.com/mktq' }),
    shows: (template) => {
      for (const { Properties } of resourcesOf(template, 'AWS::CloudWatch::Alarm')) {
        const heading = String(Properties['AlarmName']).replace('mktq-acme-', '');
        expect(Properties['AlarmDescription']).toContain(`https://wiki.example.com/mktq#${heading}`);
      }
    },
  },
  alarmEmails: {
    given: () => ({ alarmEmails: ['ops@example.com'] }),
    shows: (template) =>
      expect(valuesOf(template, 'AWS::SNS::Subscription', 'Endpoint')).toEqual(['ops@example.com']),
  },
  events: {
    given: (theirs) => ({ events: { bus: busOf(theirs) } }),
    shows: (template) => {
      expect(saying(template, 'MKTQ_EVENT_BUS')).toEqual(['worker', 'collector', 'warden']);
      expect(saying(template, 'MKTQ_COMPLETED_EVENTS')).toEqual([]);
      // The others only write down which batches are under way.
      expect(allowed(template, 'events:PutEvents')).toEqual(['Warden']);
      expect(allowed(template, '"batch#*"')).toEqual(['Collector']);
      expect(allowed(template, 'index/byBatch')).toEqual(['Warden']);
    },
  },
  'events of completed jobs, to an encrypted topic': {
    given: (theirs) => {
      const masterKey = new Key(theirs, 'EventsKey', { enableKeyRotation: true });
      return {
        events: { topic: new Topic(theirs, 'Events', { masterKey, enforceSSL: true }), completed: true },
      };
    },
    shows: (template) => {
      expect(saying(template, 'MKTQ_EVENT_TOPIC_ARN')).toEqual(['worker', 'collector', 'warden']);
      expect(saying(template, 'MKTQ_COMPLETED_EVENTS')).toEqual(['worker', 'collector', 'warden']);
      for (const right of ['sns:Publish', 'kms:GenerateDataKey'])
        expect(allowed(template, right)).toEqual(['Worker', 'Warden']);
    },
  },
  logLevel: {
    given: () => ({ logLevel: 'WARN' }),
    shows: (template) => {
      for (const environment of valuesOf(template, 'AWS::Lambda::Function', 'Environment'))
        expect(environment).toMatchObject({ Variables: { MKTQ_LOG_LEVEL: 'WARN' } });
    },
  },
  tracing: {
    given: () => ({ tracing: true }),
    shows: (template) => {
      expect(valuesOf(template, 'AWS::Lambda::Function', 'TracingConfig')).toEqual(
        Array(3).fill({ Mode: 'Active' }),
      );
      for (const document of valuesOf(template, 'AWS::IAM::Policy', 'PolicyDocument'))
        expect(textOf(document)).toContain('xray:PutTraceSegments');
    },
  },
  logRetention: {
    given: () => ({ logRetention: RetentionDays.TWO_YEARS }),
    shows: (template) =>
      expect(valuesOf(template, 'AWS::Logs::LogGroup', 'RetentionInDays')).toEqual([731, 731, 731]),
  },
  permissionsBoundary: {
    given: (theirs) => ({
      permissionsBoundary: ManagedPolicy.fromManagedPolicyName(theirs, 'Boundary', 'developers'),
    }),
    shows: (template) => {
      const boundaries = valuesOf(template, 'AWS::IAM::Role', 'PermissionsBoundary');
      expect(boundaries).toHaveLength(3);
      for (const boundary of boundaries) expect(textOf(boundary)).toContain('policy/developers');
    },
  },
  removalPolicy: {
    given: () => ({ removalPolicy: RemovalPolicy.DESTROY }),
    shows: (template) => {
      const [table] = resourcesOf(template, TABLE);
      expect(table?.DeletionPolicy).toBe('Delete');
      expect(table?.Properties['Replicas']).toMatchObject([{ DeletionProtectionEnabled: false }]);
    },
  },
  'removalPolicy of retaining': {
    given: () => ({ removalPolicy: RemovalPolicy.RETAIN }),
    shows: (template) => {
      for (const type of ['AWS::SQS::Queue', TABLE, 'AWS::SecretsManager::Secret'])
        for (const { DeletionPolicy } of resourcesOf(template, type)) expect(DeletionPolicy).toBe('Retain');
    },
  },
  resourcePrefix: {
    given: () => ({ resourcePrefix: 'staging-mktq' }),
    shows: (template) => {
      expect(valuesOf(template, 'AWS::SQS::Queue', 'QueueName')).toEqual([
        'staging-mktq-acme-dead-letters.fifo',
        'staging-mktq-acme-jobs.fifo',
      ]);
      for (const name of valuesOf(template, 'AWS::Lambda::Function', 'FunctionName'))
        expect(name).toMatch(/^staging-mktq-acme-/);
      for (const environment of valuesOf(template, 'AWS::Lambda::Function', 'Environment'))
        expect(environment).toMatchObject({ Variables: { MKTQ_PREFIX: 'staging-mktq' } });
      expect(textOf(template)).not.toContain('"mktq-acme');
    },
  },
};

/** The functions that have this variable. */
const saying = (template: TemplateJson, variable: string): readonly string[] =>
  resourcesOf(template, 'AWS::Lambda::Function').flatMap(({ Properties }) =>
    textOf(Properties['Environment']).includes(`"${variable}"`)
      ? [String(Properties['FunctionName']).replace('mktq-acme-', '')]
      : [],
  );

/** The functions in whose policies this stands. */
const allowed = (template: TemplateJson, right: string): readonly string[] =>
  resourcesOf(template, 'AWS::IAM::Role').flatMap(({ id, Properties }) =>
    textOf(Properties['Policies']).includes(right)
      ? [/(Warden|Collector)Role/.exec(id)?.[1] ?? 'Worker']
      : [],
  );

/** The types of the CDK disagree with themselves where optional properties are exact. */
const network = (theirs: Stack): IVpc =>
  new Vpc(theirs, 'Network', {
    ipAddresses: IpAddresses.cidr('10.0.0.0/16'),
    maxAzs: 2,
    flowLogs: { all: {} },
  }) as IVpc;

export const busOf = (theirs: Stack): IEventBus => new EventBus(theirs, 'Bus') as IEventBus;

/** All of them: where two exclude each other, the one that makes more of the template. */
export const EVERY_PROP: Given = (theirs) =>
  Object.assign(
    {},
    ...Object.entries(PROPS)
      .filter(([name]) => name !== 'vpc' && name !== 'removalPolicy of retaining')
      .map(([, { given }]) => given(theirs)),
  );
