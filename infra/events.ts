import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { ENV } from '../shared/config/names.ts';
import { refuseUnknown } from './refuse-unknown.ts';

/** Where the events of docs/events.md go: to a bus or to a topic, both of yours. */
export interface EventsProps {
  readonly bus?: IEventBus;
  /** Not a FIFO one. */
  readonly topic?: ITopic;
  /** Each completed job is an event, too; false by default, as there are as many as jobs. */
  readonly completed?: boolean;
}

/** What the functions get of it. */
export interface CheckedEvents {
  readonly areTold: boolean;
  readonly completed: boolean;
  readonly variables: Readonly<Record<string, string>>;
  /** What it takes to publish one. */
  readonly publish: readonly PolicyStatement[];
}

const NO_EVENTS: CheckedEvents = { areTold: false, completed: false, variables: {}, publish: [] };

/** Throws where it is not said where events go, or said twice. */
export function checkEvents(props: EventsProps | undefined): CheckedEvents {
  if (props === undefined) return NO_EVENTS;
  refuseUnknown('events', props, ['bus', 'topic', 'completed']);
  const { bus, topic, completed = false } = props;
  if ((bus === undefined) === (topic === undefined)) {
    throw new Error('events go to one place: give a bus, or a topic');
  }
  if (topic?.fifo === true) {
    throw new Error('events go to an ordinary topic: a FIFO one promises an order that they do not have');
  }
  return {
    areTold: true,
    completed,
    variables: {
      ...(bus === undefined ? {} : { [ENV.eventBus]: bus.eventBusArn }),
      ...(topic === undefined ? {} : { [ENV.eventTopicArn]: topic.topicArn }),
      ...(completed ? { [ENV.completedEvents]: 'true' } : {}),
    },
    publish: [
      ...(bus === undefined
        ? []
        : [new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus.eventBusArn] })]),
      ...(topic === undefined ? [] : publishTo(topic)),
    ],
  };
}

/** To a topic; one that is encrypted under a key of yours wants it, too. */
export const publishTo = (topic: ITopic): readonly PolicyStatement[] => [
  new PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }),
  ...(topic.masterKey === undefined
    ? []
    : [
        new PolicyStatement({
          actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
          resources: [topic.masterKey.keyArn],
        }),
      ]),
];
