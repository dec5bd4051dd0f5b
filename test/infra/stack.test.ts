import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterEach, describe, expect, test } from 'vitest';
import { tableDefinition } from '../../shared/aws/dynamo-table.ts';
import { readLimits } from '../../shared/config/environment.ts';
import { METRIC_NAMESPACE, METRICS, OUTPUTS } from '../../shared/config/names.ts';
import { MARKETO_VARIABLES } from '../../shared/config/variable-names.ts';
import {
  cdkJson,
  findingsIn,
  pretendedIn,
  type Resource,
  resourcesOf,
  synthesise,
  type TemplateJson,
} from './synthesised.ts';

const { stacks, findings, protectedStacks } = synthesise({
  account: 'acme,globex',
  globex: { MARKETO_DAILY_QUOTA: 60_000, MARKETO_SHARE: 0.5, MARKETO_PARTITIONS: { Europe: 'EMEA' } },
  alarmEmail: 'ops@example.com',
});

const stackOf = (name: string): TemplateJson => {
  const template = stacks[name];
  if (template === undefined) throw new Error(`no stack ${name}`);
  return template;
};
const acme = stackOf('mktq-acme');

function only(type: string, where: (resource: Resource & { id: string }) => boolean = () => true) {
  const found = resourcesOf(acme, type).filter(where);
  const [one] = found;
  if (one === undefined || found.length > 1) throw new Error(`${found.length} resources of ${type}`);
  return one;
}

const queueNamed = (name: string) =>
  only('AWS::SQS::Queue', ({ Properties }) => Properties['QueueName'] === name);
const jobs = queueNamed('mktq-acme-jobs.fifo');
const deadLetters = queueNamed('mktq-acme-dead-letters.fifo');
const functionNamed = (name: string) =>
  only('AWS::Lambda::Function', ({ Properties }) => Properties['FunctionName'] === `mktq-acme-${name}`);
/** Of each function, in the order of the template. */
const variablesOf = (template: TemplateJson): readonly Readonly<Record<string, unknown>>[] =>
  resourcesOf(template, 'AWS::Lambda::Function').map(
    ({ Properties }) => (Properties['Environment'] as { Variables: Record<string, unknown> }).Variables,
  );

/** Which of the pretended bundles each function was given. */
function bundlesOf(context: Readonly<Record<string, unknown>>): readonly string[] {
  const { stacks, assets } = synthesise(context);
  return pretendedIn(stacks['mktq-acme'] ?? acme, assets);
}

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

afterEach(() => {
  // CDK marks a failed validation in the process, which would be this test run's.
  process.exitCode = undefined;
});

