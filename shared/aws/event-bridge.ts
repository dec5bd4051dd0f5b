import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { EVENT_SOURCE, type Events, eventText, type StackEvent } from '../events/event.ts';
import { type AwsService, eventSettings } from './clients.ts';

export const createEventBridgeClient = (service: AwsService): EventBridgeClient =>
  new EventBridgeClient(eventSettings(service));

/** A bus of EventBridge, by its name or its ARN. A rule finds our events by `source` and `detail-type`; all else is the detail. */
export const busEvents = (client: EventBridgeClient, bus: string): Events => ({
  publish: async (events) => {
    const Entries = events.map((event) => entryOf(event, bus));
    const { FailedEntryCount } = await client.send(new PutEventsCommand({ Entries }));
    return FailedEntryCount ?? 0;
  },
});

const entryOf = (event: StackEvent, bus: string) => ({
  EventBusName: bus,
  Source: EVENT_SOURCE,
  DetailType: event.type,
  Time: new Date(event.at),
  Detail: eventText(event),
});
