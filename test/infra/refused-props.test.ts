import { App, CfnParameter, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import { MarketoStack } from '../../infra/marketo-stack.ts';
import { MarketoWorker } from '../../infra/marketo-worker.ts';
import { pretendBundles, temporaryFolder } from './synthesised.ts';

const HERE = { account: '111122223333', region: 'eu-central-1' };
const ELSEWHERE = { account: '111122223333', region: 'us-east-1' };
const bundles = pretendBundles(temporaryFolder());

const theirs = (env: typeof HERE | null = HERE): Stack =>
  new Stack(new App(), 'Theirs', env === null ? {} : { env });

/** As a JavaScript app, or a cast, would have it: the types refuse most of these. */
const made = (stack: Stack, props: Readonly<Record<string, unknown>>): MarketoWorker =>
  new MarketoWorker(stack, 'Marketo', Object.assign({ account: 'acme', bundles }, props));

const arn = (service: string, resource: string, { account, region }: typeof HERE): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

describe('names', () => {
  test.each(['', 'Acme', 'acme_1', '-a', 'a'.repeat(31), undefined, 5])(
    'the account %j is refused',
    (account) => {
      expect(() => made(theirs(), { account })).toThrow(
        `the account "${account}" cannot name queues: use small`,
      );
    },
  );

  test.each(['account', 'resourcePrefix'])('a parameter of the stack is no %s', (prop) => {
    const stack = theirs();
    const { valueAsString } = new CfnParameter(stack, 'Name');
    expect(() => made(stack, { [prop]: valueAsString })).toThrow('known at a deploy only; write it out');
  });

  test('the longest account and prefix make names that AWS takes', () => {
    const { worker, collector } = made(theirs(), { account: 'a'.repeat(30), resourcePrefix: 'p'.repeat(20) });
    const longest = Stack.of(collector).resolve(
      (collector.node.defaultChild as { functionName?: string }).functionName,
    );
    expect(worker).toBeDefined();
    expect(String(longest)).toHaveLength(61);
  });

  test('a log level that is none, and one in small letters, is refused', () => {
    for (const logLevel of ['DEBUG', 'info', ''])
      expect(() => made(theirs(), { logLevel })).toThrow(
        `the logLevel "${logLevel}" is none: use INFO, WARN, ERROR`,
      );
  });

  test('a name that nobody reads is refused, with the one that was meant', () => {
    expect(() => made(theirs(), { alarms: { openLeters: 5 } })).toThrow('did you mean openLetters?');
    expect(() => made(theirs(), { alarmActions: { warn: [] } })).toThrow('it has critical, warning');
    expect(() => made(theirs(), { settings: { dailyQouta: 5 } })).toThrow('did you mean dailyQuota?');
    const stack = theirs();
    const events = { topic: new Topic(stack, 'T'), complete: true };
    expect(() => made(stack, { events })).toThrow('events has no complete: did you mean completed?');
  });

  test('a prop that is a letter away from one is refused, and any other is somebody else’s', () => {
    const stackOf = (props: object) => () =>
      new MarketoStack(new App(), { account: 'acme', bundles, ...props });
    expect(stackOf({ alarmEmail: ['ops@example.com'] })).toThrow(
      'no prop alarmEmail: did you mean alarmEmails?',
    );
    expect(stackOf({ removalpolicy: RemovalPolicy.DESTROY })).toThrow('did you mean removalPolicy?');
    expect(stackOf({ stackName: 'jobs', tags: { team: 'crm' }, env: HERE, accountId: '1' })).not.toThrow();
  });

  test('one address that is not in a list is refused, and not taken apart', () => {
    expect(() => made(theirs(), { alarmEmails: 'ops@example.com' })).toThrow('give a list');
  });
});

describe('numbers', () => {
  test.each([
    ['openLetters', 0],
    ['openLetters', -1],
    ['oldestJobMinutes', Number.NaN],
    ['openLetters', '5'],
    ['openLetters', Number.POSITIVE_INFINITY],
    ['oldestMessageDays', 14],
    ['inFlightPart', 80],
  ])('the threshold %s of %j, which is never crossed or always, is refused', (name, value) => {
    expect(() => made(theirs(), { alarms: { [name]: value } })).toThrow(
      `alarms.${name} is ${value}: set it to`,
    );
  });

  test('a threshold that is there as undefined is the default', () => {
    expect(() => made(theirs(), { alarms: { openLetters: undefined } })).not.toThrow();
  });

  test('a parameter of the stack is no threshold', () => {
    const stack = theirs();
    const openLetters = new CfnParameter(stack, 'Letters', { type: 'Number' }).valueAsNumber;
    expect(() => made(stack, { alarms: { openLetters } })).toThrow(
      'alarms.openLetters is known at a deploy only',
    );
  });

  test('a parameter of the stack is no setting, as nobody could check it', () => {
    const stack = theirs();
    const dailyQuota = new CfnParameter(stack, 'Quota', { type: 'Number' }).valueAsNumber;
    expect(() => made(stack, { settings: { dailyQuota } })).toThrow(
      'settings.dailyQuota is known at a deploy only',
    );
  });

  test('settings that Lambda has no room for are refused here and not by a deploy', () => {
    const partitions = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`Workspace ${i}`, `Partition ${i}`]));
    expect(() => made(theirs(), { settings: { partitions: partitions(100) } })).toThrow('shorten partitions');
    expect(() => made(theirs(), { settings: { partitions: partitions(50) } })).not.toThrow();
  });
});