describe('the app', () => {
  test('makes a stack per account that the context names, each with its own settings', () => {
    expect(Object.keys(stacks)).toEqual(['mktq-acme', 'mktq-globex']);
    expect(JSON.parse(String(acme.Outputs[OUTPUTS.limits]?.Value))).toEqual(readLimits({}));
    expect(JSON.parse(String(stackOf('mktq-globex').Outputs[OUTPUTS.limits]?.Value))).toMatchObject({
      dailyQuota: 60_000,
      share: 0.5,
    });
  });

  test('speaks REST unless the context says SOAP, and says so to every function and in the outputs', () => {
    const soap = synthesise({ account: 'acme', MARKETO_TRANSPORT: 'soap' }).stacks['mktq-acme'] ?? acme;
    for (const [template, transport, dailyQuota] of [
      [acme, 'rest', 50_000],
      [soap, 'soap', 10_000],
    ] as const) {
      expect(variablesOf(template).map(({ MARKETO_TRANSPORT }) => MARKETO_TRANSPORT)).toEqual(
        Array(3).fill(transport),
      );
      expect(template.Outputs[OUTPUTS.transport]?.Value).toBe(transport);
      expect(JSON.parse(String(template.Outputs[OUTPUTS.limits]?.Value))).toMatchObject({ dailyQuota });
      const [secret] = resourcesOf(template, 'AWS::SecretsManager::Secret');
      expect(String(secret?.Properties['Description'])).toMatch(
        new RegExp(`${MARKETO_VARIABLES[transport].join(', ')}$`),
      );
    }
  });

  test('gives the functions the code of their transport', () => {
    expect(bundlesOf({ account: 'acme' })).toEqual(['rest/worker', 'collector', 'rest/warden']);
    expect(bundlesOf({ account: 'acme', MARKETO_TRANSPORT: 'soap' })).toEqual([
      'soap/worker',
      'collector',
      'soap/warden',
    ]);
  });

  test('passes on what REST is told of this instance, whether the context holds it as JSON or as text', () => {
    const given = { MARKETO_PARTITIONS: '{"Europe":"EMEA"}', MARKETO_FOREIGN_ID_FIELD: 'crmId' };
    const asText = synthesise({ account: 'acme', ...given, MARKETO_ON_DUPLICATE: 'latest' });
    expect(variablesOf(asText.stacks['mktq-acme'] ?? acme)[0]).toMatchObject({
      ...given,
      MARKETO_ON_DUPLICATE: 'latest',
    });
    const globex = stackOf('mktq-globex');
    expect(variablesOf(globex)[0]).toMatchObject({ MARKETO_PARTITIONS: '{"Europe":"EMEA"}' });
    expect(JSON.parse(String(globex.Outputs[OUTPUTS.restChoices]?.Value))).toEqual({
      foreignIdField: null,
      partitions: { Europe: 'EMEA' },
      onDuplicate: 'dead-letter',
    });
  });

  test('refuses a context without an account, an account that cannot name a queue, and a setting out of range', () => {
    expect(() => synthesise({})).toThrow('-c account=acme');
    expect(() => synthesise({ account: 'Acme' })).toThrow('cannot name queues');
    expect(() => synthesise({ account: 'acme', MKTQ_RETENTION_DAYS: '3' })).toThrow('MKTQ_RETENTION_DAYS');
  });

  test.each([
    ['MARKETO_TRANSPORT', 'carrier-pigeon'],
    ['MARKETO_DAILY_QUOTA', 'many'],
    ['MARKETO_PARTITIONS', '{"Europe":'],
    ['MARKETO_PARTITIONS', ['EMEA']],
    ['MARKETO_FOREIGN_ID_FIELD', { HUBSPOT: 'hubspotId' }],
    ['MARKETO_ON_DUPLICATE', 'oldest'],
  ])('refuses %s = %j', (name, value) => {
    expect(() => synthesise({ account: 'acme', [name]: value })).toThrow(name);
  });

  test('protects its stacks, because deleting one deletes the jobs in its queue; a context lets go', () => {
    expect(protectedStacks).toEqual(['mktq-acme', 'mktq-globex']);
    expect(synthesise({ account: 'acme', protect: 'false' }).protectedStacks).toEqual([]);
  });

  test('is what cdk.json runs, with the template validator on', () => {
    expect(cdkJson()).toMatchObject({
      app: 'node infra/app.ts',
      context: { '@aws-cdk/core:validateAgainstDefaultRules': true },
    });
  });
});

describe('validators', () => {
  test('find nothing in the template, not even a warning', () => {
    expect(findings).toEqual([]);
  });

  test('find what they should in a stack that deserves it', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'mktq-bad-'));
    const app = new App({ outdir, context: cdkJson().context });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const stack = new Stack(app, 'Bad');
    new Queue(stack, 'Open');
    new CfnAlarm(stack, 'Mute', { comparisonOperator: 'GreaterThanThreshold', evaluationPeriods: 1 });
    expect(() => app.synth()).toThrow('AwsSolutions-SQS4');
    expect(findingsIn(outdir)).toEqual(expect.arrayContaining(['AwsSolutions-SQS4', 'F3014']));
  });
});

