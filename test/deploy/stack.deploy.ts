import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetEventSourceMappingCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { OUTPUTS } from '../../shared/config/names.ts';
import { isSweep } from '../../shared/tend/switch.ts';
import { type Simulator, startSimulator } from '../../simulator/simulator.ts';
import { cdk, conformance, mktq, outputOf, queueAttributes, serviceOf } from './deployment.ts';
import { deviations } from './deviations.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { IGNORED_PROPERTIES } from './ignored.ts';

const STACK = 'mktq-acme';
/** The warden comes round each minute; what it reads may be a minute old. */
const A_FEW_ROUNDS = { timeout: 4 * 60_000, interval: 1_000 };
const SOON = { timeout: 60_000, interval: 500 };

let emulator: Emulator;
let simulator: Simulator;
let stack: Stack;
let scratch: string;

const output = (key: string): string => outputOf(stack, key);

async function on(name: string, ...words: string[]) {
  const ran = await mktq(emulator, name, [...words, '--json']);
  return { ...ran, json: () => JSON.parse(ran.out) };
}

const onStack = (...words: string[]) => on(STACK, ...words);

async function enqueue(operation: string, params: object, name = STACK): Promise<string> {
  const file = join(scratch, `${operation}.json`);
  writeFileSync(file, JSON.stringify(params));
  const sent = await on(name, 'enqueue', operation, file);
  expect(sent.err).toBe('');
  return sent.json().id;
}

const jobNow = async (id: string, name = STACK) => (await on(name, 'jobs', 'show', id)).json();

const fillSecret = (of: Stack, variables: Readonly<Record<string, string>>) =>
  new SecretsManagerClient(serviceOf(emulator)).send(
    new PutSecretValueCommand({
      SecretId: outputOf(of, OUTPUTS.secretArn),
      SecretString: JSON.stringify(variables),
    }),
  );

const leadsWith = (email: string) =>
  [...simulator.instance().leads.values()].filter((lead) => JSON.stringify(lead).includes(email));

const jobsSource = async () =>
  new LambdaClient(serviceOf(emulator)).send(
    new GetEventSourceMappingCommand({ UUID: output(OUTPUTS.eventSourceId) }),
  );

/** How the source stands under an operator's hold: off, but for the minutes of the day that sweep the queue. */
const heldState = () => (isSweep(Date.now()) ? 'Enabled' : 'Disabled');

const deploy = (account: string, ...context: string[]) =>
  cdk(emulator, ['deploy', '-c', `account=${account}`, ...context, '--require-approval', 'never']);

const destroy = (account: string, ...context: string[]) =>
  cdk(emulator, ['destroy', '-c', `account=${account}`, ...context, '--force']);

async function describeStack(name: string): Promise<Stack> {
  const client = new CloudFormationClient(serviceOf(emulator));
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
  const [found] = Stacks ?? [];
  if (found === undefined) throw new Error(`there is no stack ${name}`);
  return found;
}

beforeAll(async () => {
  simulator = await startSimulator({});
  emulator = await startEmulator();
  scratch = emulator.env['HOME'] ?? '';
  await cdk(emulator, ['bootstrap', `aws://000000000000/${emulator.region}`], join(scratch, 'nowhere'));
  // The app of cdk.json, with nothing of it changed or left out.
  await deploy('acme');
  stack = await describeStack(STACK);
});

afterAll(async () => {
  await emulator?.stop();
  await simulator?.close();
});

describe('cdk deploy', () => {
  test('makes the stack, and its outputs say everything that a command needs', () => {
    expect(stack.StackStatus).toBe('CREATE_COMPLETE');
    expect(stack.Outputs?.map(({ OutputKey }) => OutputKey).sort()).toEqual(Object.values(OUTPUTS).sort());
  });

  test('leaves nothing out that is not in the list of what the emulator ignores', async () => {
    expect(await deviations(emulator, stack)).toEqual(Object.keys(IGNORED_PROPERTIES).sort());
  });
});