describe('what a context gives', () => {
  test.each([
    ['encryptionKey', 'Key.fromKeyArn'],
    ['vpc', 'Vpc.fromLookup'],
    ['permissionsBoundary', 'ManagedPolicy.fromManagedPolicyArn'],
    ['alarmTopic', 'Topic.fromTopicArn'],
  ])('is no %s: a text would be left out of the template in silence', (prop, maker) => {
    expect(() => made(theirs(), { [prop]: 'arn:aws:ours' })).toThrow(
      `${prop} is "arn:aws:ours": give an object, as ${maker} makes it`,
    );
  });

  test('nor is a construct of another kind', () => {
    const stack = theirs();
    expect(() => made(stack, { permissionsBoundary: new Topic(stack, 'T') })).toThrow(
      'permissionsBoundary is "Theirs/T": give an object',
    );
  });

  test('is no bus', () => {
    expect(() => made(theirs(), { events: { bus: 'ours' } })).toThrow('as EventBus.fromEventBusArn makes it');
  });

  test('is no flag: the text false would be true', () => {
    expect(() => made(theirs(), { tracing: 'false' })).toThrow('tracing is "false": give true or false');
    const stack = theirs();
    const events = { topic: new Topic(stack, 'T'), completed: 'false' };
    expect(() => made(stack, { events })).toThrow('events.completed is "false"');
  });
});

test('a snapshot, which there is of neither queue nor table, is refused', () => {
  expect(() => made(theirs(), { removalPolicy: RemovalPolicy.SNAPSHOT })).toThrow('use RETAIN or DESTROY');
});