describe('queues', () => {
  test.each([
    ['jobs', jobs],
    ['dead letters', deadLetters],
  ])('the queue of %s is FIFO at high throughput, encrypted, and keeps what it has', (_name, queue) => {
    expect(queue.Properties).toMatchObject({
      FifoQueue: true,
      ContentBasedDeduplication: false,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
      SqsManagedSseEnabled: true,
      VisibilityTimeout: 1_800,
      MessageRetentionPeriod: 1_209_600,
    });
  });

  test('only the jobs queue may move its messages to the dead-letter queue, after SQS’s greatest count', () => {
    expect(jobs.Properties['RedrivePolicy']).toEqual({
      deadLetterTargetArn: arnOf(deadLetters.id),
      maxReceiveCount: 1_000,
    });
    const allow = deadLetters.Properties['RedriveAllowPolicy'];
    expect(allow).toMatchObject({ redrivePermission: 'byQueue' });
    expect(JSON.stringify(allow)).toMatch(/:mktq-acme-jobs\.fifo"/);
  });

  test('neither is spoken to without TLS', () => {
    const policies = resourcesOf(acme, 'AWS::SQS::QueuePolicy').map(({ Properties }) => Properties);
    expect(policies).toHaveLength(2);
    for (const queue of [jobs, deadLetters]) {
      expect(policies).toContainEqual(
        expect.objectContaining({
          Queues: [{ Ref: queue.id }],
          PolicyDocument: expect.objectContaining({
            Statement: [
              {
                Action: 'sqs:*',
                Effect: 'Deny',
                Principal: { AWS: '*' },
                Resource: arnOf(queue.id),
                Condition: { Bool: { 'aws:SecureTransport': 'false' } },
              },
            ],
          }),
        }),
      );
    }
  });
});

describe('the table', () => {
  const table = only('AWS::DynamoDB::GlobalTable');

  test('is the one that the adapters are tested on', () => {
    const { TableName: _name, ...definition } = tableDefinition('');
    const byName = (a: { AttributeName?: unknown }, b: { AttributeName?: unknown }) =>
      String(a.AttributeName) < String(b.AttributeName) ? -1 : 1;
    const { AttributeDefinitions, BillingMode, GlobalSecondaryIndexes, KeySchema } = table.Properties;
    expect({ BillingMode, KeySchema, GlobalSecondaryIndexes }).toEqual({
      BillingMode: definition.BillingMode,
      KeySchema: definition.KeySchema,
      GlobalSecondaryIndexes: definition.GlobalSecondaryIndexes,
    });
    expect([...(AttributeDefinitions as object[])].sort(byName)).toEqual(
      [...(definition.AttributeDefinitions ?? [])].sort(byName),
    );
  });

  test('can be restored, forgets what has expired, and outlives a mistake', () => {
    expect(table.Properties).toMatchObject({
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      // One, here: a second would take writes that the conditions of the first know nothing of.
      Replicas: [
        {
          Region: { Ref: 'AWS::Region' },
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          DeletionProtectionEnabled: true,
        },
      ],
    });
    expect(table.DeletionPolicy).toBe('Retain');
    expect(table.UpdateReplacePolicy).toBe('Retain');
  });
});

describe('the secret', () => {
  test('has no value in the template that a deploy could put over the operator’s', () => {
    const { Properties } = only('AWS::SecretsManager::Secret');
    expect(Object.keys(Properties)).toEqual(['Description']);
  });

  test('no variable of a function holds anything but names, addresses and limits', () => {
    for (const { Properties } of resourcesOf(acme, 'AWS::Lambda::Function')) {
      const { Variables } = Properties['Environment'] as { Variables: Record<string, unknown> };
      expect(Object.keys(Variables).filter((name) => !ALLOWED_VARIABLES.has(name))).toEqual([]);
    }
  });
});

const ALLOWED_VARIABLES = new Set([
  'MARKETO_TRANSPORT',
  'MKTQ_ACCOUNT',
  'MKTQ_TABLE',
  'MKTQ_JOBS_QUEUE_URL',
  'MKTQ_DEAD_LETTER_QUEUE_URL',
  'MKTQ_SECRET_ARN',
  'MKTQ_EVENT_SOURCE_ID',
  'MKTQ_ALARM_TOPIC_ARN',
]);

describe('functions', () => {
  test('are three, on Node 24 and arm64, with five minutes, JSON logs of a month, and no reserved concurrency', () => {
    const functions = resourcesOf(acme, 'AWS::Lambda::Function');
    expect(functions.map(({ Properties }) => Properties['FunctionName'])).toEqual([
      'mktq-acme-worker',
      'mktq-acme-collector',
      'mktq-acme-warden',
    ]);
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        Timeout: 300,
        LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: expect.any(String) } },
      });
      // As a throttle it would raise the receive count of good messages until they are dead letters.
      expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions');
    }
    const groups = resourcesOf(acme, 'AWS::Logs::LogGroup');
    expect(groups).toHaveLength(3);
    for (const { Properties } of groups) expect(Properties).toMatchObject({ RetentionInDays: 30 });
  });

  test('the visibility of a message covers six runs of a function, as AWS asks for', () => {
    expect(jobs.Properties['VisibilityTimeout']).toBeGreaterThanOrEqual(6 * 300);
  });

  test.each([
    ['worker', jobs],
    ['collector', deadLetters],
  ])('the %s is fed by its queue, ten at a time, ten at once, and reports what failed', (name, queue) => {
    const mapping = only(
      'AWS::Lambda::EventSourceMapping',
      ({ Properties }) =>
        JSON.stringify(Properties['FunctionName']) === JSON.stringify({ Ref: functionNamed(name).id }),
    );
    // Without `Enabled`: the switch is the warden's, and a deploy that touches the mapping must not open a held queue.
    expect(mapping.Properties).toEqual({
      BatchSize: 10,
      EventSourceArn: arnOf(queue.id),
      FunctionName: { Ref: functionNamed(name).id },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
    });
  });

  test('the warden runs each minute, and a minute that fails is not made up for', () => {
    const warden = functionNamed('warden');
    expect(only('AWS::Events::Rule').Properties).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Targets: [{ Arn: arnOf(warden.id), RetryPolicy: { MaximumRetryAttempts: 0 } }],
    });
    expect(only('AWS::Lambda::EventInvokeConfig').Properties).toMatchObject({ MaximumRetryAttempts: 0 });
    expect(only('AWS::Lambda::Permission').Properties).toMatchObject({
      Principal: 'events.amazonaws.com',
      SourceArn: arnOf(only('AWS::Events::Rule').id),
    });
  });
});

