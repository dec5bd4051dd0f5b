import {
  GetEventSourceMappingCommand,
  LambdaClient,
  ResourceInUseException,
  TooManyRequestsException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { lambdaEventSource } from '../../../shared/aws/event-source.ts';

const lambda = mockClient(LambdaClient);
const source = lambdaEventSource(new LambdaClient({ region: 'eu-central-1' }), 'mapping-1');
const inUse = new ResourceInUseException({ message: 'in use', $metadata: {} });
const throttled = new TooManyRequestsException({ message: 'too many', $metadata: {} });

beforeEach(() => {
  lambda.reset();
});

describe('lambdaEventSource', () => {
  test.each([
    ['Enabled', true],
    ['Enabling', true],
    ['Creating', true],
    ['Updating', true],
    ['Disabling', false],
    ['Disabled', false],
    ['Deleting', false],
    [undefined, false],
  ])('a mapping that is %s counts as on: %s', async (State, on) => {
    lambda
      .on(GetEventSourceMappingCommand, { UUID: 'mapping-1' })
      .resolves(State === undefined ? {} : { State });
    expect(await source.enabled()).toBe(on);
  });

  test('turns this one mapping on and off, and changes nothing else of it', async () => {
    lambda.on(UpdateEventSourceMappingCommand).resolves({});
    await source.enable();
    await source.disable();
    const inputs = lambda.commandCalls(UpdateEventSourceMappingCommand).map((call) => call.args[0].input);
    expect(inputs).toEqual([
      { UUID: 'mapping-1', Enabled: true },
      { UUID: 'mapping-1', Enabled: false },
    ]);
  });

  test('leaves a mapping whose last change is still taking effect to the next minute', async () => {
    lambda.on(UpdateEventSourceMappingCommand).rejects(inUse);
    await expect(source.disable()).resolves.toBeUndefined();
    await expect(source.enable()).resolves.toBeUndefined();
  });

  test('hides no other trouble', async () => {
    lambda.on(UpdateEventSourceMappingCommand).rejects(throttled);
    await expect(source.disable()).rejects.toThrow('too many');
  });
});