describe('what is of another place', () => {
  test.each([
    [
      'vpc',
      (stack: Stack) => ({ vpc: new Vpc(new Stack(stack.node.root, 'Elsewhere', { env: ELSEWHERE }), 'V') }),
    ],
    [
      'alarmTopic',
      (stack: Stack) => ({ alarmTopic: Topic.fromTopicArn(stack, 'T', arn('sns', 'alarms', ELSEWHERE)) }),
    ],
    [
      'events.topic',
      (stack: Stack) => ({
        events: { topic: Topic.fromTopicArn(stack, 'T', arn('sns', 'told', ELSEWHERE)) },
      }),
    ],
    [
      'events.bus',
      (stack: Stack) => ({
        events: { bus: EventBus.fromEventBusArn(stack, 'B', arn('events', 'event-bus/b', ELSEWHERE)) },
      }),
    ],
    [
      'encryptionKey',
      (stack: Stack) => ({ encryptionKey: Key.fromKeyArn(stack, 'K', arn('kms', 'key/k', ELSEWHERE)) }),
    ],
  ])('%s of another region is refused', (prop, given) => {
    const stack = theirs();
    expect(() => made(stack, given(stack))).toThrow(`${prop} is in us-east-1 and the stack in eu-central-1`);
  });

  test('a topic of this region, and one where the region is not known yet, are taken', () => {
    for (const env of [HERE, null]) {
      const stack = theirs(env);
      const alarmTopic = Topic.fromTopicArn(stack, 'T', arn('sns', 'alarms', HERE));
      expect(() => made(stack, { alarmTopic })).not.toThrow();
    }
  });

  test('an alias of a key is refused, as no role could use what it stands for', () => {
    const stack = theirs();
    expect(() => made(stack, { encryptionKey: Alias.fromAliasName(stack, 'K', 'alias/ours') })).toThrow(
      'give the key itself',
    );
  });

  test('a key wants a stack that knows its region', () => {
    const stack = theirs(null);
    expect(() => made(stack, { encryptionKey: new Key(stack, 'K') })).toThrow('give the stack its env');
  });

  test('a network without a way out is refused, unless its subnets are asked for', () => {
    const networkOf = (stack: Stack) =>
      new Vpc(stack, 'Vpc', {
        natGateways: 0,
        subnetConfiguration: [{ name: 'inside', subnetType: SubnetType.PRIVATE_ISOLATED }],
      });
    const [refused, taken] = [theirs(), theirs()];
    expect(() => made(refused, { vpc: networkOf(refused) })).toThrow("no 'Private' subnet groups");
    const vpcSubnets = { subnetType: SubnetType.PRIVATE_ISOLATED };
    expect(() => made(taken, { vpc: networkOf(taken), vpcSubnets })).not.toThrow();
  });
});

describe('two workers', () => {
  test('do not share a stack: their outputs have the same names', () => {
    const stack = theirs();
    made(stack, {});
    expect(() => new MarketoWorker(stack, 'Second', { account: 'globex', bundles })).toThrow(
      'the stack Theirs has a MarketoWorker already, Theirs/Marketo: give this one a stack of its own',
    );
  });

  test('of one account in one place have names of their own', () => {
    const app = new App();
    const stage = new Stage(app, 'Production');
    new MarketoStack(app, { account: 'acme', bundles, env: HERE });
    expect(() => new MarketoStack(stage, { account: 'acme', bundles, env: HERE })).toThrow(
      'mktq-acme/MarketoWorker is called mktq-acme too, in aws://111122223333/eu-central-1: give one of them a resourcePrefix',
    );
  });

  test('of one account live side by side with a prefix, in another region, and where the place is not known', () => {
    const app = new App();
    new MarketoStack(app, { account: 'acme', bundles, env: HERE });
    new MarketoStack(app, { account: 'acme', bundles, env: HERE, resourcePrefix: 'staging' });
    new MarketoStack(new Stage(app, 'America'), { account: 'acme', bundles, env: ELSEWHERE });
    new MarketoStack(new Stage(app, 'One'), { account: 'acme', bundles });
    expect(() => new MarketoStack(new Stage(app, 'Two'), { account: 'acme', bundles })).not.toThrow();
  });
});

test('a stack whose props are there as undefined is protected and described all the same', () => {
  const absent: object = { description: undefined, terminationProtection: undefined };
  const stack = new MarketoStack(new App(), { account: 'acme', bundles, ...absent });
  expect(stack.terminationProtection).toBe(true);
  expect(stack.templateOptions.description).toContain('acme');
});

test('messages name the stack as CloudFormation does, where that is not the name of everything in it', () => {
  const stackOf = (stack: Stack) => {
    const { warden } = stack.node.findChild('MarketoWorker') as MarketoWorker;
    const { environment } = warden.node.defaultChild as unknown as { environment: unknown };
    return (stack.resolve(environment) as { variables: Record<string, unknown> }).variables['MKTQ_STACK'];
  };
  const app = new App();
  expect(stackOf(new MarketoStack(app, { account: 'acme', bundles }))).toBeUndefined();
  const staged = new MarketoStack(new Stage(app, 'Production'), { account: 'acme', bundles });
  expect(stackOf(staged)).toBe('Production-mktq-acme');
});