describe('roles', () => {
  interface Statement {
    readonly Effect: string;
    readonly Action: string | readonly string[];
    readonly Resource: unknown;
    readonly Condition?: unknown;
  }
  const { id: table } = only('AWS::DynamoDB::GlobalTable');
  const { id: secret } = only('AWS::SecretsManager::Secret');

  function rightsOf(name: string): readonly string[] {
    const role = JSON.stringify(functionNamed(name).Properties['Role']);
    const { Properties } = only('AWS::IAM::Role', ({ id }) => role === JSON.stringify(arnOf(id)));
    expect(Properties).not.toHaveProperty('ManagedPolicyArns');
    const policies = Properties['Policies'] as { PolicyDocument: { Statement: Statement[] } }[];
    return policies
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .flatMap(({ Effect, Action, Resource, Condition }) => {
        expect(Effect).toBe('Allow');
        const only = Condition === undefined ? '' : ` if ${JSON.stringify(Condition)}`;
        return [Resource]
          .flat()
          .flatMap((resource) => [Action].flat().map((action) => `${action} ${named(resource)}${only}`));
      })
      .sort();
  }

  /** The resource in words; what is not known by name stands as it is. */
  function named(resource: unknown): string {
    const text = JSON.stringify(resource);
    const known: readonly (readonly [string, string])[] = [
      [JSON.stringify(arnOf(jobs.id)), 'jobs'],
      [JSON.stringify(arnOf(deadLetters.id)), 'dead-letters'],
      [JSON.stringify(arnOf(table)), 'table'],
      [JSON.stringify({ Ref: secret }), 'secret'],
      [JSON.stringify({ Ref: only('AWS::SNS::Topic').id }), 'alarm-topic'],
      ...resourcesOf(acme, 'AWS::Logs::LogGroup').map(
        ({ id }) => [JSON.stringify(arnOf(id)), 'log'] as const,
      ),
    ];
    const found = known.find(([arn]) => arn === text)?.[1];
    if (found !== undefined) return found;
    const index = /\/index\/(\w+)"/.exec(text)?.[1];
    if (index !== undefined && text.includes(table)) return `index ${index}`;
    return /:event-source-mapping:",\{"Ref":"MarketoWorkerFunctionJobsSource/.test(text)
      ? 'jobs-source'
      : text;
  }

  const LOG = ['logs:CreateLogStream log', 'logs:PutLogEvents log'];

  test('the worker works on jobs, and deletes no item and no table', () => {
    expect(rightsOf('worker')).toEqual([
      'dynamodb:GetItem table',
      'dynamodb:PutItem table',
      'dynamodb:Query table',
      ...LOG,
      'secretsmanager:GetSecretValue secret',
      'sqs:ChangeMessageVisibility jobs',
      'sqs:DeleteMessage jobs',
      'sqs:GetQueueAttributes jobs',
      'sqs:ReceiveMessage jobs',
      'sqs:SendMessage dead-letters',
    ]);
  });

  test('the collector knows letters, jobs and texts, and neither the budget, the jobs queue nor the secret', () => {
    const only = ' if {"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["letter#*","job#*","body#*"]}}';
    expect(rightsOf('collector')).toEqual([
      `dynamodb:GetItem table${only}`,
      `dynamodb:PutItem table${only}`,
      `dynamodb:Query table${only}`,
      ...LOG,
      'sqs:DeleteMessage dead-letters',
      'sqs:GetQueueAttributes dead-letters',
      'sqs:ReceiveMessage dead-letters',
    ]);
  });

  test('the warden alone turns the switch, of this one mapping and for the worker alone', () => {
    const worker = JSON.stringify(arnOf(functionNamed('worker').id));
    expect(rightsOf('warden')).toEqual([
      'dynamodb:BatchGetItem table',
      'dynamodb:GetItem table',
      'dynamodb:PutItem table',
      'dynamodb:Query index byState',
      'dynamodb:Query index byStatus',
      'dynamodb:Query table',
      'lambda:GetEventSourceMapping jobs-source',
      `lambda:UpdateEventSourceMapping jobs-source if {"ArnEquals":{"lambda:FunctionArn":${worker}}}`,
      ...LOG,
      'secretsmanager:GetSecretValue secret',
      'sns:Publish alarm-topic',
      'sqs:GetQueueAttributes jobs',
      'sqs:SendMessage dead-letters',
      'sqs:SendMessage jobs',
    ]);
  });
});

