import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { OUTPUTS } from '../shared/config/names.ts';
import type { Watched } from './metrics.ts';
import type { Resources } from './permissions.ts';
import type { CheckedSettings } from './settings.ts';

interface Described extends Resources, Pick<Watched, 'functions'> {
  readonly account: string;
  readonly settings: CheckedSettings;
  /** The switch of the jobs queue. */
  readonly jobsSource: EventSourceMapping;
  readonly alarmTopic: ITopic;
  readonly dashboard: Dashboard;
}

/** `mktq --stack NAME` finds everything here, by names that do not hang on the construct's path: one worker per stack. */
export function createOutputs(scope: Construct, described: Described): void {
  const { account, settings, jobs, deadLetters, table, secret, functions, jobsSource } = described;
  const values: Record<(typeof OUTPUTS)[keyof typeof OUTPUTS], string> = {
    [OUTPUTS.region]: Stack.of(scope).region,
    [OUTPUTS.account]: account,
    [OUTPUTS.jobsQueueUrl]: jobs.queueUrl,
    [OUTPUTS.jobsQueueArn]: jobs.queueArn,
    [OUTPUTS.deadLetterQueueUrl]: deadLetters.queueUrl,
    [OUTPUTS.table]: table.tableName,
    [OUTPUTS.tableArn]: table.tableArn,
    [OUTPUTS.transport]: settings.transport,
    [OUTPUTS.restChoices]: JSON.stringify(settings.restChoices),
    [OUTPUTS.limits]: JSON.stringify(settings.limits),
    [OUTPUTS.retentionDays]: String(settings.retentionDays),
    [OUTPUTS.secretArn]: secret.secretArn,
    [OUTPUTS.workerFunction]: functions.worker.functionName,
    [OUTPUTS.collectorFunction]: functions.collector.functionName,
    [OUTPUTS.wardenFunction]: functions.warden.functionName,
    [OUTPUTS.eventSourceId]: jobsSource.eventSourceMappingId,
    [OUTPUTS.alarmTopicArn]: described.alarmTopic.topicArn,
    [OUTPUTS.dashboard]: described.dashboard.dashboardName,
  };
  const outputs = new Construct(scope, 'Outputs');
  for (const [name, value] of Object.entries(values)) {
    new CfnOutput(outputs, name, { value }).overrideLogicalId(name);
  }
}