describe('the deployed functions', () => {
  test('hold the account while the secret is empty, and open it when it has a value', async () => {
    await vi.waitFor(async () => {
      const { budget } = (await onStack('status')).json();
      expect(budget.hold?.reason).toBe('credentials');
    }, A_FEW_ROUNDS);
    await fillSecret(stack, {
      MARKETO_REST_ENDPOINT: simulator.restUrl,
      MARKETO_IDENTITY_ENDPOINT: simulator.identityUrl,
      MARKETO_CLIENT_ID: simulator.restCredentials.clientId,
      MARKETO_CLIENT_SECRET: simulator.restCredentials.clientSecret,
    });
    await vi.waitFor(async () => {
      expect((await onStack('status')).json().budget.hold).toBeNull();
    }, A_FEW_ROUNDS);
  });

  test('run a job at Marketo', async () => {
    const email = 'ann@example.com';
    const id = await enqueue('syncLead', { leadRecord: { Email: email }, returnLead: false });
    await vi.waitFor(async () => {
      expect(await jobNow(id)).toMatchObject({ state: 'completed' });
    }, A_FEW_ROUNDS);
    expect(leadsWith(email)).toHaveLength(1);
    expect(simulator.witness().executedByOperation).not.toHaveProperty('syncLead');
  });

  test('file what cannot succeed as a dead letter, whole', async () => {
    const id = await enqueue('getLead', { leadKey: { keyType: 'EMAIL', keyValue: 'nobody@example.com' } });
    await vi.waitFor(async () => {
      const letters = (await onStack('dlq', 'list')).json();
      expect(letters).toMatchObject([{ id, jobId: id, operation: 'getLead', code: 1004, status: 'open' }]);
    }, A_FEW_ROUNDS);
    const letter = (await onStack('dlq', 'show', id)).json();
    expect(letter.request).toContain('nobody%40example.com');
    // The collector has found it filed.
    await vi.waitFor(async () => {
      expect(await waiting(output(OUTPUTS.deadLetterQueueUrl))).toBe(0);
    }, SOON);
  });

  test('turn the event source off when an operator pauses', async () => {
    expect((await jobsSource()).State).toBe('Enabled');
    await onStack('pause');
    await vi.waitFor(async () => expect((await jobsSource()).State).toBe(heldState()), A_FEW_ROUNDS);
  });

  test('stay held over a deploy that changes a setting, and lose no job by it', async () => {
    const email = 'cid@example.com';
    const id = await enqueue('syncLead', { leadRecord: { Email: email }, returnLead: false });
    const before = (await jobsSource()).State;
    await deploy('acme', '-c', 'MARKETO_DAILY_QUOTA=20000');
    expect((await describeStack(STACK)).StackStatus).toBe('UPDATE_COMPLETE');
    // A sweep may begin or end meanwhile.
    expect([before, heldState()]).toContain((await jobsSource()).State);
    const { budget } = (await onStack('status')).json();
    expect(budget).toMatchObject({ limit: 20_000, hold: { reason: 'operator' } });
    expect(leadsWith(email)).toEqual([]);
    await onStack('resume');
    await vi.waitFor(async () => expect((await jobsSource()).State).toBe('Enabled'), A_FEW_ROUNDS);
    await vi.waitFor(
      async () => expect(await jobNow(id)).toMatchObject({ state: 'completed' }),
      A_FEW_ROUNDS,
    );
    expect(leadsWith(email)).toHaveLength(1);
  });

  test('measure what they do, and log neither an address nor the secret', () => {
    const log = emulator.log();
    const measured = log
      .split('\n')
      .filter((line) => line.startsWith('{"_aws"'))
      .map((line) => JSON.parse(line));
    expect(measured).toContainEqual(expect.objectContaining({ service: STACK, JobsCompleted: 1 }));
    expect(log).not.toMatch(/(?:@|%40)example\.com/);
    expect(log).not.toContain(simulator.restCredentials.clientSecret);
  });
});

test('a second stack, deployed for SOAP, runs a job over SOAP', async () => {
  const name = 'mktq-globex';
  await deploy('globex', '-c', 'MARKETO_TRANSPORT=soap', '-c', 'protect=false');
  await fillSecret(await describeStack(name), {
    MARKETO_SOAP_ENDPOINT: simulator.soapUrl,
    MARKETO_USER_ID: simulator.credentials.userId,
    MARKETO_ENCRYPTION_KEY: simulator.credentials.encryptionKey,
  });
  const id = await enqueue('syncLead', { leadRecord: { Email: 'bo@example.com' }, returnLead: false }, name);
  await vi.waitFor(async () => {
    expect(await jobNow(id, name)).toMatchObject({ state: 'completed' });
  }, A_FEW_ROUNDS);
  expect(leadsWith('bo@example.com')).toHaveLength(1);
  expect(simulator.witness().executedByOperation).toMatchObject({ syncLead: 1 });
  expect(emulator.log()).not.toContain(simulator.credentials.encryptionKey);
});

test('the adapters hold what their ports promise on this queue and table, too', async () => {
  const ran = await conformance(emulator);
  expect(ran, ran.out).toMatchObject({ code: 0 });
  expect(ran.out).toMatch(/Tests.* passed/);
});

describe('cdk destroy', () => {
  test('is refused where the stack is protected, which works on', async () => {
    await expect(destroy('acme')).rejects.toThrow(/protect/i);
    expect((await onStack('status')).code).toBe(0);
  });

  test('takes everything but the table, with all that stands in it', async () => {
    const gone = await describeStack('mktq-globex');
    await destroy('globex', '-c', 'protect=false');
    const ran = await mktq(emulator, 'mktq-globex', ['status']);
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain('there is no stack mktq-globex in us-east-1');
    await expect(queueAttributes(emulator, outputOf(gone, OUTPUTS.jobsQueueUrl))).rejects.toThrow();
    const dynamodb = new DynamoDBClient(serviceOf(emulator));
    const { Items } = await dynamodb.send(new ScanCommand({ TableName: outputOf(gone, OUTPUTS.table) }));
    expect(JSON.stringify(Items)).toContain('job#');
  });
});

async function waiting(queueUrl: string): Promise<number> {
  const attributes = await queueAttributes(emulator, queueUrl);
  return (
    Number(attributes['ApproximateNumberOfMessages']) +
    Number(attributes['ApproximateNumberOfMessagesNotVisible'])
  );
}
