import type { Stack } from 'aws-cdk-lib';
import { OpsItemSeverity, SsmAction, SsmIncidentAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { afterEach, describe, expect, test } from 'vitest';
import { busOf, EVERY_PROP, PROPS, synthesised } from './construct-props.ts';
import { resourcesOf } from './synthesised.ts';

afterEach(() => {
  // CDK marks a failed validation in the process, which would be this test run's.
  process.exitCode = undefined;
});

describe('what a platform team may ask of the construct', () => {
  test.each(Object.entries(PROPS))('%s, alone', (_name, { given, shows }) => {
    const { template, findings } = synthesised(given);
    expect(findings).toEqual([]);
    shows(template);
  });

  test('all of it together', () => {
    const { template, findings } = synthesised(EVERY_PROP);
    expect(findings).toEqual([]);
    expect(resourcesOf(template, 'AWS::Lambda::Function')).toHaveLength(3);
  });

  test('an address is subscribed once, in whichever stacks it reads of the same topic', () => {
    const { template } = synthesised((theirs) => {
      const alarmTopic = new Topic(theirs, 'Alarms', { enforceSSL: true });
      alarmTopic.addSubscription(new EmailSubscription('ops@example.com'));
      return { alarmTopic, alarmEmails: ['ops@example.com'] };
    });
    expect(resourcesOf(template, 'AWS::SNS::Subscription')).toEqual([]);
    const own = synthesised(() => ({ alarmEmails: ['ops@example.com', 'ops@example.com'] })).template;
    expect(resourcesOf(own, 'AWS::SNS::Subscription')).toHaveLength(1);
  });

  test('the end of an alarm opens neither an item nor an incident of Systems Manager', () => {
    const { template } = synthesised(() => ({
      alarmActions: {
        critical: [new SsmIncidentAction('jobs'), new SsmAction(OpsItemSeverity.CRITICAL)],
        warning: [new SsmAction(OpsItemSeverity.LOW)],
      },
    }));
    for (const { Properties } of resourcesOf(template, 'AWS::CloudWatch::Alarm')) {
      expect(JSON.stringify(Properties['AlarmActions'])).toContain(':ssm');
      expect(JSON.stringify(Properties['OKActions'])).not.toContain(':ssm');
    }
  });

  test('an older cdk-nag, which reads metadata, is told the same reasons', () => {
    const suppressed = (given: Parameters<typeof synthesised>[0]) =>
      Object.values(synthesised(given).template.Resources).flatMap(({ Type, Metadata }) =>
        (Metadata?.cdk_nag?.rules_to_suppress ?? []).map(({ id, applies_to }) =>
          [Type, id, ...(applies_to ?? [])].join(' '),
        ),
      );
    const rotation = 'AWS::SecretsManager::Secret AwsSolutions-SMG4';
    expect(suppressed(() => ({}))).toEqual([rotation]);
    const ofTraces = [...suppressed(() => ({ tracing: true }))].sort();
    expect(ofTraces).toEqual([
      ...Array(3).fill('AWS::IAM::Policy AwsSolutions-IAM5 Resource::*'),
      ...Array(3).fill('AWS::IAM::Role AwsSolutions-IAM5 Resource::*'),
      rotation,
    ]);
  });

  test('the worker has the code for what is asked of it, and for no more', () => {
    const worker = (given: Parameters<typeof synthesised>[0]) => synthesised(given).bundles[0];
    const told = (completed: boolean) => (theirs: Stack) => ({ events: { bus: busOf(theirs), completed } });
    expect(worker(told(false))).toBe('rest/worker');
    expect(worker(told(true))).toBe('rest/telling-worker');
    expect(worker((theirs) => ({ ...told(true)(theirs), tracing: true }))).toBe('rest/traced-worker');
  });

  test('events that go nowhere, to two places, or into an order of their own, are refused with words', () => {
    expect(() => synthesised(() => ({ events: {} }))).toThrow('give a bus, or a topic');
    expect(() =>
      synthesised((theirs) => ({
        events: { bus: busOf(theirs), topic: new Topic(theirs, 'Events') },
      })),
    ).toThrow('events go to one place');
    expect(() =>
      synthesised((theirs) => ({ events: { topic: new Topic(theirs, 'Events', { fifo: true }) } })),
    ).toThrow('an ordinary topic');
    expect(() =>
      synthesised((theirs) => ({ alarmTopic: new Topic(theirs, 'Alarms', { fifo: true }) })),
    ).toThrow('alarms go to an ordinary topic');
  });

  test('subnets without their network, and a prefix that cannot begin a name, are refused with words', () => {
    expect(() => synthesised(() => ({ vpcSubnets: {} }))).toThrow('say which, with vpc');
    expect(() => synthesised(() => ({ resourcePrefix: 'environment-of-ours-'.repeat(2) }))).toThrow(
      'cannot begin a queue',
    );
  });
});
