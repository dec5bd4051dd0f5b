import { busEvents, createEventBridgeClient } from '../shared/aws/event-bridge.ts';
import { asJson, createSnsClient, topicEvents } from '../shared/aws/sns.ts';
import { ConfigurationError, type Environment } from '../shared/config/environment.ts';
import { DEFAULT_ACCOUNT, ENV, stackNameOf } from '../shared/config/names.ts';
import { alarmText } from '../shared/events/alarm-text.ts';
import type { Events } from '../shared/events/event.ts';
import { allOf, type JobEvents } from '../shared/run/job-events.ts';
import { tellCompleted } from '../shared/run/tell-completed.ts';
import type { Telling } from '../shared/tend/tell.ts';
import { type Composed, type FunctionPorts, serviceOf } from './compose.ts';

/** Where the environment, or the local stack, has events go; null: nowhere. */
function eventsOf(env: Environment, given: FunctionPorts): NonNullable<FunctionPorts['events']> | null {
  if (given.events !== undefined) return given.events;
  const bus = env[ENV.eventBus] ?? '';
  const topic = env[ENV.eventTopicArn] ?? '';
  if (bus !== '' && topic !== '')
    throw new ConfigurationError(`${ENV.eventBus} and ${ENV.eventTopicArn} are both set: unset one of them`);
  const completed = env[ENV.completedEvents] === 'true';
  if (bus !== '') return { to: toBus(env, bus), completed };
  return topic === '' ? null : { to: toTopic(env, topic, asJson), completed };
}

const toBus = (env: Environment, bus: string): Events =>
  busEvents(createEventBridgeClient(serviceOf(env, ENV.eventBridgeEndpoint)), bus);

const toTopic = (env: Environment, topicArn: string, as: typeof asJson): Events =>
  topicEvents(createSnsClient(serviceOf(env, ENV.snsEndpoint)), topicArn, as);

const stackOf = (env: Environment): string =>
  stackNameOf(env[ENV.account] ?? DEFAULT_ACCOUNT, env[ENV.prefix]);

/** What the worker tells of its jobs. */
export function composeJobEvents(
  env: Environment,
  given: FunctionPorts,
  { ports }: Pick<Composed, 'ports'>,
): JobEvents {
  const events = eventsOf(env, given);
  if (events === null || !events.completed) return ports.jobEvents;
  return allOf([ports.jobEvents, tellCompleted({ ...ports, events: events.to, stack: stackOf(env) })]);
}

/** What the warden tells, and to whom. */
export function composeTelling(
  env: Environment,
  given: FunctionPorts,
  { chunks, openBatches, causesTold }: Composed['adapters'],
): Telling {
  const stack = stackOf(env);
  const alarmTopic = env[ENV.alarmTopicArn] ?? '';
  return {
    chunks,
    openBatches,
    causesTold,
    events: eventsOf(env, given)?.to ?? null,
    alarms: alarmTopic === '' ? null : toTopic(env, alarmTopic, alarmText),
    stack,
    stackOption: env[ENV.localInstance] === undefined ? ` --stack ${stack}` : '',
  };
}
