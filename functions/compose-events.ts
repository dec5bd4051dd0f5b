import { busEvents, createEventBridgeClient } from '../shared/aws/event-bridge.ts';
import { asJson, createSnsClient, topicEvents } from '../shared/aws/sns.ts';
import { ConfigurationError, type Environment } from '../shared/config/environment.ts';
import { ENV } from '../shared/config/names.ts';
import { alarmText } from '../shared/events/alarm-text.ts';
import type { Events } from '../shared/events/event.ts';
import type { Telling } from '../shared/tend/tell.ts';
import { type Composed, type FunctionPorts, serviceOf, stackOf } from './compose.ts';

/** Where the environment has events go; undefined: nowhere. */
export function eventsOf(env: Environment): FunctionPorts['events'] {
  const bus = env[ENV.eventBus] ?? '';
  const topic = env[ENV.eventTopicArn] ?? '';
  if (bus !== '' && topic !== '')
    throw new ConfigurationError(`${ENV.eventBus} and ${ENV.eventTopicArn} are both set: unset one of them`);
  const completed = env[ENV.completedEvents] === 'true';
  if (bus !== '') return { to: toBus(env, bus), completed };
  return topic === '' ? undefined : { to: toTopic(env, topic, asJson), completed };
}

const toBus = (env: Environment, bus: string): Events =>
  busEvents(createEventBridgeClient(serviceOf(env, ENV.eventBridgeEndpoint)), bus);

const toTopic = (env: Environment, topicArn: string, as: typeof asJson): Events =>
  topicEvents(createSnsClient(serviceOf(env, ENV.snsEndpoint)), topicArn, as);

/** What the warden tells, and to whom. */
export function composeTelling(
  env: Environment,
  given: FunctionPorts,
  { chunks, openBatches, causesTold }: Pick<Composed['adapters'], 'chunks' | 'openBatches' | 'causesTold'>,
): Telling {
  const stack = stackOf(env);
  const alarmTopic = env[ENV.alarmTopicArn] ?? '';
  return {
    chunks,
    openBatches,
    causesTold,
    events: (given.events ?? eventsOf(env))?.to ?? null,
    alarms: alarmTopic === '' ? null : toTopic(env, alarmTopic, alarmText),
    stack,
    stackOption: env[ENV.localInstance] === undefined ? ` --stack ${env[ENV.stack] ?? stack}` : '',
  };
}