describe('alarms', () => {
  const { id: topic } = only('AWS::SNS::Topic');
  const alarms = resourcesOf(acme, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
  const alarm = (name: string) => {
    const found = alarms.find(({ AlarmName }) => AlarmName === `mktq-acme-${name}`);
    if (found === undefined) throw new Error(`no alarm ${name}`);
    return found;
  };

  test('all go to one topic, coming and going, and say what to do', () => {
    expect(alarms.map(({ AlarmName }) => String(AlarmName).slice('mktq-acme-'.length)).sort()).toEqual([
      'collector-errors',
      'collector-stuck',
      'collector-throttles',
      'credentials-hold',
      'foreign-groups',
      'in-flight',
      'oldest-job',
      'oldest-message',
      'open-letters',
      'quota-forecast',
      'unknown-code',
      'warden-errors',
      'warden-silent',
      'warden-throttles',
      'worker-errors',
      'worker-throttles',
    ]);
    for (const { AlarmActions, OKActions, AlarmDescription } of alarms) {
      expect(AlarmActions).toEqual([{ Ref: topic }]);
      expect(OKActions).toEqual([{ Ref: topic }]);
      expect(String(AlarmDescription).length).toBeGreaterThan(40);
      for (const [, command] of String(AlarmDescription).matchAll(/Run: (mktq [^.;,]+?)(?=[.;,]| Read on)/g))
        expect(command).toMatch(/^mktq (status|dlq list .+) --stack mktq-acme$/);
    }
    expect(only('AWS::SNS::Subscription').Properties).toMatchObject({
      Protocol: 'email',
      Endpoint: 'ops@example.com',
    });
  });

  test('may publish although a policy of its own stands at the topic, and nobody without TLS', () => {
    const { PolicyDocument } = only('AWS::SNS::TopicPolicy').Properties;
    const { Statement } = PolicyDocument as { Statement: Record<string, unknown>[] };
    expect(Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Resource: { Ref: topic },
        Condition: expect.objectContaining({
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        }),
      }),
    );
    expect(Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  });

  test('the oldest job alarms after an hour, and is silent while the quota or the operator holds the account', () => {
    const { Metrics, Threshold } = alarm('oldest-job');
    expect(Threshold).toBe(3_600);
    const queries = Metrics as Record<string, unknown>[];
    expect(queries).toContainEqual(
      expect.objectContaining({
        Expression: 'IF(FILL(quota, 0) + FILL(operator, 0) > 0, 0, age)',
        ReturnData: true,
      }),
    );
    for (const reason of ['quota', 'operator']) {
      expect(queries).toContainEqual(
        expect.objectContaining({
          Id: reason,
          MetricStat: expect.objectContaining({
            Metric: {
              Namespace: METRIC_NAMESPACE,
              MetricName: METRICS.held,
              Dimensions: expect.arrayContaining([
                { Name: 'reason', Value: reason },
                { Name: 'service', Value: 'mktq-acme' },
              ]),
            },
          }),
        }),
      );
    }
  });

  test('the warden’s silence of five minutes is one, also if it never said a word', () => {
    expect(alarm('warden-silent')).toMatchObject({
      MetricName: METRICS.quotaSpent,
      Statistic: 'SampleCount',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      Period: 60,
      EvaluationPeriods: 5,
      TreatMissingData: 'breaching',
    });
  });

  test('a message is one two days before SQS deletes it, by SQS’s own figure', () => {
    expect(alarm('oldest-message')).toMatchObject({
      Threshold: 12 * 86_400,
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateAgeOfOldestMessage',
    });
  });

  test.each([
    ['open-letters', METRICS.unseenLetters, { Threshold: 100 }],
    ['quota-forecast', METRICS.quotaShortMinutes, { Threshold: 1, EvaluationPeriods: 15 }],
    ['credentials-hold', METRICS.held, { Threshold: 1, EvaluationPeriods: 1 }],
    ['unknown-code', METRICS.unknownCodes, { Threshold: 1, Statistic: 'Sum' }],
    ['foreign-groups', METRICS.groupMismatches, { Threshold: 1, Statistic: 'Sum' }],
    ['in-flight', METRICS.jobsInFlight, { Threshold: 96_000 }],
    ['collector-stuck', 'ApproximateAgeOfOldestMessage', { Threshold: 900 }],
    ['worker-errors', 'Errors', { Threshold: 1, Statistic: 'Sum' }],
    ['worker-throttles', 'Throttles', { Threshold: 1, Statistic: 'Sum' }],
  ])('%s watches %s', (name, metric, rest) => {
    expect(alarm(name)).toMatchObject({
      MetricName: metric,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      ...rest,
    });
  });

  test('every metric of ours that is alarmed on or shown is one that the functions write', () => {
    const written = new Set<string>(Object.values(METRICS));
    const text = JSON.stringify(alarms) + dashboardText();
    const used = [
      ...[...text.matchAll(/"MetricName":"(\w+)"/g)].map((match) => match[1] ?? ''),
      ...[...text.matchAll(/\\"mktq\\",\\"(\w+)\\"/g)].map((match) => match[1] ?? ''),
    ].filter((name) => !/^(Errors|Throttles|Approximate)/.test(name));
    expect(used.length).toBeGreaterThan(20);
    expect(used.filter((name) => !written.has(name))).toEqual([]);
  });
});

