import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IAlarmAction, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction, SsmAction, SsmIncidentAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { type AlarmThresholds, alarmRules, type Severity } from './alarm-rules.ts';
import { letAlarmsUse } from './encryption.ts';
import type { Watched } from './metrics.ts';

export interface AlarmSettings {
  readonly thresholds: Partial<AlarmThresholds>;
  readonly topic: ITopic;
  /** What else an alarm of that severity does. */
  readonly actions: Readonly<Partial<Record<Severity, readonly IAlarmAction[]>>>;
  /** Where docs/operating.md can be read: an alarm's description ends with it and its heading. */
  readonly runbook: string;
}

/** Every alarm of one stack, all to one topic. Each description says how grave it is, what to do first, and where to read on. */
export function createAlarms(scope: Construct, watched: Watched, settings: AlarmSettings): readonly Alarm[] {
  const group = new Construct(scope, 'Alarms');
  return Object.entries(alarmRules(watched, settings.thresholds)).map(([id, { severity, ...rule }]) => {
    const heading = dashed(id);
    const alarm = new Alarm(group, id, {
      alarmName: `${watched.service}-${heading}`,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...rule,
      alarmDescription: `${severity}: ${rule.alarmDescription} Read on: ${settings.runbook}#${heading}`,
    });
    for (const action of [new SnsAction(settings.topic), ...(settings.actions[severity] ?? [])]) {
      alarm.addAlarmAction(action);
      if (!opensOnly(action)) alarm.addOkAction(action);
    }
    return alarm;
  });
}

/** An item or an incident of Systems Manager: at the end of an alarm it would be opened once more. */
const opensOnly = (action: IAlarmAction): boolean =>
  action instanceof SsmAction || action instanceof SsmIncidentAction;

/** The one given, or one of the construct's own under this key, which carries names and numbers only; with these readers. Throws at a FIFO one. */
export function alarmTopicOf(
  scope: Construct,
  {
    topic: given,
    emails,
    key,
  }: {
    readonly topic: ITopic | undefined;
    readonly emails: readonly string[];
    readonly key: IKey | undefined;
  },
): ITopic {
  if (given?.fifo === true) {
    throw new Error(
      'alarms go to an ordinary topic: new causes are sent to no message group, as a FIFO one wants',
    );
  }
  const topic =
    given ??
    new Topic(scope, 'AlarmTopic', { enforceSSL: true, ...(key === undefined ? {} : { masterKey: key }) });
  letAlarmsPublish(scope, topic);
  for (const email of emails) {
    // Twice in the list, or subscribed by another stack that has the same topic.
    if (topic.node.tryFindChild(email) === undefined) topic.addSubscription(new EmailSubscription(email));
  }
  return topic;
}

/**
 * A policy of a topic's own, as the one that enforces TLS, is there instead of the default one, and without this statement the alarms
 * could no longer publish. A topic without any is left alone: others may go by the default.
 */
function letAlarmsPublish(scope: Construct, topic: ITopic): void {
  if (topic.masterKey !== undefined) letAlarmsUse(scope, topic.masterKey);
  if (topic.node.tryFindChild('Policy') === undefined) return;
  const stack = Stack.of(scope);
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': stack.account },
        ArnLike: {
          'aws:SourceArn': stack.formatArn({
            service: 'cloudwatch',
            resource: 'alarm',
            resourceName: '*',
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        },
      },
    }),
  );
}

const dashed = (id: string): string => id.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
