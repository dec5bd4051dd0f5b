import { type IResource, Stack, Token } from 'aws-cdk-lib';
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
  const { account, resourcePrefix, logLevel, alarmEmails, alarmActions, alarmTopic, events, encryptionKey } =
    props;
  refuseMisspelt(props);
  checkName(account, ACCOUNT, `the account "${account}" cannot name queues`, 30);
  if (resourcePrefix !== undefined)
    checkName(resourcePrefix, PREFIX, `the prefix "${resourcePrefix}" cannot begin a queue's name`, 20);
  if (logLevel !== undefined && !LOG_LEVELS.includes(logLevel))
    throw new Error(`the logLevel "${logLevel}" is none: use ${LOG_LEVELS.join(', ')}`);
  if (alarmEmails !== undefined && !Array.isArray(alarmEmails))
    throw new Error(`alarmEmails is ${typeof alarmEmails}: give a list, of one address or more`);
  refuseUnknown('alarmActions', alarmActions ?? {}, SEVERITIES);
  checkRegion(scope, 'alarmTopic', alarmTopic, 'CloudWatch publishes to topics of its region alone');
  checkRegion(scope, 'events.topic', events?.topic, 'SNS takes messages for topics of its region alone');
  checkRegion(
    scope,
    'events.bus',
    events?.bus,
    'EventBridge takes events for buses of its region alone, and a rule of a bus there can hand them on',
  );
  if (encryptionKey !== undefined) checkKey(scope, encryptionKey);
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

function checkRegion(scope: Construct, prop: string, { env }: Partial<IResource> = {}, why: string): void {
  const { region } = Stack.of(scope);
  if (env === undefined || Token.isUnresolved(env.region) || Token.isUnresolved(region)) return;
  if (env.region !== region)
    throw new Error(`${prop} is in ${env.region} and the stack in ${region}: ${why}; use one of ${region}`);
}

function checkKey(scope: Construct, key: IKey): void {
  checkRegion(scope, 'encryptionKey', key, 'KMS has keys of its region alone');
  if ('aliasName' in key)
    throw new Error('encryptionKey is an alias, by which no role can be let use a key: give the key itself');
  if (Token.isUnresolved(Stack.of(scope).region))
    throw new Error('with encryptionKey the table wants to know its region: give the stack its env');
}
