import { type IResource, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { LOG_LEVELS } from '../shared/config/names.ts';
import { editDistance } from '../shared/config/spelling.ts';
import { SEVERITIES } from './alarm-rules.ts';
import { refuseUnknown } from './refuse-unknown.ts';
import { type MarketoWorkerProps, PROP_NAMES } from './worker-props.ts';

const ACCOUNT = /^[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?$/;
const PREFIX = /^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$/;

/**
 * Throws at a prop that would be ignored, would stop a deploy half way, or would deploy and not work, with what to write instead.
 * Settings, thresholds and events are checked where they are read.
 */
export function checkProps(scope: Construct, props: MarketoWorkerProps): void {
  const {
    account,
    resourcePrefix,
    logLevel,
    alarmEmails,
    alarmActions,
    events,
    encryptionKey,
    removalPolicy,
  } = props;
  refuseMisspelt(props);
  checkName(account, ACCOUNT, `the account "${account}" cannot name queues`, 30);
  if (resourcePrefix !== undefined)
    checkName(resourcePrefix, PREFIX, `the prefix "${resourcePrefix}" cannot begin a queue's name`, 20);
  if (logLevel !== undefined && !LOG_LEVELS.includes(logLevel))
    throw new Error(`the logLevel "${logLevel}" is none: use ${LOG_LEVELS.join(', ')}`);
  if (alarmEmails !== undefined && !Array.isArray(alarmEmails))
    throw new Error(`alarmEmails is ${typeof alarmEmails}: give a list, of one address or more`);
  refuseUnknown('alarmActions', alarmActions ?? {}, SEVERITIES);
  if (removalPolicy === RemovalPolicy.SNAPSHOT)
    throw new Error('removalPolicy is SNAPSHOT, which neither queues nor tables have: use RETAIN or DESTROY');
  checkFlag('tracing', props.tracing);
  checkFlag('events.completed', events?.completed);
  for (const [prop, { given, has, maker, why }] of Object.entries(objectsOf(props))) {
    if (given === undefined) continue;
    if (typeof (Object(given) as Readonly<Record<string, unknown>>)[has] !== 'string')
      throw new Error(`${prop} is "${given}": give an object, as ${maker} makes it`);
    if (why !== null) checkRegion(scope, prop, given, why);
  }
  if (encryptionKey !== undefined) checkKey(scope, encryptionKey);
}

/** By prop: what it has where it is what the types say (a context gives texts, which they take for anything), and why it is of the stack's region. */
const objectsOf = ({
  encryptionKey,
  vpc,
  permissionsBoundary,
  alarmTopic,
  events,
}: MarketoWorkerProps): Readonly<Record<string, ObjectOfTheirs>> => ({
  encryptionKey: {
    given: encryptionKey,
    has: 'keyArn',
    maker: 'Key.fromKeyArn',
    why: 'KMS has keys of its region alone',
  },
  vpc: {
    given: vpc,
    has: 'vpcId',
    maker: 'Vpc.fromLookup',
    why: 'a function is put into a network of its region alone',
  },
  permissionsBoundary: {
    given: permissionsBoundary,
    has: 'managedPolicyArn',
    maker: 'ManagedPolicy.fromManagedPolicyArn',
    why: null,
  },
  alarmTopic: {
    given: alarmTopic,
    has: 'topicArn',
    maker: 'Topic.fromTopicArn',
    why: 'CloudWatch publishes to topics of its region alone',
  },
  'events.topic': {
    given: events?.topic,
    has: 'topicArn',
    maker: 'Topic.fromTopicArn',
    why: 'SNS takes messages for topics of its region alone',
  },
  'events.bus': {
    given: events?.bus,
    has: 'eventBusArn',
    maker: 'EventBus.fromEventBusArn',
    why: 'EventBridge takes events for buses of its region alone, and a rule of a bus there can hand them on',
  },
});

interface ObjectOfTheirs {
  readonly given: Partial<IResource> | undefined;
  readonly has: string;
  readonly maker: string;
  readonly why: string | null;
}

/** The text `false`, as a context has it, would be true. */
function checkFlag(prop: string, value: unknown): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw new Error(`${prop} is ${JSON.stringify(value)}: give true or false`);
}

/** A prop that is none of ours may be the stack's, or of whoever hands on theirs: but for one that is a letter away. */
function refuseMisspelt(props: object): void {
  for (const name of Object.keys(props).filter((name) => !PROP_NAMES.includes(name))) {
    const meant = PROP_NAMES.find((known) => editDistance(name.toLowerCase(), known.toLowerCase()) <= 1);
    if (meant !== undefined) throw new Error(`there is no prop ${name}: did you mean ${meant}?`);
  }
}

function checkName(name: unknown, pattern: RegExp, trouble: string, most: number): void {
  if (typeof name === 'string' && pattern.test(name)) return;
  throw new Error(
    Token.isUnresolved(name)
      ? `${trouble}: it is known at a deploy only; write it out`
      : `${trouble}: use small letters, digits and dashes, at most ${most}`,
  );
}

function checkRegion(scope: Construct, prop: string, { env }: Partial<IResource>, why: string): void {
  const { region } = Stack.of(scope);
  if (env === undefined || Token.isUnresolved(env.region) || Token.isUnresolved(region)) return;
  if (env.region !== region)
    throw new Error(`${prop} is in ${env.region} and the stack in ${region}: ${why}; use one of ${region}`);
}

function checkKey(scope: Construct, key: IKey): void {
  if ('aliasName' in key)
    throw new Error('encryptionKey is an alias, by which no role can be let use a key: give the key itself');
  if (Token.isUnresolved(Stack.of(scope).region))
    throw new Error('with encryptionKey the table wants to know its region: give the stack its env');
}
