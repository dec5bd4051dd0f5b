import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic, type TopicProps } from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import { MarketoStack } from '../../infra/marketo-stack.ts';
import { pretendBundles, temporaryFolder } from './synthesised.ts';

const env = { account: '111122223333', region: 'eu-central-1' };
const bundles = pretendBundles(temporaryFolder());

/** The stack with a topic that two of ours send their alarms to. */
function withTopic(props: (theirs: Stack) => TopicProps): Template {
  const app = new App();
  const theirs = new Stack(app, 'Theirs', { env });
  const alarmTopic = new Topic(theirs, 'Alarms', props(theirs));
  for (const account of ['acme', 'globex']) new MarketoStack(app, { env, account, bundles, alarmTopic });
  return Template.fromStack(theirs);
}

const statementsFor = (template: Template, type: string, property: string): readonly unknown[] =>
  Object.values(template.findResources(type)).flatMap(({ Properties }) =>
    Properties[property].Statement.filter(
      ({ Principal }: { Principal: { Service?: string } }) =>
        Principal.Service === 'cloudwatch.amazonaws.com',
    ),
  );

describe('a topic of theirs', () => {
  test('that enforces TLS lets alarms publish, which its policy would keep from it', () => {
    const template = withTopic(() => ({ enforceSSL: true }));
    expect(statementsFor(template, 'AWS::SNS::TopicPolicy', 'PolicyDocument')).toMatchObject([
      { Effect: 'Allow', Action: 'sns:Publish' },
    ]);
  });

  test('that is encrypted has a key that alarms may use', () => {
    const template = withTopic((theirs) => ({ masterKey: new Key(theirs, 'Key') }));
    expect(statementsFor(template, 'AWS::KMS::Key', 'KeyPolicy')).toMatchObject([
      { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'] },
    ]);
  });

  test('that has no policy keeps the default one, by which others may publish, too', () => {
    withTopic(() => ({})).resourceCountIs('AWS::SNS::TopicPolicy', 0);
  });
});