const dashboardText = (): string => JSON.stringify(only('AWS::CloudWatch::Dashboard').Properties);

describe('saved queries', () => {
  test('are three, over the logs of all functions, and stand under the name of the stack', () => {
    const queries = resourcesOf(acme, 'AWS::Logs::QueryDefinition');
    expect(queries.map(({ Properties }) => String(Properties['Name']).split('/')[0])).toEqual([
      'mktq-acme',
      'mktq-acme',
      'mktq-acme',
    ]);
    for (const { Properties } of queries) expect(Properties['LogGroupNames']).toHaveLength(3);
  });
});

describe('the dashboard', () => {
  test('is JSON that CloudWatch can read, alarms first, then the figures of now', () => {
    const { DashboardBody, DashboardName } = only('AWS::CloudWatch::Dashboard').Properties;
    expect(DashboardName).toBe('mktq-acme');
    const parts = (DashboardBody as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1];
    const text = parts.map((part) => (typeof part === 'string' ? part : 'reference')).join('');
    const { widgets } = JSON.parse(text) as {
      widgets: { type: string; y: number; height: number; properties: { title: string } }[];
    };
    expect(widgets.map(({ properties }) => properties.title).slice(0, 2)).toEqual([
      'Red needs a person',
      'Now',
    ]);
    expect(widgets[0]?.type).toBe('alarm');
    // As many units as a screen of 1,080 lines shows without scrolling.
    expect(Math.max(...widgets.map(({ y, height }) => y + height))).toBeLessThanOrEqual(18);
  });
});

describe('outputs', () => {
  test('say everything that a command needs, by the names in shared/config', () => {
    expect(Object.keys(acme.Outputs).sort()).toEqual(Object.values(OUTPUTS).sort());
    expect(acme.Outputs).toMatchObject({
      [OUTPUTS.account]: { Value: 'acme' },
      [OUTPUTS.region]: { Value: { Ref: 'AWS::Region' } },
      [OUTPUTS.jobsQueueUrl]: { Value: { Ref: jobs.id } },
      [OUTPUTS.deadLetterQueueUrl]: { Value: { Ref: deadLetters.id } },
      [OUTPUTS.table]: { Value: { Ref: only('AWS::DynamoDB::GlobalTable').id } },
      [OUTPUTS.secretArn]: { Value: { Ref: only('AWS::SecretsManager::Secret').id } },
      [OUTPUTS.wardenFunction]: { Value: { Ref: functionNamed('warden').id } },
    });
  });
});

test('the whole template is the one that was reviewed', () => {
  const text = JSON.stringify(acme, null, 2).replace(/[0-9a-f]{64}(?=\.zip)/g, 'ASSET');
  expect(text).toMatchSnapshot();
});
