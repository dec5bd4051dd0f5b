import type { Stack } from '@aws-sdk/client-cloudformation';
import { describe, expect, test } from 'vitest';
import { findDeployedStack, type StackLookUp } from '../../../cli/deployed-stack.ts';
import { Failure } from '../../../cli/exit.ts';
import { mktq } from '../../../cli/render/typed.ts';
import { OUTPUTS } from '../../../shared/config/names.ts';

const LIMITS = { ratePerWindow: 100, windowMs: 20_000, concurrency: 10, dailyQuota: 50_000, share: 0.5 };
const CHOICES = { foreignIdField: 'crmId', partitions: { Europe: 'EMEA' }, onDuplicate: 'latest' };

const VALUES: Readonly<Record<string, string>> = {
  [OUTPUTS.region]: 'eu-central-1',
  [OUTPUTS.account]: 'acme',
  [OUTPUTS.jobsQueueUrl]: 'https://sqs.example.com/1/mktq-acme-jobs.fifo',
  [OUTPUTS.deadLetterQueueUrl]: 'https://sqs.example.com/1/mktq-acme-dead-letters.fifo',
  [OUTPUTS.table]: 'mktq-acme-Table',
  [OUTPUTS.transport]: 'soap',
  [OUTPUTS.restChoices]: JSON.stringify(CHOICES),
  [OUTPUTS.limits]: JSON.stringify(LIMITS),
  [OUTPUTS.retentionDays]: '45',
  Unrelated: 'of whoever embeds the construct',
};

const stackWith = (values: Readonly<Record<string, string>>): Stack => ({
  StackName: 'mktq-acme',
  CreationTime: new Date(0),
  StackStatus: 'CREATE_COMPLETE',
  Outputs: Object.entries(values).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
});

const lookUp = (describe: StackLookUp['describe'], region: string | null = 'eu-central-1'): StackLookUp => ({
  describe,
  region: async () => region,
});

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

describe('findDeployedStack', () => {
  test('reads everything from the outputs', async () => {
    const found = await findDeployedStack(
      'mktq-acme',
      lookUp(async (name) => [{ ...stackWith(VALUES), StackName: name }]),
    );
    expect(found).toEqual({
      name: 'mktq-acme',
      sqs: undefined,
      dynamodb: undefined,
      jobsQueueUrl: VALUES[OUTPUTS.jobsQueueUrl],
      deadLetterQueueUrl: VALUES[OUTPUTS.deadLetterQueueUrl],
      table: 'mktq-acme-Table',
      region: 'eu-central-1',
      account: 'acme',
      limits: LIMITS,
      transport: 'soap',
      restChoices: CHOICES,
      retentionMs: 45 * 24 * 3_600_000,
    });
  });

  test('keeps closed letters for the default where a stack of an earlier version names no retention', async () => {
    const { [OUTPUTS.retentionDays]: _retention, ...rest } = VALUES;
    const found = await findDeployedStack(
      'mktq-acme',
      lookUp(async () => [stackWith(rest)]),
    );
    expect(found.retentionMs).toBe(30 * 24 * 3_600_000);
  });

  test('takes REST, told nothing of the instance, for what comes after a stack of an earlier version', async () => {
    const { [OUTPUTS.transport]: _transport, [OUTPUTS.restChoices]: _choices, ...rest } = VALUES;
    const found = await findDeployedStack(
      'mktq-acme',
      lookUp(async () => [stackWith(rest)]),
    );
    expect(found).toMatchObject({
      transport: 'rest',
      restChoices: { foreignIdField: null, partitions: {}, onDuplicate: 'dead-letter' },
    });
  });

  test('names the output that a stack of somebody else does not have, and where the stack stands', async () => {
    const { [OUTPUTS.table]: _table, ...rest } = VALUES;
    await expect(
      findDeployedStack(
        'mktq-acme',
        lookUp(async () => [stackWith(rest)]),
      ),
    ).rejects.toThrow(
      new Failure(
        "the stack mktq-acme (CREATE_COMPLETE) has no output TableName: it is not one of mktq's, or its first deploy has not ended",
      ),
    );
  });

  test.each([
    ['no JSON', 'ten'],
    ['no object', '[]'],
    ['no quota', JSON.stringify({ ...LIMITS, dailyQuota: undefined })],
    ['a text for a number', JSON.stringify({ ...LIMITS, concurrency: '10' })],
    ['a share of everything and more', JSON.stringify({ ...LIMITS, share: 2 })],
  ])('refuses limits with %s, by the name of the output, and says what to do', async (_what, limits) => {
    const found = findDeployedStack(
      'mktq-acme',
      lookUp(async () => [stackWith({ ...VALUES, [OUTPUTS.limits]: limits })]),
    );
    await expect(found).rejects.toThrow(Failure);
    await expect(found).rejects.toThrow(
      /the output Limits of the stack mktq-acme .*: deploy the stack once more/,
    );
  });

  test.each([
    [OUTPUTS.transport, 'carrier-pigeon'],
    [OUTPUTS.restChoices, '{"partitions":'],
    [OUTPUTS.restChoices, JSON.stringify({ ...CHOICES, partitions: { Europe: 5 } })],
    [OUTPUTS.restChoices, JSON.stringify({ ...CHOICES, onDuplicate: 'oldest' })],
  ])('refuses the output %s that is %s', async (output, value) => {
    const stack = stackWith({ ...VALUES, [output]: value });
    await expect(
      findDeployedStack(
        'mktq-acme',
        lookUp(async () => [stack]),
      ),
    ).rejects.toThrow(`the output ${output} of the stack mktq-acme`);
  });

  test('says that there is no such stack, and how they are called', async () => {
    const none = lookUp(async () => {
      throw named('ValidationError', 'Stack with id acme does not exist');
    });
    await expect(findDeployedStack('acme', none)).rejects.toThrow(
      new Failure(
        'there is no stack acme in eu-central-1; the stack of the account acme is called mktq-acme',
      ),
    );
    await expect(findDeployedStack('mktq-acme', none)).rejects.toThrow(
      new Failure('there is no stack mktq-acme in eu-central-1'),
    );
  });

  test('passes on what AWS says about the credentials', async () => {
    const expired = lookUp(async () => {
      throw named('ExpiredToken', 'The security token included in the request is expired');
    });
    await expect(findDeployedStack('mktq-acme', expired)).rejects.toThrow(
      new Failure(
        'the stack mktq-acme in eu-central-1 cannot be looked up: ExpiredToken: The security token included in the request is expired',
      ),
    );
  });

  test('asks for a region where none is set', async () => {
    const asked: string[] = [];
    const nowhere = lookUp(async (name) => {
      asked.push(name);
      return [];
    }, null);
    await expect(findDeployedStack('mktq-acme', nowhere)).rejects.toThrow('set AWS_REGION');
    expect(asked).toEqual([]);
  });
});

describe('a next command', () => {
  test('goes to the deployed stack that the present one went to', () => {
    expect(mktq({ dataDir: '/anywhere', stackName: 'mktq-acme', env: {} }, 'dlq list')).toBe(
      'npx mktq dlq list --stack mktq-acme',
    );
  });
});
