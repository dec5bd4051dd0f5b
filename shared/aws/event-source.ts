import {
  GetEventSourceMappingCommand,
  LambdaClient,
  ResourceConflictException,
  ResourceInUseException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import type { EventSource } from '../tend/switch.ts';
import { type AwsService, commonSettings } from './clients.ts';

export const createLambdaClient = (service: AwsService): LambdaClient =>
  new LambdaClient(commonSettings(service));

/** States in which the mapping receives, or is on its way to. Everything else receives nothing, or soon will not. */
const ON = new Set(['Enabled', 'Enabling', 'Creating', 'Updating']);

/**
 * The switch of an event source mapping of Lambda. Setting it as it stands does nothing. While an earlier change is
 * still taking effect AWS refuses another: the warden asks again a minute later, and then it goes through.
 */
export function lambdaEventSource(client: LambdaClient, mappingId: string): EventSource {
  const turn = async (on: boolean): Promise<void> => {
    try {
      await client.send(new UpdateEventSourceMappingCommand({ UUID: mappingId, Enabled: on }));
    } catch (error) {
      if (error instanceof ResourceInUseException || error instanceof ResourceConflictException) return;
      throw error;
    }
  };
  return {
    enabled: async () => {
      const { State } = await client.send(new GetEventSourceMappingCommand({ UUID: mappingId }));
      return ON.has(State ?? '');
    },
    enable: () => turn(true),
    disable: () => turn(false),
  };
}
